// SPDX-License-Identifier: Apache-2.0
#include "regions/table_source.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include <arrow/api.h>
#include <fmt/format.h>

#include "catalog/parquet.h"
#include "fits/byte_source.h"
#include "fits/table.h"
#include "fits/table_reader.h"
#include "regions/column_agreement.h"
#include "sky/brick_name.h"

namespace dhs::regions {

namespace {

enum class TableFormat { kParquet, kFits, kText };

// The first bytes of the content, decompressed.
Result<std::string> FirstBytes(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto file, storage.OpenInput(path));
  ARROW_ASSIGN_OR_RAISE(const bool is_gzip, fits::IsGzip(*file));
  const auto source = is_gzip ? fits::GzipSource(file, path) : fits::PlainSource(file);
  std::array<char, 6> bytes{};
  ARROW_ASSIGN_OR_RAISE(const int64_t num_read, source->Read(bytes.size(), bytes.data()));
  return std::string(bytes.data(), static_cast<size_t>(num_read));
}

Result<TableFormat> FormatOf(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const FileInfo info, storage.Stat(path));
  if (info.kind == FileKind::kDirectory) return TableFormat::kParquet;
  ARROW_ASSIGN_OR_RAISE(const std::string start, FirstBytes(storage, path));
  if (start.empty()) {
    return DataError({.path = path}, "the file is empty; expected a Parquet, FITS or CSV table of bricks");
  }
  if (start.starts_with("PAR1")) return TableFormat::kParquet;
  if (start == "SIMPLE") return TableFormat::kFits;
  if (start.starts_with("\xff\xfe") || start.starts_with("\xfe\xff")) {
    return DataError({.path = path}, "expected a CSV table in UTF-8, found UTF-16; save it as UTF-8");
  }
  return TableFormat::kText;
}

Result<std::vector<std::string>> ParquetColumnNames(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto files, catalog::ListParquetFiles(storage, path));
  ARROW_ASSIGN_OR_RAISE(const auto info, catalog::InspectParquet(storage, files[0].path));
  return info.schema->field_names();
}

Result<std::vector<std::string>> FitsColumnNames(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto reader, fits::TableReader::Open(storage, path));
  std::vector<std::string> names;
  for (const fits::Column& column : reader->layout().columns()) names.push_back(ToLower(column.name));
  return names;
}

// What a text table's first line shows to be wrong with all of it.
Status CheckHeader(const std::vector<std::string>& names, const std::string& path) {
  const auto is_brick = [](const std::string& name) { return sky::BrickName::Parse(name).has_value(); };
  const auto brick = std::find_if(names.begin(), names.end(), is_brick);
  if (brick != names.end()) {
    return DataError({.path = path}, fmt::format("expected column names in the first line, found '{}', a brick: put a "
                                                 "header line before it (brickname,n_gal,...)",
                                                 *brick));
  }
  if (names.size() != 1) return Status::OK();
  const size_t separator = names[0].find_first_of(";\t| ");
  if (separator == std::string::npos) return Status::OK();
  const char found = names[0][separator];
  return DataError({.path = path}, fmt::format("expected columns separated by commas, found one column '{}': the cells "
                                               "seem to be separated by {}; save the table with commas",
                                               names[0],
                                               found == '\t'  ? "tabs"
                                               : found == ' ' ? "blanks"
                                                              : fmt::format("'{}'", found)));
}

}  // namespace

Result<ChosenTable> ReadChosen(Storage& storage, const std::string& path, const std::vector<ColumnRequest>& requests) {
  ARROW_ASSIGN_OR_RAISE(const TableFormat format, FormatOf(storage, path));
  ChosenTable result;
  if (format == TableFormat::kText) {
    ARROW_ASSIGN_OR_RAISE(result.table, catalog::ReadCsv(storage, path));
    result.available = result.table->ColumnNames();
    ARROW_RETURN_NOT_OK(CheckHeader(result.available, path));
    ARROW_ASSIGN_OR_RAISE(result.choice, ChooseColumns(path, result.available, requests));
  } else {
    const bool is_fits = format == TableFormat::kFits;
    ARROW_ASSIGN_OR_RAISE(result.available,
                          is_fits ? FitsColumnNames(storage, path) : ParquetColumnNames(storage, path));
    ARROW_ASSIGN_OR_RAISE(result.choice, ChooseColumns(path, result.available, requests));
    std::set<std::string> distinct;
    for (const auto& [field, name] : result.choice.name_of) distinct.insert(name);
    for (const auto& [field, others] : result.choice.others_of) distinct.insert(others.begin(), others.end());
    const std::vector<std::string> names(distinct.begin(), distinct.end());
    ARROW_ASSIGN_OR_RAISE(result.table,
                          is_fits ? fits::ReadTable(storage, path, names) : catalog::ReadParquet(storage, path, names));
  }
  ARROW_ASSIGN_OR_RAISE(const auto notes, CheckAgreement(*result.table, result.choice, path));
  result.choice.notes.insert(result.choice.notes.end(), notes.begin(), notes.end());
  return result;
}

Result<std::vector<std::string>> TableColumnNames(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const TableFormat format, FormatOf(storage, path));
  if (format == TableFormat::kParquet) return ParquetColumnNames(storage, path);
  if (format == TableFormat::kFits) return FitsColumnNames(storage, path);
  ARROW_ASSIGN_OR_RAISE(const auto table, catalog::ReadCsv(storage, path));
  std::vector<std::string> names = table->ColumnNames();
  ARROW_RETURN_NOT_OK(CheckHeader(names, path));
  return names;
}

}  // namespace dhs::regions
