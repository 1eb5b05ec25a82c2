// SPDX-License-Identifier: Apache-2.0
#include "regions/neighbor_lists.h"

namespace dhs::regions {

NeighborLists::NeighborLists(int32_t num_items, const AdjacentPairs& pairs)
    : first_(static_cast<size_t>(num_items) + 1, 0), neighbors_(2 * pairs.size()) {
  for (const auto& [a, b] : pairs) {
    ++first_[static_cast<size_t>(a) + 1];
    ++first_[static_cast<size_t>(b) + 1];
  }
  for (size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
  std::vector<size_t> next(first_.begin(), first_.end() - 1);
  for (const auto& [a, b] : pairs) {
    neighbors_[next[static_cast<size_t>(a)]++] = b;
    neighbors_[next[static_cast<size_t>(b)]++] = a;
  }
}

}  // namespace dhs::regions
