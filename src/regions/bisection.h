// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "regions/neighbor_lists.h"
#include "sky/unit_vector.h"

namespace dhs::regions {

/// What is cut: items of the sky, each with a place and an area, and who is whose neighbour. Views.
struct Patchwork {
  const NeighborLists* neighbors;
  std::span<const sky::UnitVector> places;
  std::span<const double> areas_deg2;
};

/// Two connected parts of a connected set: items [0, middle) and [middle, end), each rising.
struct Halves {
  size_t middle;
  std::array<double, 2> areas_deg2;
};

/// Cuts connected sets of items in two. Holds memory for the whole patchwork, so that sets that have no item in common
/// may be cut by several threads at once: they use different parts of it.
class Bisector {
 public:
  explicit Bisector(const Patchwork& patchwork);

  /// Reorders `items` into two connected parts, the first with about `fraction` of the area. The cut goes across the
  /// longest axis of the set (of its items' places weighted by area); what that leaves disconnected goes to the other
  /// side. Where the shape makes this lopsided, the second axis and the branches of a breadth-first tree are tried, and
  /// the most even cut is taken.
  /// REQUIRES: items rising, a connected set of at least two, 0 < fraction < 1; `set_of[item]` equal for exactly these
  /// items, and not changed meanwhile. Depends on nothing else. Cost: O(items).
  Halves Cut(std::span<int32_t> items, std::span<const int32_t> set_of, double fraction);

 private:
  class Work;
  const Patchwork patchwork_;
  // Per item; only those of the set in hand are used.
  std::vector<uint8_t> side_, best_side_;
  std::vector<int32_t> part_;
};

}  // namespace dhs::regions
