// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "dhs/error.h"
#include "dhs/stop_token.h"
#include "regions/brick_rows.h"
#include "regions/split.h"

namespace dhs::regions {

/// The split of each brick with a buffer between splits: a brick that is closer than `buffer_deg` to a brick of another
/// split (great-circle distance between the nearest points of their areas) becomes Split::kBuffer. Both sides of a
/// border are judged by the splits given, so the result does not depend on any order, and any two bricks of different
/// splits that remain are at least `buffer_deg` apart. Bricks already in the buffer neither give nor take.
/// REQUIRES: 0 < buffer_deg < 90, as many splits as bricks. Never compares bricks one by one: each row of bricks sees
/// stretches of one split in the rows within reach. Cost: O(n + rows in reach x stretches x log n). Errors: stop.
Result<std::vector<Split>> MarkBuffer(const BrickRows& bricks, std::span<const Split> splits, double buffer_deg,
                                      int num_threads, const StopToken& stop);

}  // namespace dhs::regions
