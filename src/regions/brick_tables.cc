// SPDX-License-Identifier: Apache-2.0
#include "regions/brick_tables.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include <arrow/api.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "catalog/parquet.h"
#include "regions/arrow_columns.h"
#include "regions/column_names.h"
#include "regions/table_source.h"

namespace dhs::regions {

namespace {

// Reads fields by the names they have in the table; an absent one leaves the vector empty.
class FieldReader {
 public:
  FieldReader(const arrow::Table& table, const std::map<std::string, std::string>& name_of, const std::string& path)
      : table_(table), name_of_(name_of), path_(path) {}

  Status Doubles(const std::string& field, std::vector<double>& out) const {
    const auto name = name_of_.find(field);
    if (name == name_of_.end()) return Status::OK();
    return ReadDoubles(table_, name->second, path_).Value(&out);
  }
  /// Of a quantity that is finite where it has a value.
  Status FiniteDoubles(const std::string& field, std::vector<double>& out) const {
    ARROW_RETURN_NOT_OK(Doubles(field, out));
    const auto found = std::find_if(out.begin(), out.end(), [](double value) { return std::isinf(value); });
    if (found == out.end()) return Status::OK();
    return DataError({.path = path_, .column = name_of_.at(field), .row = found - out.begin()},
                     fmt::format("expected a finite number or no value, found {}", *found));
  }
  Status Counts(const std::string& field, CountNulls nulls, std::vector<int64_t>& out) const {
    const auto name = name_of_.find(field);
    if (name == name_of_.end()) return Status::OK();
    return ReadCounts(table_, name->second, path_, nulls, kMaxBrickCount).Value(&out);
  }
  Status Names(const std::string& field, std::vector<sky::BrickName>& out) const {
    return ReadBrickNames(table_, name_of_.at(field), path_).Value(&out);
  }

 private:
  const arrow::Table& table_;
  const std::map<std::string, std::string>& name_of_;
  const std::string& path_;
};

// Columns of the bricks file, those that the quality cuts need first.
const std::vector<std::string>& NeededBrickColumns() {
  static const std::vector<std::string> names = {"brickname", "ebv", "psfsize_r", "psfdepth_r"};
  return names;
}
const std::vector<std::string>& OptionalBrickColumns() {
  static const std::vector<std::string> names = {"ra",     "dec",       "ra1",       "ra2",        "dec1",
                                                 "dec2",   "psfsize_g", "psfsize_z", "psfdepth_g", "psfdepth_z",
                                                 "nexp_g", "nexp_r",    "nexp_z"};
  return names;
}

// Requests for the columns of the bricks file that `wanted` (lower case; empty = all) leaves.
std::vector<ColumnRequest> BrickRequests(const std::set<std::string>& wanted) {
  std::vector<ColumnRequest> requests;
  for (const auto& name : NeededBrickColumns()) {
    if (name == "brickname") {
      requests.push_back({name, {name}});
    } else if (wanted.empty() || wanted.contains(name)) {
      requests.push_back({name, {name}, true, "the quality cuts"});
    }
  }
  for (const auto& name : OptionalBrickColumns()) {
    if (wanted.empty() || wanted.contains(name)) requests.push_back({name, {name}, false});
  }
  return requests;
}

// Names that were asked for and cannot be taken: a note where the file has such a column, else an error.
Status CheckKnown(const std::set<std::string>& wanted, const std::vector<std::string>& available,
                  std::vector<std::string>& notes) {
  std::vector<std::string> known = NeededBrickColumns();
  known.insert(known.end(), OptionalBrickColumns().begin(), OptionalBrickColumns().end());
  std::set<std::string> there;
  for (const std::string& name : available) there.insert(ToLower(TrimBlanks(name)));
  std::vector<std::string> unknown;
  for (const std::string& name : wanted) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (there.contains(name)) {
      notes.push_back(fmt::format("column {} is not read; no use is made of it", name));
    } else {
      unknown.push_back(fmt::format("'{}' is no column that is known or there.{}", name, DidYouMean(name, known)));
    }
  }
  if (unknown.empty()) return Status::OK();
  return UsageError(fmt::format("--bricks-fits-columns: {}\nColumns that are read: {}", fmt::join(unknown, "\n"),
                                fmt::join(known, ", ")));
}

// SPEC 3: the variants are nested, so a stricter one never counts more than a looser one. Worth a note, no error: the
// counts may come from cuts of another's making.
void NoteCountsOutOfOrder(const BrickColumns& columns, std::vector<std::string>& notes) {
  const auto& variants = photometry::BuiltinVariants();
  for (size_t v = 0; v < columns.n_lrg.size(); ++v) {
    const bool loosest = v + 1 == columns.n_lrg.size();
    const std::vector<int64_t>& looser = loosest ? columns.n_gal : columns.n_lrg[v + 1];
    int64_t num_bricks = 0;
    std::optional<size_t> first;
    for (size_t i = 0; i < columns.size(); ++i) {
      if (columns.n_lrg[v][i] <= looser[i]) continue;
      if (!first || columns.name[i] < columns.name[*first]) first = i;
      ++num_bricks;
    }
    if (!first) continue;
    notes.push_back(fmt::format("{} is greater than {} in {} brick{}, first {}: {} and {}; are the columns mixed up?",
                                variants[v].CountColumn(), loosest ? "n_gal" : variants[v + 1].CountColumn(),
                                num_bricks, num_bricks == 1 ? "" : "s", columns.name[*first].ToString(),
                                columns.n_lrg[v][*first], looser[*first]));
  }
}

}  // namespace

