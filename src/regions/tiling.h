// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "dhs/error.h"
#include "dhs/stop_token.h"
#include "regions/bisection.h"
#include "regions/components.h"

namespace dhs::regions {

/// What --tiling asks for.
struct Tiling {
  enum class Kind : uint8_t { kNone, kHealpix, kArea };
  Kind kind = Kind::kNone;
  int32_t nside = 0;      ///< of kHealpix
  double limit_deg2 = 0;  ///< components with more area are cut; of kHealpix the area of a pixel
};

/// From "none", "healpix:NSIDE" (a power of two, 1 to 128) or "area:DEG2" (at least 1). UsageError otherwise.
Result<Tiling> ParseTiling(std::string_view text);

/// Regions of items, numbered from 0 in the order of their first item.
struct Tiles {
  std::vector<int32_t> region;  ///< of each item
  int32_t num_regions = 0;
};

/// Cuts every component that is larger than the limit into connected tiles; one that is not stays whole.
/// - kArea: halves again and again (Bisector) in proportion to the number of tiles to come, until no tile is above the
///   limit; then a tile below half of it joins the neighbour with which it shares most of its border, or the two are
///   cut anew where together they were too large. No tile is above the limit, unless it is one item. Tiles are at least
///   half of it where the shape of the component allows that (a star of thin arms does not).
/// - kHealpix: the connected pieces of each pixel; pieces below a quarter of the limit join the neighbour with which
///   they share most of their border, as long as the two stay below kMaxHealpixShare of it.
/// Border is counted in pairs of adjacent items. `centers` are pixels' places: RA and Dec of each item, degrees.
/// Does not depend on the number of threads. Cost: O(n log(tiles)). Errors: stop.
Result<Tiles> CutIntoTiles(const Components& components, const Patchwork& patchwork, std::span<const double> ra_deg,
                           std::span<const double> dec_deg, const Tiling& tiling, int num_threads,
                           const StopToken& stop);

inline constexpr double kMaxHealpixShare = 1.3;

}  // namespace dhs::regions
