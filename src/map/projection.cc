// SPDX-License-Identifier: Apache-2.0
#include "map/projection.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dhs::map {

namespace {

using std::numbers::pi;
using std::numbers::sqrt2;
constexpr double kDegree = pi / 180.0;

// 2c - sin 2c; by its series where the difference would cancel.
double TwoLess(double c) {
  if (c > 0.1) return 2 * c - std::sin(2 * c);
  const double square = 4 * c * c;
  return 2 * c * square / 6 * (1 - square / 20 * (1 - square / 42 * (1 - square / 72)));
}

// Mollweide's auxiliary angle counted from the pole: the c in [0, pi/2] with 2c - sin 2c = pi (1 - sin |dec|). The left
// side is convex, so Newton's iteration converges from the solution near the pole, 4/3 c^3 = the right side.
double AngleFromPole(double abs_dec) {
  const double half_psi_sine = std::sin((pi / 2 - abs_dec) / 2);
  const double target = 2 * pi * half_psi_sine * half_psi_sine;
  if (target <= 0) return 0;
  double c = std::min(std::cbrt(0.75 * target), pi / 2);
  for (int i = 0; i < 30; ++i) {
    const double sine = std::sin(c);
    const double step = (TwoLess(c) - target) / (4 * sine * sine);
    c -= step;
    if (std::abs(step) <= 1e-15 * c) break;
  }
  return std::min(c, pi / 2);
}

double Wrap360(double angle_deg) {
  const double wrapped = angle_deg - 360.0 * std::floor(angle_deg / 360.0);
  return wrapped < 360.0 ? wrapped : 0.0;
}

}  // namespace

Projection Projection::Mollweide(double center_ra_deg) { return {true, {Wrap360(center_ra_deg), 0}}; }

Projection Projection::Lambert(sky::EquatorialPoint center) {
  return {false, {Wrap360(center.ra_deg), center.dec_deg}};
}

double Projection::RelativeLon(double ra_deg) const { return Wrap360(ra_deg - center_.ra_deg + 180.0) - 180.0; }

Point Projection::Forward(double lon_deg, double dec_deg) const {
  return is_mollweide_ ? ForwardMollweide(lon_deg * kDegree, dec_deg * kDegree)
                       : ForwardLambert(lon_deg * kDegree, dec_deg * kDegree);
}

// Snyder, Map Projections (USGS Professional Paper 1395), p. 251, with theta = pi/2 - c.
Point Projection::ForwardMollweide(double lon, double dec) const {
  const double c = AngleFromPole(std::abs(dec));
  return {-2 * sqrt2 / pi * lon * std::sin(c), std::copysign(sqrt2 * std::cos(c), dec)};
}

// Snyder, p. 185.
Point Projection::ForwardLambert(double lon, double dec) const {
  const double sine0 = std::sin(center_.dec_deg * kDegree), cosine0 = std::cos(center_.dec_deg * kDegree);
  const double toward = sine0 * std::sin(dec) + cosine0 * std::cos(dec) * std::cos(lon);
  if (1 + toward < 1e-14) return {2, 0};  // the point opposite to the centre is the whole rim: any point of it will do
  const double k = std::sqrt(2 / (1 + toward));
  return {-k * std::cos(dec) * std::sin(lon), k * (cosine0 * std::sin(dec) - sine0 * std::cos(dec) * std::cos(lon))};
}

std::optional<sky::EquatorialPoint> Projection::Inverse(Point point) const {
  if (is_mollweide_) {
    const double sine = point.y / sqrt2;
    if (std::abs(sine) > 1) return std::nullopt;
    const double theta = std::asin(sine);
    const double dec = std::asin(std::clamp((2 * theta + std::sin(2 * theta)) / pi, -1.0, 1.0));
    const double half_width = 2 * sqrt2 * std::cos(theta);
    if (std::abs(point.x) > half_width) return std::nullopt;
    const double lon = half_width > 0 ? -pi * point.x / half_width : 0.0;
    return sky::EquatorialPoint{Wrap360(center_.ra_deg + lon / kDegree), dec / kDegree};
  }
  const double rho = std::hypot(point.x, point.y);
  if (rho > 2) return std::nullopt;
  if (rho == 0) return center_;
  const double c = 2 * std::asin(rho / 2);
  const double sine0 = std::sin(center_.dec_deg * kDegree), cosine0 = std::cos(center_.dec_deg * kDegree);
  const double sine = std::cos(c) * sine0 + point.y * std::sin(c) * cosine0 / rho;
  const double lon = std::atan2(-point.x * std::sin(c), rho * cosine0 * std::cos(c) - point.y * sine0 * std::sin(c));
  return sky::EquatorialPoint{Wrap360(center_.ra_deg + lon / kDegree),
                              std::asin(std::clamp(sine, -1.0, 1.0)) / kDegree};
}

}  // namespace dhs::map
