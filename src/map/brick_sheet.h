// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dhs/error.h"
#include "dhs/storage.h"
#include "map/options.h"
#include "sky/tessellation.h"

namespace dhs::map {

/// What is drawn, one row per brick. Of `split` and `values` at most one is filled; neither = the footprint alone.
struct BrickSheet {
  std::vector<sky::BrickBounds> bounds = {};
  std::vector<int32_t> region_id = {};  ///< empty = not known
  std::vector<uint8_t> split = {};      ///< regions::Split
  std::vector<double> values = {};      ///< of `column`; NaN = none
  std::string column = {};              ///< as the table spells it
  std::string name = {};                ///< of the table, for the title: the last part of its path

  size_t size() const { return bounds.size(); }
};

/// Reads what `options` ask for: of a folder of dhs regions its bricks_with_region (the split of a region from
/// region_metrics where bricks have none), else the table itself, whose format is told by content. A brick's bounds are
/// those of its name in the tessellation, else columns ra1, ra2, dec1, dec2, else those of the brick that holds ra,
/// dec; columns that contradict the name go before it. Errors: DataError for no table, an unfinished stage, no rows, a
/// missing or non-number column, a brick without place or named twice, a split of an unknown name.
Result<BrickSheet> ReadBrickSheet(Storage& storage, const MapOptions& options);

}  // namespace dhs::map
