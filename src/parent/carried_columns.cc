// SPDX-License-Identifier: Apache-2.0
#include "parent/carried_columns.h"

#include <utility>

#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "catalog/columns.h"
#include "catalog/parquet.h"

namespace dhs::parent {
namespace {

bool IsCarried(const std::string& name, const arrow::Schema& core) {
  return name != "region_split" && core.GetFieldIndex(name) < 0;
}

}  // namespace

Result<std::shared_ptr<arrow::Schema>> WithCarriedColumns(Storage& storage, const std::vector<FileInfo>& files,
                                                          const std::shared_ptr<arrow::Schema>& core) {
  if (files.empty()) return core;
  ARROW_ASSIGN_OR_RAISE(const catalog::ParquetFileInfo first, catalog::InspectParquet(storage, files.front().path));
  arrow::FieldVector fields = core->fields();
  for (const auto& field : first.schema->fields()) {
    if (!IsCarried(field->name(), *core)) continue;
    std::shared_ptr<arrow::DataType> type = field->type();
    if (type->id() == arrow::Type::DICTIONARY) {
      type = static_cast<const arrow::DictionaryType&>(*type).value_type();
    }
    fields.push_back(field->WithType(type)->WithNullable(true));
  }
  auto schema = arrow::schema(std::move(fields), core->metadata());
  return catalog::FlagsReferToCorrected(*first.schema) ? catalog::WithCorrectedFlags(schema) : schema;
}

Status CheckAllCarried(const arrow::Table& rows, const arrow::Schema& schema, const std::string& path) {
  for (const auto& field : rows.schema()->fields()) {
    if (IsCarried(field->name(), schema)) {
      return DataError({.path = path, .column = field->name()},
                       "the first file of the catalog has no such column: it would be lost. All files must have the "
                       "same columns.");
    }
  }
  if (catalog::FlagsReferToCorrected(*rows.schema()) != catalog::FlagsReferToCorrected(schema)) {
    return DataError({.path = path},
                     "flags of this file and of the catalog's first one refer to different magnitudes, raw and "
                     "corrected for extinction. One catalog needs scans with one --use-mw-correction.");
  }
  return Status::OK();
}

}  // namespace dhs::parent
