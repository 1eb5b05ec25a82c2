// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "dhs/error.h"
#include "regions/brick_columns.h"

namespace dhs::regions {

/// From where the bricks of a join have a value.
struct SourceCounts {
  int64_t counts = 0, bricks_file = 0, tessellation = 0;
};

struct JoinResult {
  BrickColumns bricks;  ///< sorted by name
  SourceCounts position, area;
  int64_t not_in_bricks_file = 0;  ///< their quality columns have no value
};

/// Left join of counts (name, n_gal, n_lrg, and where known RA, Dec, area) with the bricks file (name, quality, and
/// where known RA, Dec, bounds); both in any order. RA, Dec and area come from the counts, else from the bricks file
/// (the area from the bounds), else from the tessellation by name. Paths are for messages.
/// DataError: a name that comes twice in either; bricks for which none of the three has a value (how many, the first
/// few); RA outside 0..360, Dec outside -90..90, an area that is not above 0, and as
/// CheckPlaces. Cost: two sorts by name, of tables that are not
/// sorted.
Result<JoinResult> JoinBricks(const BrickColumns& counts, const std::string& counts_path, const BrickColumns& bricks,
                              const std::string& bricks_path, int num_threads = 1, const StopToken& stop = {});

}  // namespace dhs::regions
