// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dhs/error.h"
#include "dhs/stop_token.h"
#include "regions/brick_columns.h"
#include "regions/options.h"
#include "regions/split.h"

namespace dhs::regions {

/// One way to split.
struct SplitChoice {
  std::string adjacency;
  std::string tiling;
  std::string method;
  double buffer_deg = 0;
};

/// What it would give.
struct SplitOutcome {
  SplitChoice choice;
  int32_t num_regions = 0;
  double largest_region_share = 0;         ///< of the area
  std::array<double, 3> area_fractions{};  ///< of what is in splits, by Split; 0 if nothing is
  std::array<double, 4> ks{};  ///< greatest distances of psfsize_r, psfdepth_r, ebv, lrg_density; NaN = none
  int64_t num_lost = 0;        ///< bricks in the buffer
  int64_t num_borders = 0;     ///< pairs of bricks that share an edge, one in train and the other in test

  double GreatestKs() const;
  /// Greatest deviation of the area from what was meant, points.
  double GreatestPoints(const std::array<double, 3>& expected) const;
};

struct WhatIf {
  int64_t num_bricks = 0;
  double area_deg2 = 0;
  std::array<double, 3> expected{};
  std::vector<SplitOutcome> outcomes;
  size_t advised = 0;              ///< index into outcomes: a balanced split without a buffer
  size_t advised_with_buffer = 0;  ///< one with a buffer
};

/// A split is as it should be up to these.
inline constexpr double kGoodPoints = 0.5;
inline constexpr double kGoodKs = 0.03;

/// Compares the options as given with hash, brick and balanced splits, tiles of three sizes and buffers (that of
/// --split-buffer-deg, else 0.25, 0.5 and 1 deg). `earlier` as in AssignSplits. REQUIRES and errors as ComputeRegions.
/// Advised is the balanced split that is good with the fewest borders and lost bricks, else the one nearest to good.
/// Depends on nothing but its arguments. Cost: about a third of a second for each choice and 250,000 bricks, shared by
/// the threads.
Result<WhatIf> CompareSplitChoices(const BrickColumns& bricks, const RegionsOptions& options, int score_variant,
                                   std::span<const std::optional<Split>> earlier, int num_threads,
                                   const StopToken& stop);

}  // namespace dhs::regions
