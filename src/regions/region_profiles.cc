// SPDX-License-Identifier: Apache-2.0
#include "regions/region_profiles.h"

#include <algorithm>
#include <cmath>

#include "regions/radix_sort.h"

namespace dhs::regions {

namespace {

// Values at ranks i n / kNumProfileBins, without repeats and without the greatest, below which everything lies.
std::vector<double> QuantileEdges(std::span<const double> values) {
  std::vector<double> sorted;
  sorted.reserve(values.size());
  for (const double value : values) {
    if (!std::isnan(value)) sorted.push_back(value);
  }
  RadixSort(sorted);
  std::vector<double> edges;
  for (size_t i = 1; i < static_cast<size_t>(kNumProfileBins) && !sorted.empty(); ++i) {
    const double edge = sorted[(i * sorted.size()) / static_cast<size_t>(kNumProfileBins)];
    if (edge < sorted.back() && (edges.empty() || edge > edges.back())) edges.push_back(edge);
  }
  return edges;
}

}  // namespace

GroupProfiles MakeProfiles(std::span<const int32_t> group_of_brick, int32_t num_groups,
                           std::span<const double> area_deg2, std::span<const std::span<const double>> properties) {
  std::vector<std::vector<double>> edges;
  GroupProfiles profiles;
  for (const auto& values : properties) {
    edges.push_back(QuantileEdges(values));
    profiles.length += edges.back().size();
  }
  const size_t area_at = profiles.length++;
  profiles.values.assign(static_cast<size_t>(num_groups) * profiles.length, 0.0);
  double total_area = 0;
  for (const double area : area_deg2) total_area += area;

  size_t first = 0;
  for (size_t p = 0; p < properties.size(); ++p) {
    for (size_t i = 0; i < group_of_brick.size(); ++i) {
      const double value = properties[p][i];
      const auto bin =
          static_cast<size_t>(std::lower_bound(edges[p].begin(), edges[p].end(), value) - edges[p].begin());
      if (std::isnan(value) || bin == edges[p].size()) continue;
      const size_t start = static_cast<size_t>(group_of_brick[i]) * profiles.length + first;
      profiles.values[start + bin] += area_deg2[i] / total_area;
    }
    for (size_t group = 0; group < static_cast<size_t>(num_groups); ++group) {
      const size_t start = group * profiles.length + first;
      for (size_t bin = 1; bin < edges[p].size(); ++bin) {
        profiles.values[start + bin] += profiles.values[start + bin - 1];
      }
    }
    first += edges[p].size();
  }
  for (size_t i = 0; i < group_of_brick.size(); ++i) {
    profiles.values[static_cast<size_t>(group_of_brick[i]) * profiles.length + area_at] += area_deg2[i] / total_area;
  }
  return profiles;
}

}  // namespace dhs::regions
