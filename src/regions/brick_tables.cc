// SPDX-License-Identifier: Apache-2.0
#include "regions/brick_tables.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include <arrow/api.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "catalog/parquet.h"
#include "fits/table.h"
#include "regions/arrow_columns.h"
#include "regions/column_names.h"

namespace dhs::regions {

namespace {

enum class TableFormat { kParquet, kFits, kText };

Result<TableFormat> FormatOf(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const FileInfo info, storage.Stat(path));
  if (info.kind == FileKind::kDirectory) return TableFormat::kParquet;
  ARROW_ASSIGN_OR_RAISE(const auto file, storage.OpenInput(path));
  std::array<char, 6> magic{};
  ARROW_ASSIGN_OR_RAISE(const int64_t num_read, file->ReadAt(0, magic.size(), magic.data()));
  const std::string_view start(magic.data(), static_cast<size_t>(num_read));
  if (start.starts_with("PAR1")) return TableFormat::kParquet;
  if (start.starts_with("\x1f\x8b") || start == "SIMPLE") return TableFormat::kFits;
  return TableFormat::kText;
}

Result<std::vector<std::string>> ParquetColumnNames(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto files, catalog::ListParquetFiles(storage, path));
  ARROW_ASSIGN_OR_RAISE(const auto info, catalog::InspectParquet(storage, files[0].path));
  return info.schema->field_names();
}

// A Parquet or CSV table with the columns that `choose` picks from the names that are there.
struct ChosenTable {
  std::shared_ptr<arrow::Table> table;
  ColumnChoice choice;
  std::vector<std::string> available;
};

Result<ChosenTable> ReadChosen(Storage& storage, const std::string& path, TableFormat format,
                               const std::vector<ColumnRequest>& requests) {
  ChosenTable result;
  if (format == TableFormat::kParquet) {
    ARROW_ASSIGN_OR_RAISE(result.available, ParquetColumnNames(storage, path));
    ARROW_ASSIGN_OR_RAISE(result.choice, ChooseColumns(path, result.available, requests));
    std::vector<std::string> names;
    for (const auto& [field, name] : result.choice.name_of) names.push_back(name);
    ARROW_ASSIGN_OR_RAISE(result.table, catalog::ReadParquet(storage, path, names));
  } else {
    ARROW_ASSIGN_OR_RAISE(result.table, catalog::ReadCsv(storage, path));
    result.available = result.table->ColumnNames();
    ARROW_ASSIGN_OR_RAISE(result.choice, ChooseColumns(path, result.available, requests));
  }
  return result;
}

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
  Status Counts(const std::string& field, CountNulls nulls, std::vector<int64_t>& out) const {
    const auto name = name_of_.find(field);
    if (name == name_of_.end()) return Status::OK();
    return ReadCounts(table_, name->second, path_, nulls).Value(&out);
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
    if (name == "brickname" || wanted.empty() || wanted.contains(name)) requests.push_back({name, {name}});
  }
  for (const auto& name : OptionalBrickColumns()) {
    if (wanted.empty() || wanted.contains(name)) requests.push_back({name, {name}, false});
  }
  return requests;
}

Status CheckWanted(const std::vector<std::string>& columns, const std::string& path, std::set<std::string>& wanted) {
  for (const std::string& column : columns) wanted.insert(ToLower(column));
  if (wanted.empty()) return Status::OK();
  std::vector<std::string> left_out;
  for (const auto& name : NeededBrickColumns()) {
    if (name != "brickname" && !wanted.contains(name)) left_out.push_back(name);
  }
  if (!left_out.empty()) {
    return UsageError(fmt::format("--bricks-fits-columns leaves out {}, which the quality cuts need (bricks file {})",
                                  fmt::join(left_out, ", "), path));
  }
  return Status::OK();
}

// A FITS table's needed columns are asked for as optional ones, so that one message names all that are missing.
Result<ChosenTable> ReadFitsBricks(Storage& storage, const std::string& path,
                                   const std::vector<ColumnRequest>& requests) {
  ChosenTable result;
  std::vector<std::string> optional;
  for (const auto& request : requests) {
    if (request.field != "brickname") optional.push_back(request.field);
  }
  ARROW_ASSIGN_OR_RAISE(result.table, fits::ReadTable(storage, path, {"brickname"}, optional));
  result.available = result.table->ColumnNames();
  std::vector<std::string> missing;
  for (const auto& request : requests) {
    if (result.table->schema()->GetFieldIndex(request.field) >= 0) {
      result.choice.name_of[request.field] = request.field;
    } else if (request.required) {
      missing.push_back(request.field);
    }
  }
  if (!missing.empty()) {
    return DataError(
        {.path = path},
        fmt::format("the table lacks {}; the quality cuts need ebv, psfsize_r and psfdepth_r. Known columns "
                    "that are there: {}",
                    fmt::join(missing, ", "), fmt::join(result.available, ", ")));
  }
  return result;
}

}  // namespace

Result<BrickTable> ReadCountTable(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const TableFormat format, FormatOf(storage, path));
  if (format == TableFormat::kFits) {
    return DataError({.path = path},
                     "expected a Parquet or CSV table of brick counts, found FITS or gzip data; unpack "
                     "a compressed table first");
  }
  ARROW_ASSIGN_OR_RAISE(ChosenTable chosen, ReadChosen(storage, path, format, CountColumns()));
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
  ARROW_RETURN_NOT_OK(reader.Doubles("ra", columns.ra_deg));
  ARROW_RETURN_NOT_OK(reader.Doubles("dec", columns.dec_deg));
  ARROW_RETURN_NOT_OK(reader.Doubles("area_deg2", columns.area_deg2));
  ARROW_RETURN_NOT_OK(reader.Counts("n_gal", CountNulls::kRefuse, columns.n_gal));
  for (size_t v = 0; v < columns.n_lrg.size(); ++v) {
    const std::string field = photometry::BuiltinVariants()[v].CountColumn();
    ARROW_RETURN_NOT_OK(reader.Counts(field, CountNulls::kRefuse, columns.n_lrg[v]));
  }
  return result;
}

Result<BrickTable> ReadBricksFile(Storage& storage, const std::string& path, const std::vector<std::string>& columns) {
  std::set<std::string> wanted;
  ARROW_RETURN_NOT_OK(CheckWanted(columns, path, wanted));
  const std::vector<ColumnRequest> requests = BrickRequests(wanted);
  ARROW_ASSIGN_OR_RAISE(const TableFormat format, FormatOf(storage, path));
  ChosenTable chosen;
  if (format == TableFormat::kFits) {
    ARROW_ASSIGN_OR_RAISE(chosen, ReadFitsBricks(storage, path, requests));
  } else {
    ARROW_ASSIGN_OR_RAISE(chosen, ReadChosen(storage, path, format, requests));
  }
  BrickTable result;
  result.notes = std::move(chosen.choice.notes);
  const FieldReader reader(*chosen.table, chosen.choice.name_of, path);
  BrickColumns& out = result.columns;
  ARROW_RETURN_NOT_OK(reader.Names("brickname", out.name));
  ARROW_RETURN_NOT_OK(reader.Doubles("ra", out.ra_deg));
  ARROW_RETURN_NOT_OK(reader.Doubles("dec", out.dec_deg));
  ARROW_RETURN_NOT_OK(reader.Doubles("ra1", out.ra1_deg));
  ARROW_RETURN_NOT_OK(reader.Doubles("ra2", out.ra2_deg));
  ARROW_RETURN_NOT_OK(reader.Doubles("dec1", out.dec1_deg));
  ARROW_RETURN_NOT_OK(reader.Doubles("dec2", out.dec2_deg));
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
