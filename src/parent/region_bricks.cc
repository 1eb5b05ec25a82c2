// SPDX-License-Identifier: Apache-2.0
#include "parent/region_bricks.h"

#include <algorithm>
#include <string_view>

#include <arrow/array.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include "catalog/parquet.h"
#include "parent/table_access.h"

namespace dhs::parent {
namespace {

constexpr std::string_view kBrickSplits[] = {"train", "val", "test", "buffer"};

}  // namespace

Result<RegionBricks> ReadRegionBricks(Storage& storage, const std::string& path, const std::string& count_column) {
  ARROW_ASSIGN_OR_RAISE(const auto files, catalog::ListParquetFiles(storage, path));
  ARROW_ASSIGN_OR_RAISE(const auto info, catalog::InspectParquet(storage, files[0].path));
  std::vector<std::string> columns = {"brickname", "region_id"};
  const bool has_split = info.schema->GetFieldIndex("brick_split") >= 0;
  if (has_split) columns.emplace_back("brick_split");
  const bool has_count = !count_column.empty() && info.schema->GetFieldIndex(count_column) >= 0;
  if (has_count) columns.push_back(count_column);
  ARROW_ASSIGN_OR_RAISE(const auto table, catalog::ReadParquet(storage, path, columns));

  RegionBricks bricks;
  ARROW_ASSIGN_OR_RAISE(const auto names, CoreColumn<arrow::StringType>(*table, "brickname", path));
  bricks.names.reserve(static_cast<size_t>(names->length()));
  for (int64_t i = 0; i < names->length(); ++i) {
    if (names->GetView(i).size() != 8) {
      return DataError({.path = path, .column = "brickname", .row = i},
                       fmt::format("'{}' is no brick name (eight characters, like 1126p222)", names->GetView(i)));
    }
    bricks.names.push_back(PackBrickName(names->GetView(i)));
  }
  ARROW_ASSIGN_OR_RAISE(const auto ids, CoreColumn<arrow::Int32Type>(*table, "region_id", path));
  bricks.region_ids.assign(ids->raw_values(), ids->raw_values() + ids->length());
  if (has_count) {
    ARROW_ASSIGN_OR_RAISE(const auto counts, CoreColumn<arrow::Int64Type>(*table, count_column, path));
    bricks.counts.assign(counts->raw_values(), counts->raw_values() + counts->length());
  }
  if (!has_split) return bricks;
  ARROW_ASSIGN_OR_RAISE(const auto splits, CoreColumn<arrow::StringType>(*table, "brick_split", path));
  bricks.splits.reserve(static_cast<size_t>(splits->length()));
  for (int64_t i = 0; i < splits->length(); ++i) {
    const std::string_view split = splits->GetView(i);
    if (std::find(std::begin(kBrickSplits), std::end(kBrickSplits), split) == std::end(kBrickSplits)) {
      return DataError({.path = path, .column = "brick_split", .row = i},
                       fmt::format("expected train, val, test or buffer, found '{}'", split));
    }
    bricks.splits.push_back(*SplitName::Parse(split));
  }
  return bricks;
}

}  // namespace dhs::parent
