// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dhs/error.h"
#include "dhs/storage.h"
#include "parent/place.h"

namespace dhs::parent {

/// Which region and split each brick of the survey is in: parallel columns of bricks_with_region, in its order.
struct RegionBricks {
  std::vector<sky::BrickName> names;
  std::vector<int32_t> region_ids;
  std::vector<SplitName> splits;  ///< "train", "val", "test" or "buffer"; empty where the table has no brick_split
  std::vector<int64_t> counts;    ///< of the column asked for; empty where the table has no such column
};

/// Reads the table bricks_with_region, a file or a folder. `count_column`: "n_lrg_v3_color_relaxed", or empty.
/// DataError with the row for a name that is not eight bytes or a split that is none.
Result<RegionBricks> ReadRegionBricks(Storage& storage, const std::string& path, const std::string& count_column = "");

}  // namespace dhs::parent
