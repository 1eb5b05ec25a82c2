// SPDX-License-Identifier: Apache-2.0
//
// Numbers and their standing. Measured: objects per brick by TYPE (Legacy Surveys DR10 description page divided by its
// 366,898 bricks: 7,705 = PSF 3,669 + REX 3,060 + EXP 614 + DEV 229 + SER 133 + DUP 0.8), LRG counts per brick of the
// five variants over 322,385 real bricks. Fitted: N ~ Poisson(lambda), ln lambda ~ N(ln m, s) per variant; ln n_gal
// against depth, PSF and E(B-V). Assumed: numbers of stars against depth and latitude.
#include "mock/population.h"

#include <algorithm>
#include <cmath>

#include "mock/random.h"

namespace dhs::mock {
namespace {

constexpr uint64_t kPopulationStream = 2;
constexpr uint64_t kScatterStream = 3;
constexpr uint64_t kThinningStream = 4;
constexpr double kStandardAreaDeg2 = 0.0624;  // of the bricks behind the fits

// lambda_i = m_i e^(s_i delta) for v3, v4, v5.
constexpr std::array<double, 3> kLrgMedian = {74.186, 172.97, 306.73};
constexpr std::array<double, 3> kLrgSigma = {0.225, 0.200, 0.175};

constexpr double kMedianGalaxies = 2909;
constexpr double kGalaxyScatter = 0.19;
/// n_gal / all extended sources: 3,191 / 4,036. The rest has no positive r, z or W1 flux.
constexpr double kAllFluxesShare = 0.79;
constexpr double kRedShareMean = 0.0771;   // v2 / v3 over 19.7 million real LRGs
constexpr double kBrightRedShare = 0.297;  // v1 / v2, the same

// Depth in r as the counts see it; a brick without r image counts as a typical one.
double CountingDepth(const BrickConditions& c) { return c.psfdepth_mag[kR] > 0 ? c.psfdepth_mag[kR] : 24.43; }

std::array<double, 3> LrgMeans(const BrickConditions& c) {
  std::array<double, 3> cumulative;
  for (size_t i = 0; i < 3; ++i) {
    cumulative[i] = kLrgMedian[i] * std::exp(kLrgSigma[i] * c.overdensity) * c.area_deg2 / kStandardAreaDeg2;
  }
  return {cumulative[0], std::max(0.0, cumulative[1] - cumulative[0]), std::max(0.0, cumulative[2] - cumulative[1])};
}

}  // namespace

double ExpectedGalaxies(uint64_t seed, const BrickConditions& c) {
  Rng rng(seed, static_cast<uint64_t>(c.brick_id), kScatterStream);
  const double psf = c.psfsize_arcsec[kR] > 0 ? c.psfsize_arcsec[kR] : 1.37;
  const double scatter = kGalaxyScatter * (0.6 * c.overdensity + 0.8 * rng.Normal());
  return kMedianGalaxies * c.area_deg2 / kStandardAreaDeg2 *
         std::exp(0.503 * (CountingDepth(c) - 24.5) - 0.131 * (psf - 1.35) - 0.80 * (c.ebv - 0.05) + scatter);
}

double RedShare(const BrickConditions& c) { return std::min(0.6, kRedShareMean * c.red_factor); }

Population DrawPopulation(uint64_t seed, const BrickConditions& c) {
  Population population;
  if (c.no_objects) return population;
  Rng rng(seed, static_cast<uint64_t>(c.brick_id), kPopulationStream);
  const std::array<double, 3> means = LrgMeans(c);
  int64_t num_lrg = 0;
  for (size_t i = 0; i < 3; ++i) {
    population.num_lrg[i] = rng.Poisson(means[i]);
    num_lrg += population.num_lrg[i];
  }
  const double extended = ExpectedGalaxies(seed, c) / kAllFluxesShare;
  population.num_galaxies = std::max<int64_t>(0, std::llround(extended) - num_lrg);
  const double stars =
      3250 * c.area_deg2 / kStandardAreaDeg2 *
      std::exp(0.45 * (CountingDepth(c) - 24.5) + 0.6 * std::log(c.csc_b / 1.45) + 0.15 * rng.Normal());
  population.num_stars = std::llround(stars);
  population.num_dup = rng.Poisson(0.8 * c.area_deg2 / kStandardAreaDeg2);
  return population;
}

BrickCounts DrawCounts(uint64_t seed, const BrickConditions& c) {
  BrickCounts counts;
  const Population population = DrawPopulation(seed, c);
  if (c.no_objects || c.psfdepth_mag[kR] == 0 || c.psfdepth_mag[kZ] == 0) return counts;
  Rng rng(seed, static_cast<uint64_t>(c.brick_id), kThinningStream);
  counts.n_lrg[2] = population.num_lrg[0];
  counts.n_lrg[3] = counts.n_lrg[2] + population.num_lrg[1];
  counts.n_lrg[4] = counts.n_lrg[3] + population.num_lrg[2];
  const double red_share = RedShare(c);
  for (int64_t i = 0; i < counts.n_lrg[2]; ++i) {
    const double u = rng.Uniform();
    if (u < red_share) ++counts.n_lrg[1];
    if (u < red_share * kBrightRedShare) ++counts.n_lrg[0];
  }
  counts.n_gal = std::max<int64_t>(counts.n_lrg[4], std::llround(ExpectedGalaxies(seed, c)));
  return counts;
}

}  // namespace dhs::mock
