// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "regions/split.h"

namespace dhs::regions {

/// What a split holds.
struct SplitContent {
  int64_t num_regions = 0;
  int64_t num_bricks = 0;
  double area_deg2 = 0;
  int64_t num_lrgs = 0;  ///< of the variant
};

/// Contents by Split, and the fraction that each was meant to have of what is in a split.
struct SplitBalance {
  std::array<SplitContent, 3> splits;
  std::array<double, 3> expected;
  SplitContent buffer = {};  ///< in no split
  int64_t num_regions = 0;   ///< that have bricks in a split; one in several splits counts once

  /// Adds bricks of one region.
  void Add(Split split, int64_t num_bricks, double area_deg2, int64_t num_lrgs);
  SplitContent Total() const;  ///< of the three splits
};

/// A share above this many points off its expected one is an imbalance.
inline constexpr double kMaxImbalancePoints = 10.0;
/// A region with more of the area than this is a mega-region that no hash can balance.
inline constexpr double kMaxRegionAreaShare = 0.25;

/// A table of a line for each split: regions, bricks, area, LRGs, each share beside the expected one; and what lies in
/// the buffer, if any does.
std::string FormatBalance(const SplitBalance& balance, const std::string& variant);

/// One sentence for each split whose share of the area is off by more than kMaxImbalancePoints, with `cure` at its end.
std::vector<std::string> ImbalanceWarnings(const SplitBalance& balance, std::string_view cure);

/// The sentence for a region that holds too much of the area, with `cure` at its end, or an empty string.
std::string MegaRegionWarning(int32_t region_id, double area_deg2, double total_deg2, std::string_view split,
                              std::string_view cure);

/// How stage 3a was cut and split, as far as advice must know it.
struct SplitChoices {
  std::string adjacency;         ///< --adjacency
  std::string tiling;            ///< --tiling
  std::string split;             ///< --split
  double buffer_deg = 0;         ///< --split-buffer-deg
  bool has_kept_splits = false;  ///< --split-from is given
};

/// What brings the splits nearer to their shares and to each other: the options that the run lacks; where it has them
/// all, what else of it decides.
std::string SplitCure(const SplitChoices& choices, double total_deg2);
/// What cuts a mega-region, likewise.
std::string MegaRegionCure(const SplitChoices& choices, double total_deg2);

/// A value for --tiling that makes at least twenty tiles of that much area, where its least value can.
std::string SuggestedTiling(double total_deg2);

/// "12.3 %"; "-" where the whole is 0.
std::string FormatShare(double part, double whole);

}  // namespace dhs::regions
