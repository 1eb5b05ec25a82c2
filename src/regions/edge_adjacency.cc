// SPDX-License-Identifier: Apache-2.0
#include "regions/edge_adjacency.h"

#include <algorithm>
#include <cmath>

namespace dhs::regions {

namespace {

void Add(int32_t a, int32_t b, AdjacentPairs& pairs) {
  if (a != b) pairs.emplace_back(std::min(a, b), std::max(a, b));
}

// A brick in two intervals may meet another one twice.
void RemoveRepeats(size_t first, AdjacentPairs& pairs) {
  const auto begin = pairs.begin() + static_cast<ptrdiff_t>(first);
  std::sort(begin, pairs.end());
  pairs.erase(std::unique(begin, pairs.end()), pairs.end());
}

// Neighbours that share a meridian.
void AddWithin(std::span<const RaInterval> row, bool may_repeat, AdjacentPairs& pairs) {
  const size_t first = pairs.size();
  for (size_t i = 1; i < row.size(); ++i) {
    if (row[i].ra1_deg - row[i - 1].ra2_deg <= kSameEdgeDeg) Add(row[i - 1].brick, row[i].brick, pairs);
  }
  if (row.size() > 1 && IsSameRa(row.front().ra1_deg, row.back().ra2_deg)) {
    Add(row.front().brick, row.back().brick, pairs);
  }
  if (may_repeat) RemoveRepeats(first, pairs);
}

// Neighbours that share a piece of the parallel between two rows.
void AddBetween(std::span<const RaInterval> south, std::span<const RaInterval> north, bool may_repeat,
                AdjacentPairs& pairs) {
  const size_t first = pairs.size();
  for (size_t s = 0, n = 0; s < south.size() && n < north.size();) {
    const double end = std::min(south[s].ra2_deg, north[n].ra2_deg);
    if (end - std::max(south[s].ra1_deg, north[n].ra1_deg) > kSameEdgeDeg) {
      Add(south[s].brick, north[n].brick, pairs);
    }
    const bool south_ends = south[s].ra2_deg <= end, north_ends = north[n].ra2_deg <= end;
    s += south_ends;
    n += north_ends;
  }
  if (may_repeat) RemoveRepeats(first, pairs);
}

}  // namespace

AdjacentPairs EdgeAdjacency(const BrickRows& bricks) {
  AdjacentPairs pairs;
  pairs.reserve(bricks.num_bricks * 3);
  for (size_t r = 0; r < bricks.rows.size(); ++r) {
    const BrickRow& row = bricks.rows[r];
    const auto intervals = bricks.Of(row);
    AddWithin(intervals, row.crosses_ra_zero || intervals.size() <= 3, pairs);
    if (r + 1 == bricks.rows.size()) break;
    const BrickRow& next = bricks.rows[r + 1];
    if (std::fabs(next.dec1_deg - row.dec2_deg) > kSameEdgeDeg) continue;
    AddBetween(intervals, bricks.Of(next), row.crosses_ra_zero || next.crosses_ra_zero, pairs);
  }
  return pairs;
}

}  // namespace dhs::regions
