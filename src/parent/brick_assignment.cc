// SPDX-License-Identifier: Apache-2.0
#include "parent/brick_assignment.h"

#include <algorithm>

#include <fmt/format.h>

namespace dhs::parent {
namespace {

// Sorted by region, one entry a region.
Result<std::vector<SelectedRegion>> UniqueRegions(std::span<const SelectedRegion> selected) {
  std::vector<SelectedRegion> regions(selected.begin(), selected.end());
  std::sort(regions.begin(), regions.end(), [](const SelectedRegion& a, const SelectedRegion& b) {
    return a.region_id != b.region_id ? a.region_id < b.region_id : a.split < b.split;
  });
  std::vector<SelectedRegion> unique;
  for (const SelectedRegion& region : regions) {
    if (!unique.empty() && unique.back().region_id == region.region_id) {
      if (unique.back().split == region.split) continue;
      return DataError({}, fmt::format("region {} is selected as '{}' and as '{}': a region belongs to one split. Make "
                                       "the selections again with `dhs select`.",
                                       region.region_id, unique.back().split.ToString(), region.split.ToString()));
    }
    unique.push_back(region);
  }
  return unique;
}

}  // namespace

const char* FateName(Fate fate) {
  switch (fate) {
    case Fate::kKept:
      return "kept";
    case Fate::kNotInVariant:
      return "not_in_variant";
    case Fate::kBrickNotInRegions:
      return "brick_not_in_regions";
    case Fate::kRegionNotSelected:
      return "region_not_selected";
    case Fate::kSplitExcluded:
      return "split_excluded";
  }
  return "unknown";
}

Result<BrickAssignment> BrickAssignment::Make(std::span<const sky::BrickName> bricks,
                                              std::span<const int32_t> region_ids,
                                              std::span<const SelectedRegion> selected,
                                              std::span<const SplitName> excluded_splits) {
  if (bricks.size() != region_ids.size()) {
    return InternalError(fmt::format("{} bricks but {} region numbers", bricks.size(), region_ids.size()));
  }
  ARROW_ASSIGN_OR_RAISE(const std::vector<SelectedRegion> regions, UniqueRegions(selected));
  std::vector<bool> region_has_brick(regions.size(), false);

  BrickAssignment assignment;
  assignment.entries_.reserve(bricks.size());
  for (size_t i = 0; i < bricks.size(); ++i) {
    Entry entry;
    entry.place.brick = bricks[i];
    entry.place.region_id = region_ids[i];
    const auto found = std::lower_bound(regions.begin(), regions.end(), region_ids[i],
                                        [](const SelectedRegion& r, int32_t id) { return r.region_id < id; });
    if (found != regions.end() && found->region_id == region_ids[i]) {
      entry.place.split = found->split;
      region_has_brick[static_cast<size_t>(found - regions.begin())] = true;
      const bool excluded =
          std::find(excluded_splits.begin(), excluded_splits.end(), found->split) != excluded_splits.end();
      entry.fate = excluded ? Fate::kSplitExcluded : Fate::kKept;
      if (!excluded) ++assignment.num_selected_bricks_;
    }
    assignment.entries_.push_back(entry);
  }
  for (size_t r = 0; r < regions.size(); ++r) {
    if (!region_has_brick[r]) {
      return DataError({},
                       fmt::format("region {} is selected but no brick belongs to it: the selections were made from "
                                   "another run of `dhs regions`. Make them again with `dhs select`.",
                                   regions[r].region_id));
    }
    const bool excluded =
        std::find(excluded_splits.begin(), excluded_splits.end(), regions[r].split) != excluded_splits.end();
    if (!excluded) ++assignment.num_selected_regions_;
  }

  auto& entries = assignment.entries_;
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.place.brick < b.place.brick; });
  const auto twice = std::adjacent_find(entries.begin(), entries.end(),
                                        [](const Entry& a, const Entry& b) { return a.place.brick == b.place.brick; });
  if (twice != entries.end()) {
    return DataError(
        {}, fmt::format("brick {} is listed twice: a brick belongs to one region.", twice->place.brick.ToString()));
  }
  return assignment;
}

const BrickAssignment::Entry* BrickAssignment::Find(sky::BrickName brick) const {
  const auto found = std::lower_bound(entries_.begin(), entries_.end(), brick,
                                      [](const Entry& e, sky::BrickName name) { return e.place.brick < name; });
  return found != entries_.end() && found->place.brick == brick ? &*found : nullptr;
}

}  // namespace dhs::parent
