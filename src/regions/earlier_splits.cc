// SPDX-License-Identifier: Apache-2.0
#include "regions/earlier_splits.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include <arrow/api.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/files.h"
#include "regions/arrow_columns.h"
#include "regions/table_source.h"

namespace dhs::regions {

namespace {

constexpr const char* kBricksTable = "bricks_with_region";
constexpr const char* kMetricsTable = "region_metrics";

// Splits as names in the file; kBuffer for every name of a brick in no split.
Result<std::vector<Split>> ParseSplits(const std::vector<std::string>& names, const std::string& path,
                                       const std::string& column) {
  std::vector<Split> splits;
  splits.reserve(names.size());
  for (size_t row = 0; row < names.size(); ++row) {
    const auto found = std::find(kSplitNames.begin(), kSplitNames.end(), names[row]);
    if (found == kSplitNames.end() && names[row] != SplitName(Split::kBuffer)) {
      const std::vector<std::string> known = {"train", "val", "test", "buffer"};
      return DataError(
          {.path = path, .column = column, .row = static_cast<int64_t>(row)},
          fmt::format("expected {}, found '{}'.{}", fmt::join(known, ", "), names[row], DidYouMean(names[row], known)));
    }
    splits.push_back(static_cast<Split>(found - kSplitNames.begin()));  // one past the last is the buffer
  }
  return splits;
}
static_assert(static_cast<size_t>(Split::kBuffer) == kSplitNames.size());

std::vector<ColumnRequest> Requests() {
  return {{"brickname", {"brickname", "brick"}},
          {"split", {"split", "brick_split", "region_split"}, false},
          {"region_id", {"region_id"}, false}};
}

std::string MetricsPath(const std::string& bricks_path) {
  return io::JoinPath(io::ParentPath(bricks_path), kMetricsTable);
}

// The splits of bricks that have a region_id, from the region_metrics beside them.
Result<std::vector<Split>> SplitsByRegion(Storage& storage, const std::string& bricks_path,
                                          const std::vector<int64_t>& region_of_brick) {
  const std::string path = MetricsPath(bricks_path);
  ARROW_ASSIGN_OR_RAISE(const ChosenTable chosen,
                        ReadChosen(storage, path, {{"region_id", {"region_id"}}, {"region_split", {"region_split"}}}));
  const std::string column = chosen.choice.name_of.at("region_split");
  ARROW_ASSIGN_OR_RAISE(const auto ids,
                        ReadCounts(*chosen.table, chosen.choice.name_of.at("region_id"), path, CountNulls::kRefuse));
  ARROW_ASSIGN_OR_RAISE(const auto names, ReadTexts(*chosen.table, column, path));
  ARROW_ASSIGN_OR_RAISE(const auto splits, ParseSplits(names, path, column));
  std::unordered_map<int64_t, Split> split_of;
  for (size_t row = 0; row < ids.size(); ++row) split_of.emplace(ids[row], splits[row]);
  std::vector<Split> of_brick;
  for (size_t row = 0; row < region_of_brick.size(); ++row) {
    const auto found = split_of.find(region_of_brick[row]);
    if (found == split_of.end()) {
      return DataError({.path = bricks_path, .column = "region_id", .row = static_cast<int64_t>(row)},
                       fmt::format("region {} is not in {}", region_of_brick[row], path));
    }
    of_brick.push_back(found->second);
  }
  return of_brick;
}

Result<std::vector<Split>> SplitColumn(Storage& storage, const std::string& path, const ChosenTable& chosen) {
  const auto& name_of = chosen.choice.name_of;
  if (const auto split = name_of.find("split"); split != name_of.end()) {
    ARROW_ASSIGN_OR_RAISE(const auto names, ReadTexts(*chosen.table, split->second, path));
    return ParseSplits(names, path, split->second);
  }
  if (const auto region = name_of.find("region_id"); region != name_of.end()) {
    ARROW_ASSIGN_OR_RAISE(const auto ids, ReadCounts(*chosen.table, region->second, path, CountNulls::kRefuse));
    return SplitsByRegion(storage, path, ids);
  }
  return DataError({.path = path},
                   fmt::format("expected a column split, brick_split or region_split beside the brick names, found {}",
                               fmt::join(chosen.available, ", ")));
}

}  // namespace

Result<std::string> EarlierTablePath(Storage& storage, const std::string& path) {
  const std::string inside = io::JoinPath(path, kBricksTable);
  ARROW_ASSIGN_OR_RAISE(const FileInfo info, storage.Stat(path));
  if (info.kind == FileKind::kNone) {
    return DataError({.path = path}, "--split-from: expected a table or the folder of an earlier stage 3a, found none");
  }
  if (info.kind != FileKind::kDirectory) return path;
  ARROW_ASSIGN_OR_RAISE(const FileInfo table, storage.Stat(inside));
  return table.kind == FileKind::kNone ? path : inside;
}

Result<std::vector<std::string>> EarlierTablePaths(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const std::string table_path, EarlierTablePath(storage, path));
  ARROW_ASSIGN_OR_RAISE(const auto available, TableColumnNames(storage, table_path));
  ARROW_ASSIGN_OR_RAISE(const ColumnChoice choice, ChooseColumns(table_path, available, Requests()));
  std::vector<std::string> paths = {table_path};
  if (!choice.name_of.contains("split") && choice.name_of.contains("region_id")) {
    paths.push_back(MetricsPath(table_path));
  }
  return paths;
}

Result<EarlierSplits> ReadEarlierSplits(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const std::string table_path, EarlierTablePath(storage, path));
  ARROW_ASSIGN_OR_RAISE(const ChosenTable chosen, ReadChosen(storage, table_path, Requests()));
  ARROW_ASSIGN_OR_RAISE(const auto names,
                        ReadBrickNames(*chosen.table, chosen.choice.name_of.at("brickname"), table_path));
  ARROW_ASSIGN_OR_RAISE(const auto splits, SplitColumn(storage, table_path, chosen));

  std::vector<size_t> order(names.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return names[a] < names[b]; });
  EarlierSplits earlier;
  earlier.notes = chosen.choice.notes;
  for (size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && names[order[i]] == names[order[i - 1]]) {
      return DataError({.path = table_path}, fmt::format("brick {} comes twice (--split-from); each may have one split",
                                                         names[order[i]].ToString()));
    }
    if (splits[order[i]] == Split::kBuffer) {
      ++earlier.num_in_buffer;
      continue;
    }
    earlier.name.push_back(names[order[i]]);
    earlier.split.push_back(splits[order[i]]);
  }
  return earlier;
}

std::vector<std::optional<Split>> SplitsOf(const EarlierSplits& earlier, std::span<const sky::BrickName> names) {
  std::vector<std::optional<Split>> splits(names.size());
  size_t at = 0;
  for (size_t i = 0; i < names.size(); ++i) {
    while (at < earlier.name.size() && earlier.name[at] < names[i]) ++at;
    if (at < earlier.name.size() && earlier.name[at] == names[i]) splits[i] = earlier.split[at];
  }
  return splits;
}

}  // namespace dhs::regions
