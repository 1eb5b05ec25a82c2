// SPDX-License-Identifier: Apache-2.0
#include "sky/healpix.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dhs::sky {

namespace {

constexpr double kRadPerDeg = std::numbers::pi / 180.0;
constexpr double kEquatorialZ = 2.0 / 3.0;  // |sin(Dec)| up to which pixels are squares of the cylindrical projection
constexpr double kPolarZ = 0.99;            // beyond it 1 - |z| loses digits, and cos(Dec) is taken instead

/// A place in one of the 12 base pixels: x grows to the north-east, y to the north-west.
struct Cell {
  int64_t face, x, y;
};

/// The bits of `v` (below 2^29) at even places.
uint64_t Spread(int64_t v) {
  uint64_t bits = static_cast<uint64_t>(v);
  bits = (bits | bits << 16) & 0x0000ffff0000ffff;
  bits = (bits | bits << 8) & 0x00ff00ff00ff00ff;
  bits = (bits | bits << 4) & 0x0f0f0f0f0f0f0f0f;
  bits = (bits | bits << 2) & 0x3333333333333333;
  return (bits | bits << 1) & 0x5555555555555555;
}

/// `quarter` is RA in quarter turns, in [0, 4).
Cell InEquatorialBelt(int64_t nside, double z, double quarter) {
  // Edges of pixels are straight lines here: rising ones and falling ones, counted from the left (section 4, fig. 3).
  const double along = static_cast<double>(nside) * (0.5 + quarter), across = static_cast<double>(nside) * (0.75 * z);
  const auto falling = static_cast<int64_t>(along - across), rising = static_cast<int64_t>(along + across);
  const int64_t falling_face = falling / nside, rising_face = rising / nside;
  int64_t face = rising_face + 8;  // south
  if (falling_face == rising_face) {
    face = 4 + falling_face % 4;
  } else if (falling_face < rising_face) {
    face = falling_face;  // north
  }
  return {face, rising % nside, nside - 1 - falling % nside};
}

Cell InPolarCap(int64_t nside, double z, double cos_dec, double quarter) {
  const int64_t face = std::min<int64_t>(3, static_cast<int64_t>(quarter));
  const double within = quarter - static_cast<double>(face);
  const double height = std::abs(z);
  const double from_pole = height < kPolarZ ? std::sqrt(3 * (1 - height)) : cos_dec / std::sqrt((1 + height) / 3);
  const auto lines = [&](double part) {
    return std::min(nside - 1, static_cast<int64_t>(part * (static_cast<double>(nside) * from_pole)));
  };
  const int64_t rising = lines(within), falling = lines(1 - within);
  if (z > 0) return {face, nside - 1 - falling, nside - 1 - rising};
  return {face + 8, rising, falling};
}

}  // namespace

int64_t Healpix::PixelAt(double ra_deg, double dec_deg) const {
  const double theta = std::clamp((90.0 - dec_deg) * kRadPerDeg, 0.0, std::numbers::pi);
  const double z = std::cos(theta);
  double quarter = std::fmod(ra_deg / 90.0, 4.0);
  if (quarter < 0) quarter += 4;
  if (quarter >= 4) quarter = 0;  // a negative RA that rounds to a full turn
  const Cell cell = std::abs(z) <= kEquatorialZ ? InEquatorialBelt(nside_, z, quarter)
                                                : InPolarCap(nside_, z, std::sin(theta), quarter);
  const auto in_face = static_cast<int64_t>(Spread(cell.x) | Spread(cell.y) << 1);
  return cell.face * nside_ * nside_ + in_face;
}

double Healpix::PixelAreaDeg2() const {
  const double per_rad = 1.0 / kRadPerDeg;
  const auto nside = static_cast<double>(nside_);
  return 4.0 * std::numbers::pi * per_rad * per_rad / (12.0 * nside * nside);
}

}  // namespace dhs::sky
