// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dhs/error.h"
#include "dhs/stop_token.h"
#include "regions/brick_columns.h"
#include "regions/near_regions.h"
#include "regions/split.h"

namespace dhs::regions {

/// Bricks as the assignment of splits sees them: parallel columns, sorted by name, regions numbered 0..num_regions-1.
struct SplitBricks {
  std::span<const sky::BrickName> name;
  std::span<const int32_t> region_id;
  int32_t num_regions = 0;
  std::span<const double> area_deg2;
  std::span<const double> psfsize_r_arcsec, psfdepth_r_mag, ebv_mag;
  std::span<const double> lrg_density;  ///< of the variant, 1/deg2
  const BrickGroups* near = nullptr;    ///< what a buffer will take, for a balanced split; nullptr = no buffer
};

/// What became of an earlier assignment. A brick or region is new if it had no split.
struct KeptSplits {
  int64_t kept_regions = 0, new_regions = 0;  ///< all 0 where bricks have splits of their own
  int64_t conflicting_regions = 0;            ///< of the kept ones: their bricks had several splits
  int64_t kept_bricks = 0, new_bricks = 0;
  int64_t changed_bricks = 0;  ///< had another split than their region got
  double changed_area_deg2 = 0;
};

struct SplitAssignment {
  std::vector<Split> of_brick;
  std::vector<std::optional<Split>> of_region;  ///< nothing where each brick has a split of its own
  KeptSplits kept;                              ///< all 0 without an earlier assignment
};

/// Assigns splits by `options.method` (SPEC 5.6). `earlier` is empty or holds the earlier split of each brick: a region
/// keeps the split that most of its area had (the first in the order of Split of equal ones), and with --split brick a
/// brick keeps its own; the method assigns the others. A balanced split balances what the buffer will leave.
/// Errors: stop.
Result<SplitAssignment> AssignSplits(const SplitBricks& bricks, const SplitOptions& options,
                                     std::span<const std::optional<Split>> earlier, const StopToken& stop = {});

}  // namespace dhs::regions
