// SPDX-License-Identifier: Apache-2.0
#include "regions/components.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace dhs::regions {

namespace {

// One more than any bucket number in RA, so that key + 1 never runs into the next row.
constexpr int64_t kKeysPerRow = int64_t{1} << 32;

struct Bucketed {
  int64_t key;  // rows of Dec first
  int32_t item;
};

int32_t ColumnOf(int64_t key) { return static_cast<int32_t>(key % kKeysPerRow); }
int32_t RowOf(int64_t key) { return static_cast<int32_t>(key / kKeysPerRow); }

int64_t BucketKey(double ra_deg, double dec_deg, double cell_deg) {
  const auto column = static_cast<int64_t>(std::floor(ra_deg / cell_deg));
  const auto row = static_cast<int64_t>(std::floor((dec_deg + 90.0) / cell_deg));
  return row * kKeysPerRow + column;
}

// By rising number_of(item), items of equal number in their order: there are few numbers, so they are counted.
template <typename NumberOf>
void CountingSort(std::vector<Bucketed>& items, size_t num_numbers, NumberOf number_of) {
  std::vector<size_t> next(num_numbers + 1, 0);
  for (const Bucketed& item : items) ++next[static_cast<size_t>(number_of(item.key)) + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  std::vector<Bucketed> sorted(items.size());
  for (const Bucketed& item : items) sorted[next[static_cast<size_t>(number_of(item.key))]++] = item;
  items.swap(sorted);
}

// Union by smaller number with path halving: the root of a set is its first item.
class DisjointSets {
 public:
  explicit DisjointSets(int32_t num_items) : parent_(static_cast<size_t>(num_items)) {
    std::iota(parent_.begin(), parent_.end(), 0);
  }

  int32_t Find(int32_t item) {
    while (Parent(item) != item) {
      Parent(item) = Parent(Parent(item));
      item = Parent(item);
    }
    return item;
  }

  void Join(int32_t a, int32_t b) {
    const int32_t root_a = Find(a), root_b = Find(b);
    if (root_a != root_b) Parent(std::max(root_a, root_b)) = std::min(root_a, root_b);
  }

 private:
  int32_t& Parent(int32_t item) { return parent_[static_cast<size_t>(item)]; }
  std::vector<int32_t> parent_;
};

}  // namespace

AdjacentPairs GridAdjacency(std::span<const double> ra_deg, std::span<const double> dec_deg,
                            const GridOptions& options) {
  std::vector<Bucketed> items(ra_deg.size());
  for (size_t i = 0; i < items.size(); ++i) {
    items[i] = {BucketKey(ra_deg[i], dec_deg[i], options.cell_deg), static_cast<int32_t>(i)};
  }
  const auto num_buckets = static_cast<size_t>(std::floor(360.0 / options.cell_deg)) + 1;
  CountingSort(items, num_buckets, ColumnOf);
  CountingSort(items, num_buckets, RowOf);

  AdjacentPairs pairs;
  pairs.reserve(items.size() * 4);
  const auto add_if_adjacent = [&](int32_t a, int32_t b) {
    const auto i = static_cast<size_t>(a), j = static_cast<size_t>(b);
    const double dra = std::fabs(ra_deg[i] - ra_deg[j]);
    if (std::fabs(dec_deg[i] - dec_deg[j]) <= options.dec_eps_deg && std::min(dra, 360.0 - dra) <= options.ra_eps_deg) {
      pairs.emplace_back(std::min(a, b), std::max(a, b));
    }
  };
  // Every pair is met once, from the bucket with the smaller key: the rest of the bucket, the next one in its row, and
  // the three above. Keys rise, so the start of those three only moves forward.
  size_t above = 0;
  for (size_t i = 0; i < items.size(); ++i) {
    const int64_t key = items[i].key;
    for (size_t j = i + 1; j < items.size() && items[j].key <= key + 1; ++j) {
      add_if_adjacent(items[i].item, items[j].item);
    }
    while (above < items.size() && items[above].key < key + kKeysPerRow - 1) ++above;
    for (size_t j = above; j < items.size() && items[j].key <= key + kKeysPerRow + 1; ++j) {
      add_if_adjacent(items[i].item, items[j].item);
    }
  }
  return pairs;
}

Components ConnectedComponents(int32_t num_items, const AdjacentPairs& pairs) {
  DisjointSets sets(num_items);
  Components result;
  result.degree.assign(static_cast<size_t>(num_items), 0);
  result.component.resize(static_cast<size_t>(num_items));
  for (const auto& [a, b] : pairs) {
    ++result.degree[static_cast<size_t>(a)];
    ++result.degree[static_cast<size_t>(b)];
    sets.Join(a, b);
  }
  for (int32_t item = 0; item < num_items; ++item) {
    const int32_t root = sets.Find(item);
    result.component[static_cast<size_t>(item)] =
        root == item ? result.num_components++ : result.component[static_cast<size_t>(root)];
  }
  return result;
}

}  // namespace dhs::regions
