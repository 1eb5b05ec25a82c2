// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "regions/brick_rows.h"
#include "regions/components.h"

namespace dhs::regions {

/// Bricks that share an edge of positive length on the sky, RA 0 being RA 360. Right at every declination: bricks
/// around a pole touch it in a point, which is no edge, and a brick that is a whole cap borders on every brick of the
/// next row. Pairs come row by row from the south. Cost: O(n), one sweep over each two rows that touch.
AdjacentPairs EdgeAdjacency(const BrickRows& bricks);

}  // namespace dhs::regions
