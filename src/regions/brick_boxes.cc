// SPDX-License-Identifier: Apache-2.0
#include "regions/brick_boxes.h"

#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "stage/stage.h"

namespace dhs::regions {

namespace {

constexpr int32_t kNoRow = -1;

bool HasBoundsColumns(const BrickColumns& bricks) {
  return !bricks.ra1_deg.empty() && !bricks.ra2_deg.empty() && !bricks.dec1_deg.empty() && !bricks.dec2_deg.empty();
}

sky::BrickBounds ColumnBounds(const BrickColumns& bricks, size_t i) {
  return {bricks.ra1_deg[i], bricks.ra2_deg[i], bricks.dec1_deg[i], bricks.dec2_deg[i]};
}

bool IsComplete(const sky::BrickBounds& b) {
  return std::isfinite(b.ra1_deg) && std::isfinite(b.ra2_deg) && std::isfinite(b.dec1_deg) && std::isfinite(b.dec2_deg);
}

// RA 0 <= ra1 < 360, ra1 < ra2; a range that ends before it starts crosses RA 0.
sky::BrickBounds Normalized(sky::BrickBounds b) {
  const double width = b.ra2_deg > b.ra1_deg ? b.ra2_deg - b.ra1_deg : b.ra2_deg - b.ra1_deg + 360.0;
  if (b.ra1_deg >= 0 && b.ra1_deg < 360.0) {
    if (b.ra2_deg <= b.ra1_deg) b.ra2_deg += 360.0;
    return b;
  }
  b.ra1_deg -= 360.0 * std::floor(b.ra1_deg / 360.0);
  if (b.ra1_deg >= 360.0) b.ra1_deg = 0.0;  // a negative number too small to change 360
  b.ra2_deg = b.ra1_deg + width;
  return b;
}

bool IsBox(const sky::BrickBounds& b) {
  const double width = b.ra2_deg - b.ra1_deg;
  return b.dec1_deg < b.dec2_deg && b.dec1_deg >= -90.0 && b.dec2_deg <= 90.0 && width != 0.0 && width > -360.0 &&
         width <= 360.0;
}

bool AreSame(const sky::BrickBounds& a, const sky::BrickBounds& b) {
  const auto near = [](double x, double y) { return std::fabs(std::remainder(x - y, 360.0)) <= kSameBoundsDeg; };
  return near(a.ra1_deg, b.ra1_deg) && near(a.ra2_deg, b.ra2_deg) &&
         std::fabs(a.dec1_deg - b.dec1_deg) <= kSameBoundsDeg && std::fabs(a.dec2_deg - b.dec2_deg) <= kSameBoundsDeg;
}

}  // namespace

sky::BrickBounds BrickBoxes::Of(size_t brick) const {
  const sky::Brick tile = tiles_[brick];
  return tile.row != kNoRow ? sky::BoundsOf(tile) : Normalized(ColumnBounds(*bricks_, brick));
}

Result<BrickBoxes> FindBoxes(const BrickColumns& bricks, const std::string& path) {
  const bool has_columns = HasBoundsColumns(bricks);
  std::vector<sky::Brick> tiles(bricks.size(), {kNoRow, 0});
  BoxCounts counts;
  int64_t num_without = 0;
  std::string without;
  for (size_t i = 0; i < bricks.size(); ++i) {
    const std::optional<sky::Brick> tile = sky::BrickFromName(bricks.name[i]);
    const bool has_own = has_columns && IsComplete(ColumnBounds(bricks, i));
    if (!has_own) {
      if (tile) {
        tiles[i] = *tile;
        ++counts.by_name;
      } else if (++num_without <= 5) {
        without += (without.empty() ? "" : ", ") + bricks.name[i].ToString();
      }
      continue;
    }
    const sky::BrickBounds own = ColumnBounds(bricks, i);
    if (!IsBox(own)) {
      return DataError({.path = path},
                       fmt::format("brick {}: expected bounds dec1 < dec2 within -90..90 and RA of at most 360 deg, "
                                   "found ra1 {}, ra2 {}, dec1 {}, dec2 {} deg",
                                   bricks.name[i].ToString(), own.ra1_deg, own.ra2_deg, own.dec1_deg, own.dec2_deg));
    }
    if (tile && AreSame(own, sky::BoundsOf(*tile))) {
      tiles[i] = *tile;
      ++counts.confirmed;
    } else if (!tile) {
      ++counts.of_unknown;
    } else if (counts.contradicts++ == 0) {
      counts.first_contradicting = bricks.name[i];
    }
  }
  if (num_without > 0) {
    return DataError(
        {.path = path},
        fmt::format("{} brick{} without bounds: there are no ra1, ra2, dec1 and dec2, and the tessellation "
                    "has no such brick: {}{}. Add these columns to the bricks file; --adjacency grid "
                    "without --split-buffer-deg does without them",
                    FormatCount(num_without), num_without == 1 ? "" : "s", without,
                    num_without > 5 ? fmt::format(" and {} more", num_without - 5) : ""));
  }
  return BrickBoxes(bricks, std::move(tiles), counts);
}

}  // namespace dhs::regions
