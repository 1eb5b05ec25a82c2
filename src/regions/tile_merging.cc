// SPDX-License-Identifier: Apache-2.0
#include "regions/tile_merging.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

namespace dhs::regions {

namespace {

size_t Index(int32_t number) { return static_cast<size_t>(number); }

struct Tile {
  std::vector<int32_t> items;  // rising
  double area_deg2 = 0;
  std::map<int32_t, int64_t> borders;  // pairs shared with each neighbouring tile
};

class Merger {
 public:
  Merger(const Patchwork& patchwork, Bisector& bisector, int32_t num_tiles, const MergeRules& rules,
         std::vector<int32_t>& tile_of)
      : patchwork_(patchwork), bisector_(bisector), rules_(rules), tile_of_(tile_of), tiles_(Index(num_tiles)) {
    for (size_t i = 0; i < tile_of.size(); ++i) {
      if (tile_of[i] >= 0) tiles_[Index(tile_of[i])].items.push_back(static_cast<int32_t>(i));
    }
    for (int32_t t = 0; t < num_tiles; ++t) Measure(t);
    cuts_left_ = 4 * static_cast<int64_t>(num_tiles);
  }

  void Run() {
    for (int32_t t = 0; t < static_cast<int32_t>(tiles_.size()); ++t) Enqueue(t);
    while (!queue_.empty()) {
      const int32_t tile = std::get<2>(*queue_.begin());
      queue_.erase(queue_.begin());
      if (!Join(tile) && rules_.cut_anew) CutAnew(tile);
    }
  }

 private:
  // Smallest area first, then the smaller first item.
  using Entry = std::tuple<double, int32_t, int32_t>;
  Entry EntryOf(int32_t tile) const {
    const Tile& t = tiles_[Index(tile)];
    return {t.area_deg2, t.items.front(), tile};
  }
  void Enqueue(int32_t tile) {
    const Tile& t = tiles_[Index(tile)];
    if (!t.items.empty() && t.area_deg2 < rules_.small_deg2) queue_.insert(EntryOf(tile));
  }
  void Dequeue(int32_t tile) { queue_.erase(EntryOf(tile)); }

  void Measure(int32_t tile) {
    Tile& t = tiles_[Index(tile)];
    t.area_deg2 = 0;
    t.borders.clear();
    for (const int32_t item : t.items) {
      t.area_deg2 += patchwork_.areas_deg2[Index(item)];
      for (const int32_t neighbor : patchwork_.neighbors->Of(item)) {
        const int32_t other = tile_of_[Index(neighbor)];
        if (other >= 0 && other != tile) ++t.borders[other];
      }
    }
  }

  // Neighbours by falling border, then by first item.
  std::vector<int32_t> Neighbors(int32_t tile) const {
    const Tile& t = tiles_[Index(tile)];
    std::vector<std::tuple<int64_t, int32_t, int32_t>> ranked;
    for (const auto& [other, border] : t.borders) {
      ranked.emplace_back(-border, tiles_[Index(other)].items.front(), other);
    }
    std::sort(ranked.begin(), ranked.end());
    std::vector<int32_t> neighbors;
    for (const auto& entry : ranked) neighbors.push_back(std::get<2>(entry));
    return neighbors;
  }

  bool Join(int32_t tile) {
    for (const int32_t other : Neighbors(tile)) {
      if (tiles_[Index(tile)].area_deg2 + tiles_[Index(other)].area_deg2 > rules_.limit_deg2) continue;
      Dequeue(other);
      Absorb(tile, other);
      Enqueue(other);
      return true;
    }
    return false;
  }

  std::vector<int32_t> Union(int32_t a, int32_t b) const {
    std::vector<int32_t> items;
    std::merge(tiles_[Index(a)].items.begin(), tiles_[Index(a)].items.end(), tiles_[Index(b)].items.begin(),
               tiles_[Index(b)].items.end(), std::back_inserter(items));
    return items;
  }

  void SetTile(const std::vector<int32_t>& items, int32_t tile) {
    for (const int32_t item : items) tile_of_[Index(item)] = tile;
  }

  void Absorb(int32_t tile, int32_t into) {
    Tile& from = tiles_[Index(tile)];
    Tile& to = tiles_[Index(into)];
    SetTile(from.items, into);
    to.items = Union(tile, into);
    to.area_deg2 += from.area_deg2;
    to.borders.erase(tile);
    for (const auto& [other, border] : from.borders) {
      if (other == into) continue;
      auto& borders = tiles_[Index(other)].borders;
      borders.erase(tile);
      borders[into] += border;
      to.borders[other] += border;
    }
    from = Tile();
  }

  void CutAnew(int32_t tile) {
    for (const int32_t other : Neighbors(tile)) {
      if (cuts_left_-- <= 0) return;
      std::vector<int32_t> items = Union(tile, other);
      SetTile(tiles_[Index(other)].items, tile);
      const Halves halves = bisector_.Cut(items, tile_of_, 0.5);
      const auto [smaller, larger] = std::minmax(halves.areas_deg2[0], halves.areas_deg2[1]);
      if (smaller <= tiles_[Index(tile)].area_deg2 || larger > rules_.limit_deg2) {
        SetTile(tiles_[Index(other)].items, other);
        continue;
      }
      Dequeue(other);
      const auto middle = items.begin() + static_cast<ptrdiff_t>(halves.middle);
      Replace(tile, {items.begin(), middle}, other, {middle, items.end()});
      Enqueue(tile);
      Enqueue(other);
      return;
    }
  }

  // Gives two neighbours new items, together those that they had.
  void Replace(int32_t a, std::vector<int32_t> items_a, int32_t b, std::vector<int32_t> items_b) {
    std::set<int32_t> around;
    for (const int32_t tile : {a, b}) {
      for (const auto& [other, border] : tiles_[Index(tile)].borders) around.insert(other);
    }
    tiles_[Index(a)].items = std::move(items_a);
    tiles_[Index(b)].items = std::move(items_b);
    SetTile(tiles_[Index(a)].items, a);
    SetTile(tiles_[Index(b)].items, b);
    Measure(a);
    Measure(b);
    for (const int32_t other : around) {
      if (other == a || other == b) continue;
      auto& borders = tiles_[Index(other)].borders;
      for (const int32_t tile : {a, b}) {
        borders.erase(tile);
        const auto found = tiles_[Index(tile)].borders.find(other);
        if (found != tiles_[Index(tile)].borders.end()) borders[tile] = found->second;
      }
    }
  }

  const Patchwork& patchwork_;
  Bisector& bisector_;
  const MergeRules& rules_;
  std::vector<int32_t>& tile_of_;
  std::vector<Tile> tiles_;
  std::set<Entry> queue_;
  int64_t cuts_left_ = 0;  // each cut evens two tiles out; this only bounds the time
};

}  // namespace

void MergeSmallTiles(const Patchwork& patchwork, Bisector& bisector, int32_t num_tiles, const MergeRules& rules,
                     std::vector<int32_t>& tile_of) {
  Merger(patchwork, bisector, num_tiles, rules, tile_of).Run();
}

}  // namespace dhs::regions
