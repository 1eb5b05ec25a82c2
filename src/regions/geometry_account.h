// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "regions/brick_columns.h"
#include "regions/options.h"
#include "regions/regions.h"

namespace dhs::regions {

/// What the account says of adjacency, components, tiles and the buffer between splits.
struct GeometryAccount {
  std::string regions_text;     ///< bounds, components, tiles
  std::string buffer_text;      ///< empty without a buffer
  nlohmann::ordered_json json;  ///< for the manifest: "components", "tiles", "buffer", "bounds"
  std::vector<std::string> warnings;
};

/// `bricks` parallel to `result`. Of each component its area is compared with the limit of the tiling again, so that
/// the account does not take the tiling's word for it.
GeometryAccount DescribeGeometry(const RegionsOptions& options, const BrickColumns& bricks,
                                 const RegionsResult& result);

}  // namespace dhs::regions
