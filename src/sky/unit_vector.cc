// SPDX-License-Identifier: Apache-2.0
#include "sky/unit_vector.h"

#include <cmath>
#include <numbers>
#include <utility>

namespace dhs::sky {

namespace {

constexpr double kRadPerDeg = std::numbers::pi / 180.0;

struct SinCos {
  double sin, cos;
};

// Taylor series on [-45, 45] deg; the first term left out is below (pi/4)^17 / 17! = 5e-17.
SinCos SinCosOf(double deg) {
  const double quarter = std::nearbyint(deg / 90.0);
  const double x = (deg - 90.0 * quarter) * kRadPerDeg;
  const double y = x * x;
  double sin = 1.0, cos = 1.0;
  for (int k = 15; k >= 3; k -= 2) sin = 1.0 - y * sin / (k * (k - 1));
  for (int k = 16; k >= 2; k -= 2) cos = 1.0 - y * cos / (k * (k - 1));
  sin *= x;
  switch (static_cast<long>(quarter) & 3) {
    case 0:
      return {sin, cos};
    case 1:
      return {cos, -sin};
    case 2:
      return {-sin, -cos};
    default:
      return {-cos, sin};
  }
}

}  // namespace

UnitVector UnitVectorOf(double ra_deg, double dec_deg) {
  const SinCos ra = SinCosOf(ra_deg), dec = SinCosOf(dec_deg);
  return {dec.cos * ra.cos, dec.cos * ra.sin, dec.sin};
}

}  // namespace dhs::sky
