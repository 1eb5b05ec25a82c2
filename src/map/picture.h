// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "map/brick_sheet.h"
#include "map/cells.h"
#include "map/colors.h"
#include "map/view.h"

namespace dhs::map {

/// One line of the legend.
struct LegendRow {
  std::string name;
  Color color{};
  std::optional<int64_t> num_regions = {};  ///< with at least one brick here; nothing = regions are not known
  int64_t num_bricks = 0;
  double area_deg2 = 0;
};

/// A large region, and the middle of its brick nearest to its mean direction.
struct RegionMark {
  int32_t region_id;
  double ra_deg, dec_deg;
  double area_deg2;
};

/// Everything that is drawn, in sky coordinates and words; a cell's value is its colour's place in `palette`.
struct Picture {
  std::string title = {};
  std::string subtitle = {};
  std::vector<Cell> cells = {};  ///< merged
  std::vector<Color> palette = {};
  std::vector<Border> borders = {};  ///< between regions of one split
  std::vector<RegionMark> marks = {};
  std::vector<LegendRow> legend = {};    ///< of splits or the footprint
  std::optional<ColorScale> scale = {};  ///< of a column
  std::string scale_label = {};          ///< column and unit
  std::vector<std::string> notes = {};   ///< lines under the colour bar
  int64_t num_bricks = 0;
  double area_deg2 = 0;
};

/// "14,676.48".
std::string FormatArea(double area_deg2);

/// Deterministic whatever the order of the rows. DataError if a column has no finite value. O(n log n).
Result<Picture> MakePicture(const BrickSheet& sheet, const MapOptions& options);

}  // namespace dhs::map
