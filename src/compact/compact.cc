// SPDX-License-Identifier: Apache-2.0
#include "compact/compact.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/builder.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "catalog/columns.h"
#include "compact/options.h"
#include "parent/carried_columns.h"
#include "parent/table_access.h"
#include "photometry/variant.h"

namespace dhs::compact {
namespace {

using parent::Column;
using parent::CoreColumn;
using ArrayPtr = std::shared_ptr<arrow::Array>;

float ValueOrNan(const arrow::FloatArray& values, int64_t i) {
  return values.IsNull(i) ? std::numeric_limits<float>::quiet_NaN() : values.Value(i);
}

Result<ArrayPtr> BoolArray(const std::vector<bool>& values) {
  arrow::BooleanBuilder builder;
  ARROW_RETURN_NOT_OK(builder.AppendValues(values));
  return builder.Finish();
}

Result<ArrayPtr> FlagArray(const RecomputedFlags& flags, size_t variant) {
  arrow::BooleanBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Reserve(static_cast<int64_t>(flags.bits.size())));
  for (size_t row = 0; row < flags.bits.size(); ++row) builder.UnsafeAppend(flags.passes(variant, row));
  return builder.Finish();
}

Result<ArrayPtr> NullAsNan(const ArrayPtr& values) {
  if (values->null_count() == 0) return values;
  const auto& floats = static_cast<const arrow::FloatArray&>(*values);
  arrow::FloatBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Reserve(floats.length()));
  for (int64_t i = 0; i < floats.length(); ++i) builder.UnsafeAppend(ValueOrNan(floats, i));
  return builder.Finish();
}

Result<ArrayPtr> IsMeasured(const ArrayPtr& values) {
  const auto& floats = static_cast<const arrow::FloatArray&>(*values);
  std::vector<bool> measured(static_cast<size_t>(floats.length()));
  for (int64_t i = 0; i < floats.length(); ++i) measured[static_cast<size_t>(i)] = !std::isnan(ValueOrNan(floats, i));
  return BoolArray(measured);
}

Result<ArrayPtr> RegionIds(std::span<const parent::RowKey> keys) {
  arrow::Int32Builder builder;
  ARROW_RETURN_NOT_OK(builder.Reserve(static_cast<int64_t>(keys.size())));
  for (const parent::RowKey& key : keys) builder.UnsafeAppend(key.place.region_id);
  return builder.Finish();
}

// A column that the catalog may lack or hold nulls in.
Result<ArrayPtr> StoredColumn(const arrow::Table& rows, const arrow::Field& field, const std::string& path) {
  if (field.nullable() && rows.schema()->GetFieldIndex(field.name()) < 0) {
    return arrow::MakeArrayOfNull(field.type(), rows.num_rows());
  }
  ARROW_ASSIGN_OR_RAISE(ArrayPtr values, parent::ColumnAs(rows, field.name(), field.type(), path));
  if (field.name() == "gmag") return NullAsNan(values);
  if (!field.nullable()) ARROW_RETURN_NOT_OK(parent::RequireNoNulls(*values, field.name(), path));
  return values;
}

}  // namespace

std::shared_ptr<arrow::Schema> CompactFileSchema() {
  std::vector<std::string> columns = catalog::ParentCompactTable().columns;
  std::erase(columns, "region_split");
  return catalog::SchemaOf(catalog::ParentCompactTable(), columns);
}

