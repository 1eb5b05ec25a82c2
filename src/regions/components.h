// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "regions/options.h"

namespace dhs::regions {

/// Pairs of adjacent bricks (i < j), each once, in a fixed order.
using AdjacentPairs = std::vector<std::pair<int32_t, int32_t>>;

/// Grid adjacency of SPEC 5.3: two bricks in the same or one of the eight neighbouring buckets
/// (floor(ra/cell), floor((dec+90)/cell)) are adjacent if |ddec| <= dec_eps and dra <= ra_eps, dra the shorter way
/// round. Bucket numbers do not wrap at RA 0 and RA distances are not shortened by cos Dec: this is the earlier
/// system's approximation, which loses neighbours across RA 0 and within a row at |Dec| >= 34.
/// REQUIRES: ra in [0, 360], dec in [-90, 90] (degrees), equal lengths. Cost: O(n + 360 / cell).
AdjacentPairs GridAdjacency(std::span<const double> ra_deg, std::span<const double> dec_deg,
                            const GridOptions& options);

/// Connected components, numbered from 0 in the order of their first item: with items sorted by name the number is the
/// rank of the component by its smallest name.
struct Components {
  std::vector<int32_t> component;  ///< of each item
  std::vector<int32_t> degree;     ///< neighbours of each item
  int32_t num_components = 0;
};
Components ConnectedComponents(int32_t num_items, const AdjacentPairs& pairs);

}  // namespace dhs::regions
