// SPDX-License-Identifier: Apache-2.0
#include "sky/box_reach.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dhs::sky {

namespace {

constexpr double kRadPerDeg = std::numbers::pi / 180.0;
constexpr double kEverywhereDeg = 360.0;
constexpr double kNowhereDeg = -1.0;

double Square(double x) { return x * x; }
double Haversine(double deg) { return Square(std::sin(deg / 2 * kRadPerDeg)); }

// Greatest difference in RA of points at two declinations that are less than `distance` apart, from
// hav(distance) = hav(ddec) + cos(dec1) cos(dec2) hav(dra).
double PointReachDeg(double dec1, double dec2, double distance_deg) {
  if (std::fabs(dec1 - dec2) >= distance_deg) return kNowhereDeg;
  const double rest = Haversine(distance_deg) - Haversine(dec1 - dec2);
  const double hav = rest / (std::cos(dec1 * kRadPerDeg) * std::cos(dec2 * kRadPerDeg));
  if (!(hav <= 1.0)) return kEverywhereDeg;
  return 2.0 * std::asin(std::sqrt(std::max(hav, 0.0))) / kRadPerDeg;
}

// Where in `range` the circle of radius `distance` around a point at `dec` is widest in RA: its points of tangency with
// meridians lie at sin(dec') = sin(dec) / cos(distance); around a pole it widens up to the pole. On either side of that
// the circle narrows, so the nearest declination of the range is the best one.
double WidestDecDeg(double dec, const DecRange& range, double distance_deg) {
  double widest = std::copysign(90.0, dec);
  if (std::fabs(dec) + distance_deg < 90.0) {
    widest = std::asin(std::sin(dec * kRadPerDeg) / std::cos(distance_deg * kRadPerDeg)) / kRadPerDeg;
  }
  return std::clamp(widest, range.dec1_deg, range.dec2_deg);
}

}  // namespace

// Take the facing meridian edges of two boxes, their RA being `gap` apart, and a point on each. The cosine of their
// distance, sin d1 sin d2 + cos d1 cos d2 cos gap, has one critical point inside |d| < 90, at d1 = d2 = 0, and that is
// a saddle (it falls along d1 = -d2 and rises along d1 = d2). So the nearest pair has an end of one of the edges.
std::optional<double> RaReachDeg(const DecRange& a, const DecRange& b, double distance_deg) {
  double reach = kNowhereDeg;
  for (const double dec : {a.dec1_deg, a.dec2_deg}) {
    reach = std::max(reach, PointReachDeg(dec, WidestDecDeg(dec, b, distance_deg), distance_deg));
  }
  for (const double dec : {b.dec1_deg, b.dec2_deg}) {
    reach = std::max(reach, PointReachDeg(dec, WidestDecDeg(dec, a, distance_deg), distance_deg));
  }
  if (reach < 0) return std::nullopt;
  return reach;
}

}  // namespace dhs::sky
