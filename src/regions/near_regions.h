// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dhs/error.h"
#include "dhs/stop_token.h"
#include "regions/brick_rows.h"

namespace dhs::regions {

/// Bricks in groups of one region and the same near regions, numbered in the order of their first bricks.
struct BrickGroups {
  std::vector<int32_t> of_brick;
  std::vector<int32_t> region;             ///< of each group
  std::vector<std::vector<int32_t>> near;  ///< of each group: other regions with a brick closer than the buffer, rising
};

/// Up to what a balance counts on a buffer. A buffer that is large against the regions has nearly every brick in a
/// group of its own near hundreds of regions, which takes more memory (a profile of 1 kB a group) and time than it is
/// worth.
struct NearLimits {
  int64_t pairs = 4'000'000;    ///< (brick, near region), 20 bytes each for a while
  int64_t groups = 150'000;     ///< profiles of 1 kB
  int64_t looks = 100'000'000;  ///< LooksOf
};

/// What it costs to look at the groups that each region touches once: every group has to look at all regions near it
/// whenever one of them, or its own, changes. The sum of (1 + near regions) squared.
int64_t LooksOf(const BrickGroups& groups);

/// Groups bricks by what decides whether they would be in a buffer of `buffer_deg`, whatever the splits of the regions:
/// MarkBuffer marks a brick exactly if a region near its group has another split than its own. Nothing if that exceeds
/// `limits`; then it ends early.
/// REQUIRES: 0 < buffer_deg < 90, as many region numbers as bricks. Depends on nothing else. Cost: O(n + rows in reach
/// x stretches of one region x log n), memory O(n + limits.pairs + one row for each thread). Errors: stop.
Result<std::optional<BrickGroups>> GroupByNearRegions(const BrickRows& bricks, std::span<const int32_t> region_id,
                                                      double buffer_deg, int num_threads, const StopToken& stop,
                                                      const NearLimits& limits = {});

}  // namespace dhs::regions
