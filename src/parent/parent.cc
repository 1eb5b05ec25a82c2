// SPDX-License-Identifier: Apache-2.0
#include "parent/parent.h"

#include <algorithm>
#include <utility>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/table.h>
#include <arrow/type.h>

#include "catalog/columns.h"
#include "parent/carried_columns.h"
#include "parent/table_access.h"

namespace dhs::parent {

std::shared_ptr<arrow::Schema> ParentFileSchema() {
  std::vector<std::string> columns = catalog::ParentTable().columns;
  std::erase(columns, "region_split");
  return catalog::SchemaOf(catalog::ParentTable(), columns);
}

Result<std::shared_ptr<arrow::Schema>> ParentSetFileSchema() {
  const auto schema = ParentFileSchema();
  const std::vector<std::string> rank = {"region_rank"};
  return schema->AddField(schema->GetFieldIndex("region_id") + 1,
                          catalog::SchemaOf(catalog::RegionSelectionsTable(), rank)->field(0));
}

CandidateSource::CandidateSource(std::vector<FileInfo> files, std::string flag_column,
                                 std::shared_ptr<const BrickAssignment> assignment,
                                 std::shared_ptr<arrow::Schema> schema, std::map<Place, int32_t> ranks)
    : files_(std::move(files)),
      flag_column_(std::move(flag_column)),
      key_columns_({"brickname", "objid", flag_column_}),
      assignment_(std::move(assignment)),
      schema_(std::move(schema)),
      ranks_(std::move(ranks)) {}

Status CandidateSource::Classify(const arrow::Table& rows, const std::string& path, std::vector<RowFate>* fates) const {
  ARROW_ASSIGN_OR_RAISE(const auto bricks, CoreColumn<arrow::StringType>(rows, "brickname", path));
  ARROW_ASSIGN_OR_RAISE(const auto objids, CoreColumn<arrow::Int64Type>(rows, "objid", path));
  ARROW_ASSIGN_OR_RAISE(const auto flags, CoreColumn<arrow::BooleanType>(rows, flag_column_, path));
  fates->reserve(fates->size() + static_cast<size_t>(rows.num_rows()));
  // Rows of a brick follow each other, so one look-up serves many rows.
  const BrickAssignment::Entry* entry = nullptr;
  sky::BrickName entry_brick;
  for (int64_t i = 0; i < rows.num_rows(); ++i) {
    const sky::BrickName brick = PackBrickName(bricks->GetView(i));
    if (i == 0 || brick != entry_brick) {
      entry = assignment_->Find(brick);
      entry_brick = brick;
    }
    RowFate row;
    if (entry != nullptr) row.key.place = entry->place;
    row.key.place.brick = brick;
    row.key.objid = objids->Value(i);
    Fate fate = entry == nullptr ? Fate::kBrickNotInRegions : entry->fate;
    if (!flags->Value(i)) fate = Fate::kNotInVariant;
    row.fate = static_cast<int8_t>(fate);
    fates->push_back(row);
  }
  return Status::OK();
}

Result<std::shared_ptr<arrow::Table>> CandidateSource::Shape(const arrow::Table& rows, std::span<const RowKey> keys,
                                                             const std::string& path) const {
  ARROW_RETURN_NOT_OK(CheckAllCarried(rows, *schema_, path));
  std::vector<std::shared_ptr<arrow::ChunkedArray>> columns;
  for (const auto& field : schema_->fields()) {
    std::shared_ptr<arrow::Array> values;
    if (field->name() == "region_id" || (field->name() == "region_rank" && !ranks_.empty())) {
      const bool is_rank = field->name() == "region_rank";
      arrow::Int32Builder builder;
      ARROW_RETURN_NOT_OK(builder.Reserve(static_cast<int64_t>(keys.size())));
      for (const RowKey& key : keys) {
        const Place region{.split = key.place.split, .region_id = key.place.region_id, .brick = {}};
        builder.UnsafeAppend(is_rank ? ranks_.at(region) : region.region_id);
      }
      ARROW_ASSIGN_OR_RAISE(values, builder.Finish());
    } else {
      ARROW_ASSIGN_OR_RAISE(values, ColumnAs(rows, field->name(), field->type(), path));
      if (!field->nullable()) ARROW_RETURN_NOT_OK(RequireNoNulls(*values, field->name(), path));
    }
    columns.push_back(std::make_shared<arrow::ChunkedArray>(std::move(values)));
  }
  return arrow::Table::Make(schema_, std::move(columns), rows.num_rows());
}

}  // namespace dhs::parent
