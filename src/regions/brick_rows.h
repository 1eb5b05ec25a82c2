// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dhs/error.h"
#include "regions/brick_boxes.h"
#include "sky/box_reach.h"

namespace dhs::regions {

/// Edges that differ by no more are the same edge. Far above the rounding of doubles (1e-13) and of decimals written
/// alike, far below the least overlap of two bricks (3.5e-4 deg; a thousandth of it in a tessellation as fine as 1e-3
/// deg).
inline constexpr double kSameEdgeDeg = 1e-9;

/// 0 <= ra1 < ra2 <= 360. A brick that crosses RA 0 has two of them, one at each end of its row.
struct RaInterval {
  double ra1_deg, ra2_deg;
  int32_t brick;
};

/// Bricks of one range of declination: intervals[first .. last) of BrickRows, by rising RA, disjoint.
struct BrickRow {
  double dec1_deg, dec2_deg;
  size_t first, last;
  bool crosses_ra_zero;  ///< its first and its last interval are one brick
};

/// Bricks in rows of declination, from south to north; rows do not overlap.
struct BrickRows {
  std::vector<BrickRow> rows;
  std::vector<RaInterval> intervals;
  size_t num_bricks = 0;

  std::span<const RaInterval> Of(const BrickRow& row) const {
    return std::span(intervals).subspan(row.first, row.last - row.first);
  }
};

/// DataError naming two bricks that overlap, or whose ranges of declination do without being the same: such bricks are
/// not of one tessellation. `names` and `path` are for messages. Does not depend on the order of bricks but for their
/// numbers. Cost: one sort of the declinations, one of each row.
Result<BrickRows> MakeBrickRows(const BrickBoxes& boxes, const std::vector<sky::BrickName>& names,
                                const std::string& path);

/// Calls visit(number, reach_deg) for the rows that may hold bricks closer than `buffer_deg` to bricks of `row`: those
/// whose gap in RA is less than reach_deg (sky::RaReachDeg). From south to north.
template <typename Visit>
void ForEachRowInReach(const BrickRows& bricks, const BrickRow& row, double buffer_deg, Visit visit) {
  const auto first = std::partition_point(bricks.rows.begin(), bricks.rows.end(), [&](const BrickRow& other) {
    return other.dec2_deg <= row.dec1_deg - buffer_deg;
  });
  for (auto other = first; other != bricks.rows.end() && other->dec1_deg < row.dec2_deg + buffer_deg; ++other) {
    const auto reach = sky::RaReachDeg({row.dec1_deg, row.dec2_deg}, {other->dec1_deg, other->dec2_deg}, buffer_deg);
    if (reach) visit(static_cast<size_t>(other - bricks.rows.begin()), *reach);
  }
}

/// Cuts the open range of RA, which may be wider than the circle and lie anywhere on it, into ranges that meet the
/// intervals of a row as they are: calls visit(ra1_deg, ra2_deg) for each.
template <typename Visit>
void ForEachPlainRange(double ra1_deg, double ra2_deg, Visit visit) {
  if (ra2_deg - ra1_deg >= 360.0) return visit(-1.0, 361.0);
  if (ra1_deg < 0) visit(ra1_deg + 360.0, 361.0);
  if (ra2_deg > 360.0) visit(-1.0, ra2_deg - 360.0);
  visit(ra1_deg, ra2_deg);
}

/// Whether two edges are at the same RA; RA 0 is RA 360.
bool IsSameRa(double a_deg, double b_deg);

}  // namespace dhs::regions