Result<BrickTable> ReadCountTable(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(ChosenTable chosen, ReadChosen(storage, path, CountColumns()));
  BrickTable result;
  result.notes = std::move(chosen.choice.notes);
  for (const std::string& name : chosen.available) {
    if (ToLower(name).starts_with("lrg_density")) {
      result.notes.push_back(fmt::format("column {} is not read; densities are computed here", name));
    }
  }
  const FieldReader reader(*chosen.table, chosen.choice.name_of, path);
  BrickColumns& columns = result.columns;
  ARROW_RETURN_NOT_OK(reader.Names("brickname", columns.name));
  ARROW_RETURN_NOT_OK(reader.FiniteDoubles("ra", columns.ra_deg));
  ARROW_RETURN_NOT_OK(reader.FiniteDoubles("dec", columns.dec_deg));
  ARROW_RETURN_NOT_OK(reader.FiniteDoubles("area_deg2", columns.area_deg2));
  ARROW_RETURN_NOT_OK(reader.Counts("n_gal", CountNulls::kRefuse, columns.n_gal));
  for (size_t v = 0; v < columns.n_lrg.size(); ++v) {
    const std::string field = photometry::BuiltinVariants()[v].CountColumn();
    ARROW_RETURN_NOT_OK(reader.Counts(field, CountNulls::kRefuse, columns.n_lrg[v]));
  }
  NoteCountsOutOfOrder(columns, result.notes);
  return result;
}

Result<BrickTable> ReadBricksFile(Storage& storage, const std::string& path, const std::vector<std::string>& columns) {
  std::set<std::string> wanted;
  for (const std::string& column : columns) wanted.insert(ToLower(column));
  const std::vector<ColumnRequest> requests = BrickRequests(wanted);
  ARROW_ASSIGN_OR_RAISE(ChosenTable chosen, ReadChosen(storage, path, requests));
  BrickTable result;
  result.notes = std::move(chosen.choice.notes);
  ARROW_RETURN_NOT_OK(CheckKnown(wanted, chosen.available, result.notes));
  const FieldReader reader(*chosen.table, chosen.choice.name_of, path);
  BrickColumns& out = result.columns;
  ARROW_RETURN_NOT_OK(reader.Names("brickname", out.name));
  ARROW_RETURN_NOT_OK(reader.FiniteDoubles("ra", out.ra_deg));
  ARROW_RETURN_NOT_OK(reader.FiniteDoubles("dec", out.dec_deg));
  ARROW_RETURN_NOT_OK(reader.FiniteDoubles("ra1", out.ra1_deg));
  ARROW_RETURN_NOT_OK(reader.FiniteDoubles("ra2", out.ra2_deg));
  ARROW_RETURN_NOT_OK(reader.FiniteDoubles("dec1", out.dec1_deg));
  ARROW_RETURN_NOT_OK(reader.FiniteDoubles("dec2", out.dec2_deg));
  ARROW_RETURN_NOT_OK(reader.Doubles("ebv", out.ebv_mag));
  for (size_t band = 0; band < kBands.size(); ++band) {
    ARROW_RETURN_NOT_OK(reader.Doubles(fmt::format("psfsize_{}", kBands[band]), out.psfsize_arcsec[band]));
    ARROW_RETURN_NOT_OK(reader.Doubles(fmt::format("psfdepth_{}", kBands[band]), out.psfdepth_mag[band]));
    ARROW_RETURN_NOT_OK(reader.Counts(fmt::format("nexp_{}", kBands[band]), CountNulls::kAllow, out.nexp[band]));
  }
  return result;
}

Result<std::vector<StageInput>> TableInputs(Storage& storage, const std::string& role, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const FileInfo info, storage.Stat(path));
  std::vector<StageInput> inputs;
  if (info.kind != FileKind::kDirectory) {
    ARROW_ASSIGN_OR_RAISE(StageInput input, FileInput(storage, role, path));
    inputs.push_back(std::move(input));
    return inputs;
  }
  ARROW_ASSIGN_OR_RAISE(const auto files, catalog::ListParquetFiles(storage, path));
  for (const FileInfo& file : files) {
    ARROW_ASSIGN_OR_RAISE(StageInput input, FileInput(storage, role, file.path));
    inputs.push_back(std::move(input));
  }
  return inputs;
}

}  // namespace dhs::regions
