// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dhs/option_table.h"
#include "map/view.h"
#include "photometry/variant.h"

namespace dhs::map {

/// What `dhs map` draws and how. Exactly one of output and input is given.
struct MapOptions {
  std::string output = {};  ///< root of all outputs: the map is of {output}/phase3a/{variant}
  std::string variant = std::string(photometry::kDefaultVariantName);
  std::string input = {};               ///< folder of dhs regions, or a table with one row per brick
  std::string out = {};                 ///< .svg or .png
  std::string column = {};              ///< empty = the splits
  std::vector<double> range = {};       ///< two values of the column; empty = percentiles 1 to 99
  std::string projection = "auto";      ///< auto, mollweide or lambert
  std::vector<double> center_deg = {};  ///< RA, or RA and Dec; empty = chosen by the footprint
  int64_t width = 1600;                 ///< pixels
  std::string title = {};               ///< empty = what is drawn, and of what

  bool is_svg() const { return out.ends_with(".svg"); }
  ViewRequest view() const;
};

void Bind(MapOptions& options, OptionTable& table);

/// UsageError for what is missing, unknown or contradictory; looks at no file.
Status Check(const MapOptions& options);

}  // namespace dhs::map
