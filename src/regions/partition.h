// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dhs/error.h"
#include "dhs/stop_token.h"
#include "regions/brick_columns.h"
#include "regions/brick_rows.h"
#include "regions/components.h"
#include "regions/options.h"
#include "regions/tiling.h"

namespace dhs::regions {

/// Who is whose neighbour, by --adjacency. Made once, it serves any number of tilings and splits.
struct Neighborhood {
  AdjacentPairs pairs;
  Components components;
  std::optional<BrickRows> rows;  ///< of tessellation adjacency, or where a buffer wants them
  BoxCounts boxes;                ///< of `rows`
};

/// REQUIRES: bricks sorted by name. `bounds_path` is for messages. Errors: as FindBoxes and MakeBrickRows where bounds
/// are needed. Cost: O(n), and one sort of the rows.
Result<Neighborhood> FindNeighborhood(const BrickColumns& bricks, const RegionsOptions& options,
                                      const std::string& bounds_path);

/// Regions of bricks: the components, cut by `tiling`. Cost as CutIntoTiles. Errors: stop.
Result<Tiles> CutBricks(const BrickColumns& bricks, const Neighborhood& neighborhood, const Tiling& tiling,
                        int num_threads, const StopToken& stop);

}  // namespace dhs::regions
