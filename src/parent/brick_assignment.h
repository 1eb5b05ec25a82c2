// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dhs/error.h"
#include "parent/place.h"

namespace dhs::parent {

/// Why a row is or is not in the parent catalog. Where several apply, the first in this order is counted.
enum class Fate : int8_t {
  kKept = 0,
  kNotInVariant = 1,       ///< its flag of the variant is false
  kBrickNotInRegions = 2,  ///< its brick failed the quality cuts of `dhs regions`
  kBrickInBuffer = 3,      ///< its brick is too close to another split, and therefore in none
  kRegionNotSelected = 4,  ///< or not in the split of its brick
  kSplitExcluded = 5,      ///< selected, and left out with --exclude-splits
  kSetNotTaken = 6,        ///< selected in none of --only-selection-sets
  kBeyondLimit = 7         ///< selected, behind the first --max-selected-regions
};
inline constexpr int kNumFates = 8;
/// "kept", "not_in_variant", "brick_not_in_regions", "brick_in_buffer", "region_not_selected", "split_excluded",
/// "selection_set_not_taken", "beyond_max_selected_regions".
const char* FateName(Fate fate);

/// Those bricks of a region that are in a split, and are selected.
struct SelectedRegion {
  int32_t region_id = 0;
  SplitName split;
  Fate fate = Fate::kKept;  ///< or the filter that leaves it out all the same
};

/// The join of bricks with selected regions: what becomes of an object, by its brick. Immutable, safe from any thread.
class BrickAssignment {
 public:
  struct Entry {
    Place place;
    Fate fate = Fate::kRegionNotSelected;
  };

  /// `bricks[i]` lies in region `region_ids[i]` and split `splits[i]`; any order. `splits` empty (tables of the earlier
  /// system): each brick has the split with which its region is selected. `selected`: of a region and split that come
  /// twice one entry counts.
  /// DataError (without a path: the caller knows it) for a brick named twice, a selected region without a brick of that
  /// split, a selected buffer, or without `splits` a region selected with two of them.
  static Result<BrickAssignment> Make(std::span<const sky::BrickName> bricks, std::span<const int32_t> region_ids,
                                      std::span<const SplitName> splits, std::span<const SelectedRegion> selected);

  /// Nullptr for a brick that is in no region. O(log bricks).
  const Entry* Find(sky::BrickName brick) const;
  int64_t num_selected_bricks() const { return num_selected_bricks_; }
  int64_t num_selected_regions() const { return num_selected_regions_; }

 private:
  /// Puts the entries into the order of names; DataError for a brick that comes twice.
  static Result<BrickAssignment> SortEntries(BrickAssignment assignment);

  std::vector<Entry> entries_;  // by brick name
  int64_t num_selected_bricks_ = 0;
  int64_t num_selected_regions_ = 0;
};

}  // namespace dhs::parent
