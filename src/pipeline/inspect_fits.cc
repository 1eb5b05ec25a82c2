// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fits/table_reader.h"
#include "pipeline/inspect.h"
#include "stage/stage.h"

namespace dhs::pipeline::internal {

namespace {

constexpr size_t kColumns = 100;

// SPEC 2: what `dhs scan` reads of a sweep, and what a bricks file may hold.
const std::vector<std::string> kSweepColumns = {"BRICKNAME", "OBJID",  "TYPE",   "RA",     "DEC",
                                                "FLUX_G",    "FLUX_R", "FLUX_Z", "FLUX_W1"};
const std::vector<std::string> kOptionalSweepColumns = {"MASKBITS", "MW_TRANSMISSION_G", "MW_TRANSMISSION_R",
                                                        "MW_TRANSMISSION_Z", "MW_TRANSMISSION_W1"};
const std::vector<std::string> kBricksColumns = {
    "BRICKNAME", "RA",        "DEC",        "RA1",        "RA2",        "DEC1",   "DEC2",   "EBV",   "PSFSIZE_G",
    "PSFSIZE_R", "PSFSIZE_Z", "PSFDEPTH_G", "PSFDEPTH_R", "PSFDEPTH_Z", "NEXP_G", "NEXP_R", "NEXP_Z"};

std::vector<std::string> Missing(const fits::TableLayout& layout, const std::vector<std::string>& names) {
  std::vector<std::string> missing;
  for (const std::string& name : names) {
    if (layout.Find(name) == nullptr) missing.push_back(name);
  }
  return missing;
}

// DR8 has TYPE as 4A, DR9 and DR10 as 3A; DR10 alone has the i band.
std::string_view ReleaseGuess(const fits::TableLayout& layout) {
  if (layout.Find("FLUX_I") != nullptr) return "DR10";
  const fits::Column* type = layout.Find("TYPE");
  return type != nullptr && type->width >= 4 ? "DR8 or older" : "DR9";
}

std::string ColumnLines(const fits::TableLayout& layout) {
  std::string text, line;
  for (const fits::Column& column : layout.columns()) {
    const std::string item = column.unit.empty() ? fmt::format("{} {}", column.name, column.format)
                                                 : fmt::format("{} {} [{}]", column.name, column.format, column.unit);
    if (!line.empty() && line.size() + item.size() + 4 > kColumns) {
      text += "  " + line + ",\n";
      line.clear();
    }
    line += (line.empty() ? "" : ", ") + item;
  }
  return line.empty() ? text : text + "  " + line + "\n";
}

}  // namespace

Result<std::string> InspectFits(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto reader, fits::TableReader::Open(storage, path));
  const fits::TableLayout& layout = reader->layout();
  const bool is_sweep = Missing(layout, {"BRICKNAME", "OBJID", "TYPE", "FLUX_R"}).empty();
  const bool is_bricks =
      !is_sweep && layout.Find("OBJID") == nullptr && Missing(layout, {"BRICKNAME", "RA", "DEC"}).empty();

  std::string kind = "FITS binary table";
  if (is_sweep) kind += fmt::format(": a sweep (or tractor) catalog, {} columns", ReleaseGuess(layout));
  if (is_bricks) kind += ": a bricks file";
  std::string text = InfoLine("kind", kind);
  text += InfoLine("size", FormatBytes(reader->file_size_bytes()) + (reader->is_gzip() ? ", gzip" : ""));
  text += InfoLine("table", fmt::format("HDU {}, first row at byte {}", reader->header().where().hdu.value_or(1),
                                        reader->data_offset()));
  text += InfoLine("rows", FormatCount(reader->num_rows()));
  text += InfoLine("row", fmt::format("{} bytes, {} columns", layout.row_bytes(), layout.columns().size()));
  if (is_sweep || is_bricks) {
    const auto missing = Missing(layout, is_sweep ? kSweepColumns : kBricksColumns);
    const auto optional = is_sweep ? Missing(layout, kOptionalSweepColumns) : std::vector<std::string>();
    if (!missing.empty()) text += InfoLine("missing", fmt::format("{}", fmt::join(missing, ", ")));
    if (!optional.empty()) text += InfoLine("absent", fmt::format("{} (optional)", fmt::join(optional, ", ")));
  }
  return text + "columns\n" + ColumnLines(layout);
}

}  // namespace dhs::pipeline::internal
