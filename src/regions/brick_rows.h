// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dhs/error.h"
#include "regions/brick_boxes.h"

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

/// Whether two edges are at the same RA; RA 0 is RA 360.
bool IsSameRa(double a_deg, double b_deg);

}  // namespace dhs::regions
