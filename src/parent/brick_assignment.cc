// SPDX-License-Identifier: Apache-2.0
#include "parent/brick_assignment.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace dhs::parent {
namespace {

constexpr std::string_view kBufferName = "buffer";

bool ById(const SelectedRegion& a, const SelectedRegion& b) {
  return a.region_id != b.region_id ? a.region_id < b.region_id : a.split < b.split;
}

// Sorted by region and split, each once.
std::vector<SelectedRegion> UniqueRegions(std::span<const SelectedRegion> selected) {
  std::vector<SelectedRegion> regions(selected.begin(), selected.end());
  std::sort(regions.begin(), regions.end(), ById);
  const auto same = [](const SelectedRegion& a, const SelectedRegion& b) {
    return a.region_id == b.region_id && a.split == b.split;
  };
  regions.erase(std::unique(regions.begin(), regions.end(), same), regions.end());
  return regions;
}

Status CheckSelected(const std::vector<SelectedRegion>& regions, bool by_brick) {
  for (size_t r = 0; r < regions.size(); ++r) {
    if (regions[r].split.ToString() == kBufferName) {
      return DataError({}, fmt::format("region {} is selected as 'buffer', which is in no split. Make the selections "
                                       "again with `dhs select`.",
                                       regions[r].region_id));
    }
    if (!by_brick && r > 0 && regions[r].region_id == regions[r - 1].region_id) {
      return DataError({},
                       fmt::format("region {} is selected as '{}' and as '{}' but its bricks have no split of their "
                                   "own. Make the selections again with `dhs select`.",
                                   regions[r].region_id, regions[r - 1].split.ToString(), regions[r].split.ToString()));
    }
  }
  return Status::OK();
}

Status NoBrick(const SelectedRegion& region, bool by_brick) {
  return DataError({},
                   fmt::format("region {} is selected{} but no brick{} belongs to it: the selections were made from "
                               "another run of `dhs regions`. Make them again with `dhs select`.",
                               region.region_id, by_brick ? " as '" + region.split.ToString() + "'" : "",
                               by_brick ? " of that split" : ""));
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
    case Fate::kBrickInBuffer:
      return "brick_in_buffer";
    case Fate::kRegionNotSelected:
      return "region_not_selected";
    case Fate::kSplitExcluded:
      return "split_excluded";
    case Fate::kSetNotTaken:
      return "selection_set_not_taken";
    case Fate::kBeyondLimit:
      return "beyond_max_selected_regions";
  }
  return "unknown";
}

Result<BrickAssignment> BrickAssignment::Make(std::span<const sky::BrickName> bricks,
                                              std::span<const int32_t> region_ids, std::span<const SplitName> splits,
                                              std::span<const SelectedRegion> selected) {
  const bool by_brick = !splits.empty();
  if (bricks.size() != region_ids.size() || (by_brick && splits.size() != bricks.size())) {
    return InternalError(
        fmt::format("{} bricks but {} region numbers and {} splits", bricks.size(), region_ids.size(), splits.size()));
  }
  const std::vector<SelectedRegion> regions = UniqueRegions(selected);
  ARROW_RETURN_NOT_OK(CheckSelected(regions, by_brick));
  std::vector<bool> region_has_brick(regions.size(), false);
  const SplitName buffer = *SplitName::Parse(kBufferName);

  BrickAssignment assignment;
  assignment.entries_.reserve(bricks.size());
  for (size_t i = 0; i < bricks.size(); ++i) {
    Entry entry;
    entry.place.brick = bricks[i];
    entry.place.region_id = region_ids[i];
    // Without splits of the bricks, the first split of the region: it has no other.
    const SelectedRegion wanted{region_ids[i], by_brick ? splits[i] : SplitName()};
    const auto found = std::lower_bound(regions.begin(), regions.end(), wanted, ById);
    const bool is_selected =
        found != regions.end() && found->region_id == wanted.region_id && (!by_brick || found->split == wanted.split);
    if (by_brick && splits[i] == buffer) {
      entry.fate = Fate::kBrickInBuffer;
    } else if (is_selected) {
      entry.place.split = found->split;
      region_has_brick[static_cast<size_t>(found - regions.begin())] = true;
      entry.fate = found->fate;
      assignment.num_selected_bricks_ += entry.fate == Fate::kKept;
    }
    assignment.entries_.push_back(entry);
  }
  std::optional<int32_t> last_counted;
  for (size_t r = 0; r < regions.size(); ++r) {
    if (!region_has_brick[r]) return NoBrick(regions[r], by_brick);
    if (regions[r].fate != Fate::kKept || last_counted == regions[r].region_id) continue;
    last_counted = regions[r].region_id;
    ++assignment.num_selected_regions_;
  }
  return SortEntries(std::move(assignment));
}

Result<BrickAssignment> BrickAssignment::SortEntries(BrickAssignment assignment) {
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
