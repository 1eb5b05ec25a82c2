// SPDX-License-Identifier: Apache-2.0
//
// The shares of masked area are assumed (no measured table is known): BRIGHT 1 %, MEDIUM 5 %, GALAXY 0.3 %, CLUSTER
// 0.03 %, SATUR 1 %, ALLMASK 1 %, WISEM1 and WISEM2 3 %, BAILOUT 0.07 %.
#include "mock/masks.h"

#include <cmath>
#include <numbers>

#include "mock/random.h"

namespace dhs::mock {
namespace {
constexpr uint64_t kMaskStream = 7;
}

BrickMasks::BrickMasks(uint64_t seed, const BrickConditions& c, Release release)
    : bounds_(c.bounds),
      cos_dec_(std::cos((c.bounds.dec1_deg + c.bounds.dec2_deg) / 2 * std::numbers::pi / 180)),
      area_ratio_(c.area_deg2 / 0.0624),
      allowed_bits_(release == Release::kDr10 ? 0x1FFFF : 0x3FFF) {
  Rng rng(seed, static_cast<uint64_t>(c.brick_id), kMaskStream);
  AddDiscs(rng, 0.05, 0.045, 0.075, kBright | kMedium);
  AddDiscs(rng, 1.6, 0.015, 0.030, kMedium);
  AddDiscs(rng, 0.03, 0.03, 0.06, kGalaxy);
  AddDiscs(rng, 0.0006, 0.08, 0.12, kCluster);
  AddDiscs(rng, 0.14, 0.005, 0.014, kBailout);
  constexpr int32_t kCornerBits[4] = {kAllMaskG, kAllMaskR, kAllMaskZ, kAllMaskI};
  if (rng.Chance(0.6)) {
    corner_bits_ = kCornerBits[rng.Below(4)];
    corner_ra_deg_ = bounds_.ra1_deg + (bounds_.ra2_deg - bounds_.ra1_deg) * rng.Uniform(0.05, 0.2);
    corner_dec_deg_ = bounds_.dec1_deg + (bounds_.dec2_deg - bounds_.dec1_deg) * rng.Uniform(0.05, 0.2);
  }
  if (c.rerun && release == Release::kDr10) sub_blob_bits_ = kSubBlob;
}

void BrickMasks::AddDiscs(Rng& rng, double mean_count, double min_radius_deg, double max_radius_deg, int32_t bits) {
  const int64_t count = rng.Poisson(mean_count * area_ratio_);
  for (int64_t i = 0; i < count; ++i) {
    const double ra_deg = rng.Uniform(bounds_.ra1_deg, bounds_.ra2_deg);
    const double dec_deg = rng.Uniform(bounds_.dec1_deg, bounds_.dec2_deg);
    const double radius = rng.Uniform(min_radius_deg, max_radius_deg);
    discs_.push_back({ra_deg, dec_deg, radius * radius, bits});
    if ((bits & kMedium) == 0) continue;
    // Stars saturate the core and are bright in WISE.
    discs_.push_back({ra_deg, dec_deg, radius * radius * 0.15, kSaturG | kSaturR | kSaturZ | kSaturI});
    discs_.push_back({ra_deg, dec_deg, radius * radius * 0.6, kWiseM1});
    discs_.push_back({ra_deg, dec_deg, radius * radius * 0.5, kWiseM2});
  }
}

int32_t BrickMasks::BitsAt(double ra_deg, double dec_deg) const {
  int32_t bits = ra_deg < (bounds_.ra1_deg + bounds_.ra2_deg) / 2 ? 0 : sub_blob_bits_;
  for (const Disc& disc : discs_) {
    const double dx = (ra_deg - disc.ra_deg) * cos_dec_, dy = dec_deg - disc.dec_deg;
    if (dx * dx + dy * dy < disc.radius2_deg2) bits |= disc.bits;
  }
  if (ra_deg < corner_ra_deg_ && dec_deg < corner_dec_deg_) bits |= corner_bits_;
  return bits & allowed_bits_;
}

}  // namespace dhs::mock