Result<RecomputedFlags> RecomputeFlags(const arrow::Table& rows, const std::string& path) {
  const std::string suffix = catalog::FlagsReferToCorrected(*rows.schema()) ? "_mw" : "";
  ARROW_ASSIGN_OR_RAISE(const auto zmag, Column<arrow::FloatType>(rows, "zmag" + suffix, path));
  ARROW_ASSIGN_OR_RAISE(const auto rz, Column<arrow::FloatType>(rows, "rz" + suffix, path));
  ARROW_ASSIGN_OR_RAISE(const auto zw1, Column<arrow::FloatType>(rows, "zw1" + suffix, path));
  ARROW_ASSIGN_OR_RAISE(const auto type, CoreColumn<arrow::StringType>(rows, "type", path));
  const auto variants = photometry::BuiltinVariants();
  RecomputedFlags flags;
  flags.bits.resize(static_cast<size_t>(rows.num_rows()), 0);
  for (int64_t i = 0; i < rows.num_rows(); ++i) {
    const std::string_view raw_type = type->GetView(i);
    // "REX" and its like need no second look; a blank or a lower-case letter may hide a PSF.
    const bool plain = std::all_of(raw_type.begin(), raw_type.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (photometry::IsPointSource(plain ? raw_type : std::string_view(photometry::NormalizeType(raw_type)))) continue;
    for (size_t v = 0; v < variants.size(); ++v) {
      const bool passes =
          photometry::PassesCuts(variants[v], ValueOrNan(*zmag, i), ValueOrNan(*rz, i), ValueOrNan(*zw1, i));
      flags.bits[static_cast<size_t>(i)] |= static_cast<uint8_t>(passes ? 1U << v : 0U);
    }
  }
  return flags;
}

int64_t FilesOfSplit(int64_t rows, int64_t num_partitions) {
  return std::clamp<int64_t>(rows / kMinRowsPerFile, 1, num_partitions);
}

CatalogSource::CatalogSource(std::vector<FileInfo> files, int variant, std::shared_ptr<arrow::Schema> schema)
    : files_(std::move(files)), variant_(static_cast<size_t>(variant)), schema_(std::move(schema)) {}

const std::vector<std::string>& CatalogSource::key_columns() const {
  static const std::vector<std::string> raw = {"brickname", "objid", "region_id", "region_split",
                                               "zmag",      "rz",    "zw1",       "type"};
  static const std::vector<std::string> corrected = {"brickname", "objid", "region_id", "region_split",
                                                     "zmag_mw",   "rz_mw", "zw1_mw",    "type"};
  return catalog::FlagsReferToCorrected(*schema_) ? corrected : raw;
}

Status CatalogSource::Classify(const arrow::Table& rows, const std::string& path,
                               std::vector<parent::RowFate>* fates) const {
  ARROW_ASSIGN_OR_RAISE(const auto bricks, CoreColumn<arrow::StringType>(rows, "brickname", path));
  ARROW_ASSIGN_OR_RAISE(const auto objids, CoreColumn<arrow::Int64Type>(rows, "objid", path));
  ARROW_ASSIGN_OR_RAISE(const auto regions, CoreColumn<arrow::Int32Type>(rows, "region_id", path));
  ARROW_ASSIGN_OR_RAISE(const auto splits, CoreColumn<arrow::StringType>(rows, "region_split", path));
  ARROW_ASSIGN_OR_RAISE(const RecomputedFlags flags, RecomputeFlags(rows, path));
  std::string_view last_split;
  parent::SplitName split;
  fates->reserve(fates->size() + static_cast<size_t>(rows.num_rows()));
  for (int64_t i = 0; i < rows.num_rows(); ++i) {
    if (i == 0 || splits->GetView(i) != last_split) {
      last_split = splits->GetView(i);
      const auto parsed = parent::SplitName::Parse(last_split);
      if (!parsed) {
        return DataError({.path = path, .column = "region_split", .row = i},
                         fmt::format("'{}' is no name of a split (train, val, test)", last_split));
      }
      split = *parsed;
    }
    parent::RowFate row;
    row.key = {{split, regions->Value(i), parent::PackBrickName(bricks->GetView(i))}, objids->Value(i)};
    row.fate = static_cast<int8_t>(flags.passes(variant_, static_cast<size_t>(i)) ? Fate::kKept : Fate::kDropped);
    fates->push_back(row);
  }
  return Status::OK();
}

Result<std::shared_ptr<arrow::Table>> CatalogSource::Shape(const arrow::Table& rows,
                                                           std::span<const parent::RowKey> keys,
                                                           const std::string& path) const {
  ARROW_RETURN_NOT_OK(parent::CheckAllCarried(rows, *schema_, path));
  ARROW_ASSIGN_OR_RAISE(const RecomputedFlags flags, RecomputeFlags(rows, path));
  std::vector<std::shared_ptr<arrow::ChunkedArray>> columns;
  for (const auto& field : schema_->fields()) {
    ArrayPtr values;
    const auto variants = photometry::BuiltinVariants();
    const auto variant =
        std::find_if(variants.begin(), variants.end(), [&](const auto& v) { return v.FlagColumn() == field->name(); });
    if (variant != variants.end()) {
      ARROW_ASSIGN_OR_RAISE(values, FlagArray(flags, static_cast<size_t>(variant - variants.begin())));
    } else if (field->name() == "gmag_valid") {
      ARROW_ASSIGN_OR_RAISE(const ArrayPtr gmag, parent::ColumnAs(rows, "gmag", arrow::float32(), path));
      ARROW_ASSIGN_OR_RAISE(values, IsMeasured(gmag));
    } else if (field->name() == "region_id") {
      ARROW_ASSIGN_OR_RAISE(values, RegionIds(keys));
    } else {
      ARROW_ASSIGN_OR_RAISE(values, StoredColumn(rows, *field, path));
    }
    columns.push_back(std::make_shared<arrow::ChunkedArray>(std::move(values)));
  }
  return arrow::Table::Make(schema_, std::move(columns), rows.num_rows());
}

}  // namespace dhs::compact
