// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
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

/// Groups bricks by what decides whether they would be in a buffer of `buffer_deg`, whatever the splits of the regions:
/// MarkBuffer marks a brick exactly if a region near its group has another split than its own.
/// REQUIRES: 0 < buffer_deg < 90, as many region numbers as bricks. Depends on nothing else. Cost: O(n + rows in reach
/// x stretches of one region x log n). Errors: stop.
Result<BrickGroups> GroupByNearRegions(const BrickRows& bricks, std::span<const int32_t> region_id, double buffer_deg,
                                       int num_threads, const StopToken& stop);

}  // namespace dhs::regions
