// SPDX-License-Identifier: Apache-2.0
#include "sky/galactic.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dhs::sky {

namespace {

constexpr double kDegree = std::numbers::pi / 180.0;
constexpr double kPoleRaDeg = 192.85948;
constexpr double kPoleDecDeg = 27.12825;
constexpr double kNodeLDeg = 32.93192;

double Wrap360(double angle_deg) {
  const double wrapped = angle_deg - 360.0 * std::floor(angle_deg / 360.0);
  return wrapped < 360.0 ? wrapped : 0.0;
}

struct LonLat {
  double lon, lat;
};

// Longitude and latitude about a pole of declination kPoleDecDeg, both longitudes counted from the node of the two
// planes. The rotation by `tilt` about the line of nodes goes one way, by -tilt the other.
LonLat Rotate(double lon, double lat, double tilt) {
  const double x = std::cos(lat) * std::cos(lon);
  const double y = std::cos(lat) * std::sin(lon);
  const double z = std::sin(lat);
  const double turned_y = y * std::cos(tilt) + z * std::sin(tilt);
  const double turned_z = z * std::cos(tilt) - y * std::sin(tilt);
  return {std::atan2(turned_y, x), std::asin(std::clamp(turned_z, -1.0, 1.0))};
}

constexpr double kTiltDeg = 90.0 - kPoleDecDeg;   // between the equator and the galactic plane
constexpr double kNodeRaDeg = kPoleRaDeg + 90.0;  // where the plane rises through the equator

}  // namespace

GalacticPoint GalacticOf(EquatorialPoint point) {
  const LonLat turned = Rotate((point.ra_deg - kNodeRaDeg) * kDegree, point.dec_deg * kDegree, kTiltDeg * kDegree);
  return {Wrap360(turned.lon / kDegree + kNodeLDeg), turned.lat / kDegree};
}

EquatorialPoint EquatorialOf(GalacticPoint point) {
  const LonLat turned = Rotate((point.l_deg - kNodeLDeg) * kDegree, point.b_deg * kDegree, -kTiltDeg * kDegree);
  return {Wrap360(turned.lon / kDegree + kNodeRaDeg), turned.lat / kDegree};
}

}  // namespace dhs::sky
