// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dhs::regions {

/// What each group of bricks (a region, say) adds to the distributions of a survey: for each property, at each of its
/// quantile edges, the area of the group's bricks at or below the edge, and last the group's area; all as fractions of
/// the survey's area. Two sets of groups whose sums of profiles are in proportion have alike distributions: the
/// greatest difference of their cumulative values is their Kolmogorov-Smirnov distance, to 1 / kNumProfileBins.
struct GroupProfiles {
  size_t length = 0;           ///< numbers of a profile
  std::vector<double> values;  ///< one profile after another

  size_t size() const { return length == 0 ? 0 : values.size() / length; }
  std::span<const double> Of(size_t group) const { return std::span(values).subspan(group * length, length); }
  double AreaOf(size_t group) const { return values[(group + 1) * length - 1]; }
};

/// Quantile bins of each property.
inline constexpr int kNumProfileBins = 32;

/// Profiles of groups 0..num_groups-1. REQUIRES: columns of one length, areas > 0. A NaN is in no bin. Equal edges are
/// one edge. Sums run in the order of the bricks. Cost: O(n), one radix sort a property.
GroupProfiles MakeProfiles(std::span<const int32_t> group_of_brick, int32_t num_groups,
                           std::span<const double> area_deg2, std::span<const std::span<const double>> properties);

}  // namespace dhs::regions
