// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "regions/bisection.h"

namespace dhs::regions {

/// Which tiles are too small, and what may become of them.
struct MergeRules {
  double small_deg2;  ///< tiles below this are to grow
  double limit_deg2;  ///< no tile may come to be above this
  bool cut_anew;      ///< where joining would exceed the limit, cut the two anew in even halves
};

/// Joins small tiles to neighbours, the smallest one first: to the neighbour with which it shares most border (pairs of
/// adjacent items; of equal ones the tile with the smaller first item) among those that stay within the limit. Else, if
/// allowed, the union with a neighbour is cut anew where that makes the smaller one larger. A tile that finds no way
/// stays small. `tile_of` is in [0, num_tiles) or -1 for items that take no part; numbers may end unused. Tiles stay
/// connected. Deterministic. Cost: O(n + t log t), and O(items) for each cut.
void MergeSmallTiles(const Patchwork& patchwork, Bisector& bisector, int32_t num_tiles, const MergeRules& rules,
                     std::vector<int32_t>& tile_of);

}  // namespace dhs::regions
