// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dhs/error.h"
#include "regions/brick_columns.h"
#include "sky/tessellation.h"

namespace dhs::regions {

/// Where bricks have their bounds from.
struct BoxCounts {
  int64_t by_name = 0;                      ///< the tessellation, for they have none of their own
  int64_t confirmed = 0;                    ///< their own, which are those of the tessellation
  int64_t of_unknown = 0;                   ///< their own, for the tessellation has no brick of that name
  int64_t contradicts = 0;                  ///< their own, though the tessellation says otherwise for that name
  sky::BrickName first_contradicting = {};  ///< if any
};

/// The bounds of each brick. Bounds within kSameBoundsDeg of those that the tessellation has for the name are taken as
/// the tessellation's, to the last bit, so that rounded decimals or float32 do not tear edges apart.
/// Views the columns it was made from.
class BrickBoxes {
 public:
  BrickBoxes(const BrickColumns& bricks, std::vector<sky::Brick> tiles, const BoxCounts& counts)
      : bricks_(&bricks), tiles_(std::move(tiles)), counts_(counts) {}

  size_t size() const { return tiles_.size(); }
  /// 0 <= ra1 < 360, ra1 < ra2 <= ra1 + 360, -90 <= dec1 < dec2 <= 90.
  sky::BrickBounds Of(size_t brick) const;
  const BoxCounts& counts() const { return counts_; }

 private:
  const BrickColumns* bricks_;
  std::vector<sky::Brick> tiles_;  // row -1: bounds of its own
  BoxCounts counts_;
};

/// Half of the least overlap of two bricks of neighbouring rows, 360 / (1438 x 1440) deg, rounded down.
inline constexpr double kSameBoundsDeg = 8e-5;

/// Finds the bounds of every brick: its own where it has all four, else those of the tessellation by name.
/// DataError naming the first few: bricks that have neither; bounds that are no box (dec1 >= dec2, |dec| > 90, a range
/// of RA that is empty or above 360). ra1 > ra2 is a box that crosses RA 0. `path` is for messages. O(n).
Result<BrickBoxes> FindBoxes(const BrickColumns& bricks, const std::string& path);

}  // namespace dhs::regions
