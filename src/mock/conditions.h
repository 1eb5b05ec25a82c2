// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "mock/sweep_layout.h"
#include "sky/tessellation.h"

namespace dhs::mock {

/// What the sky and the telescope were like in one brick, and how many galaxies it tends to hold.
struct BrickConditions {
  sky::Brick brick;
  int32_t brick_id = 0;
  sky::BrickBounds bounds{};
  double area_deg2 = 0;
  double csc_b = 1;  ///< 1 / |sin b| of the centre, at most 12
  float ebv = 0;     ///< mag
  /// g, r, i, z. 0 = no image in that band; the i band is 0 outside DR10.
  std::array<float, kNumOptical> psfsize_arcsec{};
  std::array<float, kNumOptical> psfdepth_mag{};  ///< 5 sigma point source, AB
  std::array<float, kNumOptical> galdepth_mag{};  ///< round 0.45" exponential
  std::array<int16_t, kNumOptical> nexp{};        ///< median exposures
  double overdensity = 0;                         ///< unit normal: latent field shared by all variants
  double red_factor = 1;                          ///< multiplies the share of LRGs with z-W1 > 1.6 (mean near 1)
  int16_t release = 0;                            ///< RELEASE of the rows
  bool rerun = false;           ///< one of the few bricks made again later: RELEASE 10002 or 9012, SUB_BLOB in DR10
  bool north_galactic = false;  ///< centre north of the Galactic plane
  bool no_objects = false;      ///< in the bricks file with no object
  bool in_bricks_file = true;
};

/// Pure function of (seed, brick, release): E(B-V) from Galactic latitude with smooth residuals, depth and PSF that are
/// correlated between bands and neighbours, clustered latent density. Sources and status of the numbers: see the
/// constants in the source file. `special_share` is the share of bricks left empty, and as many absent from the
/// bricks file.
BrickConditions ConditionsOf(uint64_t seed, sky::Brick brick, Release release, double special_share);

/// Gaussian field of unit variance on the sphere, correlated over about `scale_deg`: white noise on a cubic lattice,
/// linearly interpolated. `channel` names independent fields.
double LatticeNoise(uint64_t seed, uint64_t channel, double scale_deg, double ra_deg, double dec_deg);

/// Inverse variance of a flux (1/nanomaggy^2) at a 5 sigma depth in AB mag: 25 x 10^(0.8 (depth - 22.5)); 0 for depth
/// 0.
double IvarOfDepth(double depth_mag);

/// k of MW_TRANSMISSION = 10^(-0.4 k E(B-V)), for g, r, i, z, W1..W4 (Legacy Surveys DR10 catalogs page).
inline constexpr std::array<double, kNumBands> kExtinction = {3.214, 2.165, 1.592,  1.211,
                                                              0.184, 0.113, 0.0241, 0.00910};

}  // namespace dhs::mock
