// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "regions/brick_columns.h"
#include "sky/tessellation.h"

namespace dhs::testing {

/// Bricks with nothing but name, place, area and bounds, sorted by name.
struct Footprint {
  regions::BrickColumns bricks;

  void Add(sky::BrickName name, const sky::BrickBounds& bounds) {
    bricks.name.push_back(name);
    bricks.ra_deg.push_back((bounds.ra1_deg + bounds.ra2_deg) / 2);
    bricks.dec_deg.push_back((bounds.dec1_deg + bounds.dec2_deg) / 2);
    bricks.area_deg2.push_back(sky::BoxAreaDeg2(bounds));
    bricks.ra1_deg.push_back(bounds.ra1_deg);
    bricks.ra2_deg.push_back(bounds.ra2_deg);
    bricks.dec1_deg.push_back(bounds.dec1_deg);
    bricks.dec2_deg.push_back(bounds.dec2_deg);
  }
  void Add(sky::Brick brick) {
    Add(sky::NameOf(brick), sky::BoundsOf(brick));
    bricks.dec_deg.back() = sky::CenterDecDeg(brick);
  }
  size_t size() const { return bricks.size(); }
  sky::BrickBounds Bounds(size_t i) const {
    return {bricks.ra1_deg[i], bricks.ra2_deg[i], bricks.dec1_deg[i], bricks.dec2_deg[i]};
  }
  void DropBounds() {
    for (auto* column : {&bricks.ra1_deg, &bricks.ra2_deg, &bricks.dec1_deg, &bricks.dec2_deg}) column->clear();
  }
  Footprint Sorted() const {
    std::vector<int32_t> order(size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int32_t>(i);
    std::sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
      return bricks.name[static_cast<size_t>(a)] < bricks.name[static_cast<size_t>(b)];
    });
    return {regions::Take(bricks, order)};
  }
};

/// Rows [first_row, last_row) of the tessellation, `width_deg` of RA from `ra_deg` eastwards, without what `keep`
/// refuses.
template <typename Keep>
Footprint MakePatch(int32_t first_row, int32_t last_row, double ra_deg, double width_deg, Keep keep) {
  Footprint patch;
  for (int32_t row = std::max(0, first_row); row < std::min(last_row, sky::kNumRows); ++row) {
    const int32_t num_columns = sky::NumColumns(row);
    const auto first = static_cast<int32_t>(ra_deg / 360.0 * num_columns);
    const auto width = static_cast<int32_t>(width_deg / 360.0 * num_columns);
    for (int32_t k = 0; k < std::clamp(width, 1, num_columns); ++k) {
      const sky::Brick brick{row, (first + k) % num_columns};
      if (keep(brick)) patch.Add(brick);
    }
  }
  return patch.Sorted();
}

/// A patch with holes somewhere on the sky: often at a pole, at RA 0 or on the equator. About `size` rows of `size`
/// bricks, fewer near a pole.
inline rc::Gen<Footprint> PatchesWithHoles(int32_t size) {
  return rc::gen::exec([size] {
    const int32_t anywhere = *rc::gen::inRange(0, sky::kNumRows - size);
    const int32_t first_row = *rc::gen::element(anywhere, 0, sky::kNumRows - size, 360 - size / 2, 20);
    const double ra = *rc::gen::element(0.0, 358.0, 120.0, 240.5);
    const int32_t middle = std::min(first_row + size / 2, sky::kNumRows - 1);
    const double width = 360.0 * size / sky::NumColumns(middle);
    const int percent_holes = *rc::gen::element(0, 10, 35, 50);
    return MakePatch(first_row, first_row + size, ra, std::min(width, 360.0),
                     [&](sky::Brick) { return *rc::gen::inRange(0, 100) >= percent_holes; });
  });
}

/// Part of another tessellation: rows of some hundredths of a degree to degrees, of 1 to 12 bricks around the sky that
/// may cross RA 0, perhaps up to a pole, with holes, and names that are not of the survey's tessellation.
inline rc::Gen<Footprint> ForeignTessellations() {
  return rc::gen::exec([] {
    Footprint patch;
    int number = 0;
    double dec = *rc::gen::element(-90.0, -89.5, -30.0, 0.0, 80.0);
    const int num_rows = *rc::gen::inRange(1, 8);
    for (int row = 0; row < num_rows && dec < 90.0; ++row) {
      const double dec2 = std::min(90.0, dec + *rc::gen::element(0.07, 0.5, 3.0));
      const int num_columns = *rc::gen::inRange(1, 13);
      const double offset = num_columns == 1 ? 0.0 : *rc::gen::element(0.0, 0.3, 17.0, 45.0);
      for (int col = 0; col < num_columns; ++col) {
        if (*rc::gen::inRange(0, 100) < 20) continue;
        char name[16];
        std::snprintf(name, sizeof name, "%04dp999", ++number);
        const double ra1 = offset + 360.0 * col / num_columns, ra2 = offset + 360.0 * (col + 1) / num_columns;
        patch.Add(*sky::BrickName::Parse(name), {ra1, ra2, dec, dec2});
      }
      dec = dec2;
    }
    return patch;
  });
}

}  // namespace dhs::testing
