// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dhs/error.h"
#include "dhs/stop_token.h"
#include "regions/region_profiles.h"
#include "regions/split.h"

namespace dhs::regions {

/// Regions taken apart into groups of bricks with the same fate: a group counts for the split of its region, unless one
/// of the regions near it (closer than the buffer) has another split; then it is in the buffer and counts for none.
/// Without a buffer there is one group a region and nothing is near.
struct BalanceGroups {
  GroupProfiles profiles;
  std::vector<int32_t> region;             ///< of each group
  std::vector<std::vector<int32_t>> near;  ///< regions other than its own near each group; empty = for none
};

/// Work is counted in numbers of profiles and regions looked at, a nanosecond or two each.
inline constexpr int64_t kMaxBalanceWork = 400'000'000;

struct BalanceTargets {
  std::array<double, 3> fractions;  ///< of the area that is in splits, by Split; a split with 0 gets nothing
  int32_t seed = 13;
  int64_t max_work = kMaxBalanceWork;  ///< after which nothing more is improved
};

struct BalancedSplits {
  std::vector<Split> of_region;
  int64_t work = 0;
};

/// Assigns every region to a split such that the areas meet `targets` and the distributions of the properties are
/// alike: it minimises, over the splits, the squared deviations of the cumulative profiles from the fraction times
/// their sum, each in units of the fraction (a Cramer-von Mises distance with the area as one more number, weighted
/// above the others) plus a weight times the area that the buffer takes. Regions go one by one, the larger first in an
/// order that the seed varies, to where they fit best; then moves and swaps of similar regions follow until none
/// improves or the work is done. Regions in `kept` that have a split keep it. Without kept regions and
/// buffer no split deviates from its target by more than the share of the largest region. `num_regions` = size of the
/// result; `kept` is empty or as long. Depends on nothing but its arguments. Cost: to place the regions, each in every
/// split, O(regions x length of a profile) and for a buffer O(the sum over the groups of (1 + regions near it) x (1 +
/// regions near it + length)), which NearLimits bounds; then at most `max_work` and what one region takes to improve,
/// and a quarter of it to repair areas. Errors: stop, looked for at every region.
Result<BalancedSplits> BalanceSplits(const BalanceGroups& groups, int32_t num_regions, const BalanceTargets& targets,
                                     std::span<const std::optional<Split>> kept, const StopToken& stop = {});

}  // namespace dhs::regions
