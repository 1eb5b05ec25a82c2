// SPDX-License-Identifier: Apache-2.0
#include "regions/tiling.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/thread_pool.h"
#include "regions/tile_merging.h"
#include "sky/healpix.h"

namespace dhs::regions {

namespace {

// What a tile is meant to have of the limit: room for cuts that cannot be exact.
constexpr double kFill = 0.95;
constexpr double kSmallAreaShare = 0.5;
constexpr double kSmallHealpixShare = 0.25;
constexpr int32_t kMaxNside = 128;  // pixels of 0.2 deg2, three bricks
constexpr double kMinAreaDeg2 = 1.0;
constexpr int32_t kUncut = -1;

size_t Index(int32_t number) { return static_cast<size_t>(number); }

Status BadTiling(std::string_view text) {
  return UsageError(fmt::format(
      "--tiling: '{}' is none of: none, healpix:NSIDE with NSIDE a power of two from 1 to {}, area:DEG2 with "
      "at least {} square degree. Example: --tiling area:100",
      text, kMaxNside, kMinAreaDeg2));
}

// Items of the components that are to be cut, component after component, each rising.
struct Cuttable {
  std::vector<int32_t> items;
  std::vector<size_t> first;  // of each such component, and the end
};

Cuttable FindCuttable(const Components& components, std::span<const double> areas_deg2, double limit_deg2) {
  std::vector<double> area(Index(components.num_components), 0);
  for (size_t i = 0; i < areas_deg2.size(); ++i) area[Index(components.component[i])] += areas_deg2[i];
  std::vector<size_t> place(area.size(), SIZE_MAX);
  Cuttable result;
  result.first.push_back(0);
  for (size_t c = 0; c < area.size(); ++c) {
    if (area[c] > limit_deg2) place[c] = result.first.size(), result.first.push_back(0);
  }
  for (const int32_t component : components.component) {
    if (place[Index(component)] != SIZE_MAX) ++result.first[place[Index(component)]];
  }
  for (size_t c = 1; c < result.first.size(); ++c) result.first[c] += result.first[c - 1];
  result.items.resize(result.first.back());
  std::vector<size_t> next(result.first.begin(), result.first.end() - 1);
  for (size_t i = 0; i < components.component.size(); ++i) {
    const size_t p = place[Index(components.component[i])];
    if (p != SIZE_MAX) result.items[next[p - 1]++] = static_cast<int32_t>(i);
  }
  return result;
}

// A tile to be: items [first, last) of Cuttable.
struct Piece {
  size_t first, last;
  double area_deg2;
};

// Halves pieces, all of a generation at once, until none is above the limit. Labels of a generation stand still while
// its pieces are cut, so threads only read what no thread writes.
Result<int32_t> Halve(Cuttable& cuttable, const Patchwork& patchwork, double limit_deg2, int num_threads,
                      const StopToken& stop, Bisector& bisector, std::vector<int32_t>& tile_of) {
  std::vector<Piece> pieces;
  for (size_t c = 0; c + 1 < cuttable.first.size(); ++c) {
    Piece piece{cuttable.first[c], cuttable.first[c + 1], 0};
    for (size_t i = piece.first; i < piece.last; ++i) {
      piece.area_deg2 += patchwork.areas_deg2[Index(cuttable.items[i])];
      tile_of[Index(cuttable.items[i])] = static_cast<int32_t>(pieces.size());
    }
    pieces.push_back(piece);
  }
  for (std::vector<size_t> to_cut;; to_cut.clear()) {
    for (size_t p = 0; p < pieces.size(); ++p) {
      if (pieces[p].area_deg2 > limit_deg2 && pieces[p].last - pieces[p].first > 1) to_cut.push_back(p);
    }
    if (to_cut.empty()) return static_cast<int32_t>(pieces.size());
    std::vector<Halves> halves(to_cut.size());
    ARROW_RETURN_NOT_OK(
        base::ParallelFor(num_threads, static_cast<int64_t>(to_cut.size()), stop, [&](int, int64_t index) {
          const auto i = static_cast<size_t>(index);
          const Piece& piece = pieces[to_cut[i]];
          const double num_tiles = std::max(2.0, std::ceil(piece.area_deg2 / (kFill * limit_deg2)));
          halves[i] = bisector.Cut(std::span(cuttable.items).subspan(piece.first, piece.last - piece.first), tile_of,
                                   std::floor(num_tiles / 2) / num_tiles);
          return Status::OK();
        }));
    for (size_t i = 0; i < to_cut.size(); ++i) {
      Piece& piece = pieces[to_cut[i]];
      const Piece second{piece.first + halves[i].middle, piece.last, halves[i].areas_deg2[1]};
      piece = {piece.first, second.first, halves[i].areas_deg2[0]};
      for (size_t k = second.first; k < second.last; ++k) {
        tile_of[Index(cuttable.items[k])] = static_cast<int32_t>(pieces.size());
      }
      pieces.push_back(second);
    }
  }
}

// Connected pieces of items of one component and pixel; items of one component are never neighbours of another's.
int32_t FillPixels(const Cuttable& cuttable, const Patchwork& patchwork, std::span<const double> ra_deg,
                   std::span<const double> dec_deg, int32_t nside, std::vector<int32_t>& tile_of) {
  const sky::Healpix healpix(nside);
  std::vector<int64_t> pixel(tile_of.size(), -1);
  for (const int32_t item : cuttable.items) {
    pixel[Index(item)] = healpix.PixelAt(ra_deg[Index(item)], dec_deg[Index(item)]);
  }
  int32_t num_tiles = 0;
  std::vector<int32_t> stack;
  for (const int32_t start : cuttable.items) {
    if (tile_of[Index(start)] != kUncut) continue;
    tile_of[Index(start)] = num_tiles;
    stack.push_back(start);
    while (!stack.empty()) {
      const int32_t item = stack.back();
      stack.pop_back();
      for (const int32_t neighbor : patchwork.neighbors->Of(item)) {
        if (tile_of[Index(neighbor)] != kUncut || pixel[Index(neighbor)] != pixel[Index(item)]) continue;
        tile_of[Index(neighbor)] = num_tiles;
        stack.push_back(neighbor);
      }
    }
    ++num_tiles;
  }
  return num_tiles;
}

// Uncut items keep their component together.
Tiles NumberTiles(const Components& components, const std::vector<int32_t>& tile_of, int32_t num_tiles) {
  Tiles tiles;
  tiles.region.resize(tile_of.size());
  std::vector<int32_t> number_of_tile(Index(num_tiles), -1), number_of_component(Index(components.num_components), -1);
  for (size_t i = 0; i < tile_of.size(); ++i) {
    int32_t& number =
        tile_of[i] == kUncut ? number_of_component[Index(components.component[i])] : number_of_tile[Index(tile_of[i])];
    if (number < 0) number = tiles.num_regions++;
    tiles.region[i] = number;
  }
  return tiles;
}

}  // namespace

Result<Tiling> ParseTiling(std::string_view text) {
  if (text == "none") return Tiling{};
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return BadTiling(text);
  const std::string_view kind = text.substr(0, colon), number = text.substr(colon + 1);
  if (kind == "healpix") {
    int32_t nside = 0;
    const auto parsed = std::from_chars(number.data(), number.data() + number.size(), nside);
    const bool is_power = nside > 0 && (nside & (nside - 1)) == 0;
    const bool is_whole = parsed.ec == std::errc() && parsed.ptr == number.data() + number.size();
    if (!is_whole || !is_power || nside > kMaxNside) return BadTiling(text);
    return Tiling{Tiling::Kind::kHealpix, nside, sky::Healpix(nside).PixelAreaDeg2()};
  }
  if (kind == "area") {
    double area = 0;
    const auto parsed = std::from_chars(number.data(), number.data() + number.size(), area);
    const bool is_whole = parsed.ec == std::errc() && parsed.ptr == number.data() + number.size();
    if (!is_whole || !(area >= kMinAreaDeg2) || !std::isfinite(area)) return BadTiling(text);
    return Tiling{Tiling::Kind::kArea, 0, area};
  }
  return BadTiling(text);
}

Result<Tiles> CutIntoTiles(const Components& components, const Patchwork& patchwork, std::span<const double> ra_deg,
                           std::span<const double> dec_deg, const Tiling& tiling, int num_threads,
                           const StopToken& stop) {
  if (tiling.kind == Tiling::Kind::kNone) return Tiles{components.component, components.num_components};
  Cuttable cuttable = FindCuttable(components, patchwork.areas_deg2, tiling.limit_deg2);
  std::vector<int32_t> tile_of(components.component.size(), kUncut);
  Bisector bisector(patchwork);
  int32_t num_tiles = 0;
  MergeRules rules{};
  if (tiling.kind == Tiling::Kind::kArea) {
    ARROW_ASSIGN_OR_RAISE(num_tiles,
                          Halve(cuttable, patchwork, tiling.limit_deg2, num_threads, stop, bisector, tile_of));
    rules = {kSmallAreaShare * tiling.limit_deg2, tiling.limit_deg2, /*cut_anew=*/true};
  } else {
    num_tiles = FillPixels(cuttable, patchwork, ra_deg, dec_deg, tiling.nside, tile_of);
    rules = {kSmallHealpixShare * tiling.limit_deg2, kMaxHealpixShare * tiling.limit_deg2, /*cut_anew=*/false};
  }
  MergeSmallTiles(patchwork, bisector, num_tiles, rules, tile_of);
  return NumberTiles(components, tile_of, num_tiles);
}

}  // namespace dhs::regions
