// SPDX-License-Identifier: Apache-2.0
#include "parent/selected_regions.h"

#include <algorithm>
#include <set>
#include <tuple>

#include <arrow/array.h>
#include <arrow/table.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "catalog/parquet.h"
#include "parent/table_access.h"

namespace dhs::parent {
namespace {

bool Takes(const SelectionFilter& filter, const std::string& set) {
  return filter.only_sets.empty() ||
         std::find(filter.only_sets.begin(), filter.only_sets.end(), set) != filter.only_sets.end();
}

Status CheckSets(std::span<const SelectionRow> rows, const SelectionFilter& filter) {
  std::set<std::string> known;
  for (const SelectionRow& row : rows) known.insert(row.set);
  const std::vector<std::string> names(known.begin(), known.end());
  for (const std::string& wanted : filter.only_sets) {
    if (known.contains(wanted)) continue;
    return UsageError(fmt::format("--only-selection-sets: there is no set '{}'; there are {}.{}", wanted,
                                  fmt::join(names, ", "), DidYouMean(wanted, names)));
  }
  return Status::OK();
}

}  // namespace

Result<std::vector<SelectionRow>> ReadSelections(Storage& storage, const std::string& path, bool with_sets) {
  std::vector<std::string> columns = {"region_id", "region_split"};
  if (with_sets) columns.insert(columns.end(), {"selection_set_id", "region_rank"});
  ARROW_ASSIGN_OR_RAISE(const auto table, catalog::ReadParquet(storage, path, columns));
  ARROW_ASSIGN_OR_RAISE(const auto ids, CoreColumn<arrow::Int32Type>(*table, "region_id", path));
  ARROW_ASSIGN_OR_RAISE(const auto splits, CoreColumn<arrow::StringType>(*table, "region_split", path));
  std::shared_ptr<arrow::StringArray> sets;
  std::shared_ptr<arrow::Int32Array> ranks;
  if (with_sets) {
    ARROW_ASSIGN_OR_RAISE(sets, CoreColumn<arrow::StringType>(*table, "selection_set_id", path));
    ARROW_ASSIGN_OR_RAISE(ranks, CoreColumn<arrow::Int32Type>(*table, "region_rank", path));
  }
  std::vector<SelectionRow> rows;
  rows.reserve(static_cast<size_t>(table->num_rows()));
  for (int64_t i = 0; i < table->num_rows(); ++i) {
    const auto split = SplitName::Parse(splits->GetView(i));
    if (!split) {
      return DataError({.path = path, .column = "region_split", .row = i},
                       fmt::format("'{}' is no name of a split (train, val, test)", splits->GetView(i)));
    }
    rows.push_back({.set = with_sets ? sets->GetString(i) : "",
                    .region_id = ids->Value(i),
                    .split = *split,
                    .rank = with_sets ? ranks->Value(i) : 0});
  }
  return rows;
}

Result<std::vector<SelectedRegion>> FilterRegions(std::span<const SelectionRow> rows, const SelectionFilter& filter) {
  ARROW_RETURN_NOT_OK(CheckSets(rows, filter));
  std::map<std::pair<SplitName, int32_t>, Fate> fates;  // by split, then id: the order of the limit
  for (const SelectionRow& row : rows) {
    Fate fate = Fate::kKept;
    if (!Takes(filter, row.set)) fate = Fate::kSetNotTaken;
    if (std::find(filter.excluded_splits.begin(), filter.excluded_splits.end(), row.split) !=
        filter.excluded_splits.end()) {
      fate = Fate::kSplitExcluded;
    }
    const auto [found, is_new] = fates.try_emplace({row.split, row.region_id}, fate);
    if (!is_new && fate == Fate::kKept) found->second = fate;  // a set that is taken has it
  }
  int64_t num_kept = 0;
  std::vector<SelectedRegion> regions;
  for (auto& [key, fate] : fates) {
    if (fate == Fate::kKept && filter.max_regions > 0 && num_kept >= filter.max_regions) fate = Fate::kBeyondLimit;
    num_kept += fate == Fate::kKept;
    regions.push_back({.region_id = key.second, .split = key.first, .fate = fate});
  }
  std::sort(regions.begin(), regions.end(), [](const SelectedRegion& a, const SelectedRegion& b) {
    return std::tie(a.region_id, a.split) < std::tie(b.region_id, b.split);
  });
  return regions;
}

std::vector<std::string> SetNames(std::span<const SelectionRow> rows, const SelectionFilter& filter) {
  std::set<std::string> names;
  for (const SelectionRow& row : rows) {
    if (Takes(filter, row.set)) names.insert(row.set);
  }
  return {names.begin(), names.end()};
}

Result<RegionsOfSet> TakeSet(std::span<const SelectionRow> rows, const std::string& set,
                             std::span<const SelectedRegion> filtered) {
  RegionsOfSet taken;
  for (const SelectionRow& row : rows) {
    if (row.set != set) continue;
    if (taken.ranks.emplace(Place{.split = row.split, .region_id = row.region_id, .brick = {}}, row.rank).second)
      continue;
    return DataError({}, fmt::format("set {} holds region {} of split {} more than once. Make the selections again "
                                     "with `dhs select`.",
                                     set, row.region_id, row.split.ToString()));
  }
  for (const SelectedRegion& region : filtered) {
    const Place place{.split = region.split, .region_id = region.region_id, .brick = {}};
    if (taken.ranks.contains(place)) taken.regions.push_back(region);
  }
  return taken;
}

Status RequireUnion(const std::string& directory, const std::vector<FileInfo>& files) {
  for (const FileInfo& file : files) {
    if (file.path.find("/selection_set_id=", directory.size()) == std::string::npos) continue;
    return UsageError(
        fmt::format("{} holds each LRG once for each selection set; take a catalog that was made with "
                    "--parent-output-mode union",
                    directory));
  }
  return Status::OK();
}

}  // namespace dhs::parent
