// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sky/tessellation.h"

namespace dhs::map {

/// A box between two meridians and two parallels (degrees, ICRS, ra1 < ra2, dec1 < dec2) with one number: a colour, or
/// a region.
struct Cell {
  sky::BrickBounds bounds;
  int32_t value;
};

/// The same sky in fewer boxes: cells of one declination row and one value that touch become one, then boxes of equal
/// RA edges that touch in declination. Sorted by (value, dec1, ra1). Bounds are compared as they are: cells of a
/// tessellation share theirs to the last bit. REQUIRES: cells that do not overlap. O(n log n).
std::vector<Cell> MergeCells(std::vector<Cell> cells);

/// A piece of a meridian (ra1 = ra2) or of a parallel (dec1 = dec2), degrees.
struct Border {
  double ra1_deg, dec1_deg, ra2_deg, dec2_deg;
};

/// Where cells of different values touch, among cells with a value of at least 0; straight pieces are joined within a
/// row. The border between RA 360 and RA 0 is found too. REQUIRES: cells that do not overlap. O(n log n).
std::vector<Border> BordersBetween(std::vector<Cell> cells);

}  // namespace dhs::map
