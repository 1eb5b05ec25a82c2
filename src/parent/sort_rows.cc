// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include <arrow/array.h>
#include <arrow/scalar.h>
#include <arrow/table.h>

#include "parent/sorted_files.h"
#include "parent/table_access.h"

namespace dhs::parent {
namespace {

struct SortEntry {
  int32_t region_id;
  uint64_t brick;
  int64_t objid;
  int64_t row;
};

// Rows with the same key are rare (a source listed twice), so text is good enough to order them.
bool LessByAllColumns(const arrow::Table& rows, int64_t a, int64_t b) {
  for (int c = 0; c < rows.num_columns(); ++c) {
    const auto left = rows.column(c)->GetScalar(a), right = rows.column(c)->GetScalar(b);
    if (!left.ok() || !right.ok()) continue;
    const std::string left_text = (*left)->ToString(), right_text = (*right)->ToString();
    if (left_text != right_text) return left_text < right_text;
  }
  return false;
}

}  // namespace

Result<std::shared_ptr<arrow::Table>> SortRows(const std::shared_ptr<arrow::Table>& rows) {
  ARROW_ASSIGN_OR_RAISE(const auto regions, CoreColumn<arrow::Int32Type>(*rows, "region_id", ""));
  ARROW_ASSIGN_OR_RAISE(const auto bricks, CoreColumn<arrow::StringType>(*rows, "brickname", ""));
  ARROW_ASSIGN_OR_RAISE(const auto objids, CoreColumn<arrow::Int64Type>(*rows, "objid", ""));
  std::vector<SortEntry> entries(static_cast<size_t>(rows->num_rows()));
  for (int64_t i = 0; i < rows->num_rows(); ++i) {
    entries[static_cast<size_t>(i)] = {regions->Value(i), PackBrickName(bricks->GetView(i)).packed(), objids->Value(i),
                                       i};
  }
  std::sort(entries.begin(), entries.end(), [&rows](const SortEntry& a, const SortEntry& b) {
    if (a.region_id != b.region_id) return a.region_id < b.region_id;
    if (a.brick != b.brick) return a.brick < b.brick;
    if (a.objid != b.objid) return a.objid < b.objid;
    return a.row != b.row && LessByAllColumns(*rows, a.row, b.row);
  });
  std::vector<int64_t> order(entries.size());
  std::transform(entries.begin(), entries.end(), order.begin(), [](const SortEntry& e) { return e.row; });
  return TakeRows(rows, order);
}

}  // namespace dhs::parent
