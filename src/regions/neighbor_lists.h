// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "regions/components.h"

namespace dhs::regions {

/// The neighbours of each item, one list after the other.
class NeighborLists {
 public:
  /// REQUIRES: items of all pairs below num_items, no pair twice. O(n).
  NeighborLists(int32_t num_items, const AdjacentPairs& pairs);

  std::span<const int32_t> Of(int32_t item) const {
    const auto i = static_cast<size_t>(item);
    return std::span(neighbors_).subspan(first_[i], first_[i + 1] - first_[i]);
  }

 private:
  std::vector<size_t> first_;
  std::vector<int32_t> neighbors_;
};

}  // namespace dhs::regions
