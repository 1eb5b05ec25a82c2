// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "dhs/error.h"
#include "dhs/storage.h"
#include "parent/brick_assignment.h"

namespace dhs::parent {

/// One row of region_selections.
struct SelectionRow {
  std::string set;  ///< selection_set_id
  int32_t region_id = 0;
  SplitName split;
  int32_t rank = 0;  ///< region_rank
};

/// Reads the table region_selections, a file or a folder. Without `with_sets` the columns selection_set_id and
/// region_rank are not needed: sets and ranks are empty. DataError with the row for a split that is none.
Result<std::vector<SelectionRow>> ReadSelections(Storage& storage, const std::string& path, bool with_sets);

/// Which of the selected regions go into the catalog.
struct SelectionFilter {
  std::vector<std::string> only_sets = {};  ///< empty = all
  std::vector<SplitName> excluded_splits = {};
  int64_t max_regions = 0;  ///< 0 = no limit
};

/// Each region and split that some set selects, once, by region then split, with its fate: kept, or the filter that
/// leaves it out, in the order of enum Fate. The limit keeps the first regions by name of the split, then id.
/// UsageError for a set that is not among the rows, naming those that are.
Result<std::vector<SelectedRegion>> FilterRegions(std::span<const SelectionRow> rows, const SelectionFilter& filter);

/// Names of the sets that take part, in byte order.
std::vector<std::string> SetNames(std::span<const SelectionRow> rows, const SelectionFilter& filter);

/// Of the regions of `filtered` that are kept, those of one set: others are not selected. With the rank of each.
struct RegionsOfSet {
  std::vector<SelectedRegion> regions;
  std::map<Place, int32_t> ranks;  ///< by split and region; no brick
};
/// DataError for a region that the set holds twice in one split.
Result<RegionsOfSet> TakeSet(std::span<const SelectionRow> rows, const std::string& set,
                             std::span<const SelectedRegion> filtered);

/// UsageError if `files`, found below `directory`, hold each LRG once for each selection set: a stage that wants it
/// once would find nothing but duplicates.
Status RequireUnion(const std::string& directory, const std::vector<FileInfo>& files);

}  // namespace dhs::parent
