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

// Taylor series on [-45, 45] deg; the first term left out is below (pi/4)^17 / 17! = 5e-17. Multiplied by reciprocals,
// for divisions would take ten times as long.
SinCos SinCosOf(double deg) {
  const double quarter = std::nearbyint(deg / 90.0);
  const double x = (deg - 90.0 * quarter) * kRadPerDeg;
  const double y = x * x;
  double sin = 1.0, cos = 1.0;
  for (const double reciprocal : {1.0 / 210, 1.0 / 156, 1.0 / 110, 1.0 / 72, 1.0 / 42, 1.0 / 20, 1.0 / 6}) {
    sin = 1.0 - y * reciprocal * sin;
  }
  for (const double reciprocal : {1.0 / 240, 1.0 / 182, 1.0 / 132, 1.0 / 90, 1.0 / 56, 1.0 / 30, 1.0 / 12, 1.0 / 2}) {
    cos = 1.0 - y * reciprocal * cos;
  }
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
