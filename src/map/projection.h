// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "sky/galactic.h"

namespace dhs::map {

/// A point of the plane. In a projection: radians of the unit sphere, x to the right, y up; on a page: page units, y
/// down.
struct Point {
  double x, y;
};

/// An equal-area projection of the sphere with RA growing to the left, north up at the centre. The area between points
/// of the plane is that on the sphere in steradians.
class Projection {
 public:
  /// The whole sky in an ellipse of 4 sqrt 2 by 2 sqrt 2; parallels are straight and level.
  static Projection Mollweide(double center_ra_deg);
  /// Lambert's azimuthal projection: true at its centre, singular opposite to it.
  static Projection Lambert(sky::EquatorialPoint center);

  bool is_mollweide() const { return is_mollweide_; }
  sky::EquatorialPoint center() const { return center_; }
  /// RA less that of the centre, in [-180, 180).
  double RelativeLon(double ra_deg) const;
  /// `lon_deg` is relative to the centre. -180 and 180 are the two ends of a Mollweide map, so a shape that crosses
  /// that seam has to be cut there first. REQUIRES: |lon_deg| <= 180 for Mollweide, |dec_deg| <= 90.
  Point Forward(double lon_deg, double dec_deg) const;
  /// Nothing for a point outside the map.
  std::optional<sky::EquatorialPoint> Inverse(Point point) const;

 private:
  Projection(bool is_mollweide, sky::EquatorialPoint center) : is_mollweide_(is_mollweide), center_(center) {}
  Point ForwardMollweide(double lon, double dec) const;
  Point ForwardLambert(double lon, double dec) const;
  bool is_mollweide_;
  sky::EquatorialPoint center_;
};

}  // namespace dhs::map
