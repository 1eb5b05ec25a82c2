// SPDX-License-Identifier: Apache-2.0
//
// Numbers and their standing. Measured: brick-median depth histograms of the DR10 south depth figures
// (files/depth-hist-*-dr10-south.png of the Legacy Surveys site), PSF sizes of some 6,000 (r) and 105 (g, z) real
// bricks, depth differences of galaxies and point sources of 36 real rows. Fitted: E(B-V) against Galactic latitude
// from 7,047 small regions of real bricks. Assumed: how smoothly each quantity varies over the sky, the i-band PSF,
// numbers of exposures, shares of bricks without g, r or z image.
#include "mock/conditions.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "mock/random.h"

namespace dhs::mock {
namespace {

constexpr double kDegree = std::numbers::pi / 180.0;

// North Galactic pole, J2000 (IAU 1958 as in the Hipparcos catalogue): RA 192.85948, Dec 27.12825.
double SinGalacticLatitude(double ra_deg, double dec_deg) {
  return std::sin(dec_deg * kDegree) * std::sin(27.12825 * kDegree) +
         std::cos(dec_deg * kDegree) * std::cos(27.12825 * kDegree) * std::cos((ra_deg - 192.85948) * kDegree);
}

// Three-component mixtures of brick depth per band: deep (DES), shallow (DECaLS), broad (the rest). Fitted to the
// depth histograms; AB mag.
struct DepthMixture {
  double deep_weight, shallow_weight;
  double deep_mean, deep_sigma, shallow_mean, shallow_sigma, broad_mean, broad_sigma;
};
constexpr std::array<DepthMixture, kNumOptical> kDepth = {{
    {0.2563, 0.5114, 25.318, 0.127, 24.800, 0.162, 24.905, 0.801},
    {0.3042, 0.4987, 25.076, 0.161, 24.260, 0.165, 24.533, 0.931},
    {0.2498, 0.4439, 24.508, 0.129, 23.940, 0.206, 23.949, 0.847},
    {0.2397, 0.5599, 23.866, 0.132, 23.332, 0.143, 23.523, 0.883},
}};
constexpr double kMinDepth = 21.6, kMaxDepth = 26.6;  // ends of the histograms

// Median FWHM (arcsec) and sigma of its logarithm: r measured, g and z measured on few bricks, i assumed.
constexpr std::array<double, kNumOptical> kPsfMedian = {1.50, 1.37, 1.32, 1.31};
constexpr std::array<double, kNumOptical> kPsfSigmaLn = {0.12, 0.139, 0.13, 0.12};
constexpr double kPsfDepthCorrelation = -0.38;  // measured in r

// galdepth - psfdepth, measured in g, r, z, assumed in i.
constexpr std::array<double, kNumOptical> kGalaxyDepthShift = {-0.254, -0.339, -0.36, -0.386};

// Mean exposures beyond the first, assumed.
constexpr std::array<double, kNumOptical> kExtraExposures = {4, 4, 3, 4.5};
// Share of bricks without any image of the band: i measured (18 %), the others assumed, small since a brick without r
// or z has no LRG at all.
constexpr std::array<double, kNumOptical> kNoImage = {0.002, 0.003, 0.18, 0.002};

// Shares of bricks processed again: 598 of 366,898 in DR10, 1,691 of 253,658 in DR9 (release pages).
double RerunShare(Release release) {
  if (release == Release::kDr10) return 0.0016;
  return release == Release::kDr9 ? 0.0067 : 0.0;
}

enum Channel : uint64_t {
  kDensitySmall = 11,
  kDensityMedium,
  kDensityLarge,
  kRed,
  kDustLarge,
  kDustSmall,
  kDepthClass,
  kDepthField,
  kPsfField
};

double DepthOf(const DepthMixture& mixture, double class_u, double n) {
  double depth = 0;
  if (class_u < mixture.deep_weight) {
    depth = mixture.deep_mean + mixture.deep_sigma * n;
  } else if (class_u < mixture.deep_weight + mixture.shallow_weight) {
    depth = mixture.shallow_mean + mixture.shallow_sigma * n;
  } else {
    depth = mixture.broad_mean + mixture.broad_sigma * n;
  }
  return std::clamp(depth, kMinDepth, kMaxDepth);
}

// Correlation of the brick overdensity in real counts (|b| > 30): xi / xi(0) = 0.25 at 0.25 deg, 0.10 at 0.5, 0.085 at
// 0.75, 0.077 at 1, 0.063 at 2, 0.049 at 5, 0.047 at 10. White noise and three fields come within 0.03 of each.
double Overdensity(uint64_t seed, Rng& rng, double ra_deg, double dec_deg) {
  return std::sqrt(0.73) * rng.Normal() + std::sqrt(0.18) * LatticeNoise(seed, kDensitySmall, 0.4, ra_deg, dec_deg) +
         std::sqrt(0.04) * LatticeNoise(seed, kDensityMedium, 3.0, ra_deg, dec_deg) +
         std::sqrt(0.05) * LatticeNoise(seed, kDensityLarge, 25.0, ra_deg, dec_deg);
}

// Spread of v2 counts beyond v3's: s = 0.425 against 0.225 in ln lambda, and a tail (x3 to x8 in 1.5 % of bricks,
// assumed) that the Poisson-log-normal lacks.
double RedFactor(uint64_t seed, Rng& rng, double ra_deg, double dec_deg) {
  constexpr double kSigma = 0.33;
  const double n = std::sqrt(0.8) * rng.Normal() + std::sqrt(0.2) * LatticeNoise(seed, kRed, 1.0, ra_deg, dec_deg);
  double factor = std::exp(kSigma * n - kSigma * kSigma / 2) * 0.94;
  if (rng.Chance(0.015)) factor *= rng.Uniform(3, 8);
  return factor;
}

void FillImaging(uint64_t seed, Release release, double ra_deg, double dec_deg, Rng& rng, BrickConditions& c) {
  const double class_u =
      NormalCdf(std::sqrt(0.6) * LatticeNoise(seed, kDepthClass, 8.0, ra_deg, dec_deg) + std::sqrt(0.4) * rng.Normal());
  const double shared =
      std::sqrt(0.4) * LatticeNoise(seed, kDepthField, 1.5, ra_deg, dec_deg) + std::sqrt(0.6) * rng.Normal();
  std::array<double, kNumOptical> depth{};
  for (size_t band = 0; band < kNumOptical; ++band) {
    // Bands correlate by 0.55 within a depth class (assumed).
    depth[band] = DepthOf(kDepth[band], class_u, std::sqrt(0.55) * shared + std::sqrt(0.45) * rng.Normal());
  }
  const double deep = std::clamp((depth[kR] - 24.5) / 0.55, -2.5, 2.5);
  const double seeing =
      kPsfDepthCorrelation * deep +
      std::sqrt(1 - kPsfDepthCorrelation * kPsfDepthCorrelation) *
          (std::sqrt(0.4) * LatticeNoise(seed, kPsfField, 1.0, ra_deg, dec_deg) + std::sqrt(0.6) * rng.Normal());
  for (size_t band = 0; band < kNumOptical; ++band) {
    const double n = band == kR ? seeing : 0.6 * seeing + 0.8 * rng.Normal();
    const int64_t exposures = 1 + rng.Poisson(kExtraExposures[band] * std::exp(0.5 * deep));
    const bool no_image = rng.Chance(kNoImage[band]) || (band == kI && !HasIBand(release));
    if (no_image) continue;
    c.psfsize_arcsec[band] = static_cast<float>(kPsfMedian[band] * std::exp(kPsfSigmaLn[band] * n));
    c.psfdepth_mag[band] = static_cast<float>(depth[band]);
    c.galdepth_mag[band] = static_cast<float>(depth[band] + kGalaxyDepthShift[band]);
    c.nexp[band] = static_cast<int16_t>(exposures);
  }
}

}  // namespace

double LatticeNoise(uint64_t seed, uint64_t channel, double scale_deg, double ra_deg, double dec_deg) {
  const double scale = scale_deg * kDegree;
  const double point[3] = {std::cos(dec_deg * kDegree) * std::cos(ra_deg * kDegree) / scale,
                           std::cos(dec_deg * kDegree) * std::sin(ra_deg * kDegree) / scale,
                           std::sin(dec_deg * kDegree) / scale};
  int64_t cell[3];
  double fraction[3];
  for (int axis = 0; axis < 3; ++axis) {
    const double low = std::floor(point[axis]);
    cell[axis] = static_cast<int64_t>(low);
    fraction[axis] = point[axis] - low;
  }
  const uint64_t stream = Mix(Mix(seed) + channel);
  double sum = 0, sum_squares = 0;
  for (int corner = 0; corner < 8; ++corner) {
    double weight = 1;
    uint64_t key = stream;
    for (int axis = 0; axis < 3; ++axis) {
      const int up = (corner >> axis) & 1;
      weight *= up != 0 ? fraction[axis] : 1 - fraction[axis];
      key = Mix(key ^ static_cast<uint64_t>(cell[axis] + up));
    }
    // Sum of four 16-bit uniforms: mean 2, variance 1/3.
    const double uniforms =
        static_cast<double>((key & 0xFFFF) + ((key >> 16) & 0xFFFF) + ((key >> 32) & 0xFFFF) + (key >> 48)) / 65535.0;
    sum += weight * (uniforms - 2.0) * 1.7320508075688772;
    sum_squares += weight * weight;
  }
  return sum / std::sqrt(sum_squares);
}

double IvarOfDepth(double depth_mag) { return depth_mag == 0 ? 0 : 25 * std::pow(10.0, 0.8 * (depth_mag - 22.5)); }

BrickConditions ConditionsOf(uint64_t seed, sky::Brick brick, Release release, double special_share) {
  BrickConditions c;
  c.brick = brick;
  c.brick_id = sky::BrickId(brick);
  c.bounds = sky::BoundsOf(brick);
  c.area_deg2 = sky::AreaDeg2(brick);
  const double ra_deg = sky::CenterRaDeg(brick), dec_deg = sky::CenterDecDeg(brick);
  Rng rng(seed, static_cast<uint64_t>(c.brick_id), 1);

  const double sin_b = SinGalacticLatitude(ra_deg, dec_deg);
  c.north_galactic = sin_b > 0;
  c.csc_b = std::min(12.0, 1 / std::max(1e-3, std::abs(sin_b)));
  const double dust = std::sqrt(0.45) * LatticeNoise(seed, kDustLarge, 2.0, ra_deg, dec_deg) +
                      std::sqrt(0.35) * LatticeNoise(seed, kDustSmall, 0.5, ra_deg, dec_deg) +
                      std::sqrt(0.20) * rng.Normal();
  c.ebv = static_cast<float>(std::min(3.0, std::exp(-3.769 + 1.685 * std::log(c.csc_b) + 0.616 * dust)));
  FillImaging(seed, release, ra_deg, dec_deg, rng, c);
  c.overdensity = Overdensity(seed, rng, ra_deg, dec_deg);
  c.red_factor = RedFactor(seed, rng, ra_deg, dec_deg);

  const double special = rng.Uniform();
  c.no_objects = special < special_share;
  c.in_bricks_file = !(special >= special_share && special < 2 * special_share);
  c.rerun = rng.Chance(RerunShare(release));
  const int base = release == Release::kDr8 ? 8000 : release == Release::kDr9 ? 9010 : 10000;
  c.release = static_cast<int16_t>(base + (c.rerun ? 2 : 0));
  return c;
}

}  // namespace dhs::mock
