// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "mock/conditions.h"
#include "mock/lrg_model.h"
#include "mock/masks.h"
#include "mock/population.h"
#include "mock/random.h"

namespace dhs::mock {

/// One object as the catalog will say it is.
struct Source {
  double ra_deg, dec_deg;
  std::array<float, kNumBands> flux_nmgy;  ///< observed; may be negative; 0 where the brick has no image
  SourceType type;
  Shape shape;
  float gaia_g_mag;  ///< 0 = not in Gaia
  bool no_ivar;      ///< flux taken over from Gaia: FLUX_IVAR = 0
  int32_t maskbits;
  uint64_t noise;  ///< random bits for columns that carry no meaning here
};

/// Numbers and places of the objects of one brick, RA ascending, without anything else: cheap. Places lie strictly
/// inside the brick. OBJID of an object is its index.
struct BrickPositions {
  Population population;
  std::vector<double> ra_deg, dec_deg;
};
BrickPositions DrawPositions(uint64_t seed, const BrickConditions& conditions);

/// One LRG: TYPE, shape and fluxes, with the blends and the missing g flux that real ones have. `red_share` is the
/// chance of z-W1 > 1.6 where the part is kToZ204. Leaves all other members as they are.
void DrawLuminousRed(Rng& rng, LrgPart part, double red_share, double ebv, Source& source);

/// All objects of one brick in RA order. A pure function of (seed, conditions, release): a brick that is split over
/// sweep files is drawn alike for each. Not thread-safe.
class BrickSources {
 public:
  BrickSources(uint64_t seed, const BrickConditions& conditions, Release release);
  int64_t size() const { return static_cast<int64_t>(positions_.ra_deg.size()); }
  /// REQUIRES: called size() times at most. Objects come in OBJID order.
  Source Next();

 private:
  enum class Kind : uint8_t { kLrg204, kLrg210, kLrg215, kGalaxy, kStar, kDup };
  void DrawGalaxy(Source& source);
  void DrawStar(Source& source);
  void DrawFaintColours(double r_flux, Source& source);
  void BlankMissingBands(Source& source) const;

  const BrickConditions& conditions_;
  BrickPositions positions_;
  std::vector<Kind> kinds_;
  BrickMasks masks_;
  Rng rng_;
  size_t next_ = 0;
  double red_share_;
  double limiting_flux_r_;                      // of the faintest sources
  std::array<double, kNumOptical> flux_sigma_;  // of a galaxy
};

}  // namespace dhs::mock
