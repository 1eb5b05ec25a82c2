// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "sky/tessellation.h"

namespace dhs::testing {

/// Angle between two places by the cross and dot product of their vectors, degrees.
inline double PointDistanceDeg(double ra1, double dec1, double ra2, double dec2) {
  constexpr double kRad = std::numbers::pi / 180.0;
  const auto vector = [&](double ra, double dec) {
    return std::array{std::cos(dec * kRad) * std::cos(ra * kRad), std::cos(dec * kRad) * std::sin(ra * kRad),
                      std::sin(dec * kRad)};
  };
  const auto a = vector(ra1, dec1), b = vector(ra2, dec2);
  const double x = a[1] * b[2] - a[2] * b[1], y = a[2] * b[0] - a[0] * b[2], z = a[0] * b[1] - a[1] * b[0];
  return std::atan2(std::sqrt(x * x + y * y + z * z), a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) / kRad;
}

/// Great-circle distance of the nearest points of two boxes that do not overlap, degrees: by search over each two of
/// their sides, on grids that close in on the least value. Slow, and knows nothing of the formulas it is to check.
inline double BoxDistanceDeg(const sky::BrickBounds& a, const sky::BrickBounds& b) {
  constexpr int kGrid = 6, kRounds = 30;
  constexpr double kRad = std::numbers::pi / 180.0;
  using Vector = std::array<double, 3>;
  const auto on_side = [](const sky::BrickBounds& box, int side, double t) -> Vector {
    double ra = box.ra1_deg + t * (box.ra2_deg - box.ra1_deg), dec = box.dec1_deg + t * (box.dec2_deg - box.dec1_deg);
    if (side < 2) dec = side == 0 ? box.dec1_deg : box.dec2_deg;
    if (side >= 2) ra = side == 2 ? box.ra1_deg : box.ra2_deg;
    return {std::cos(dec * kRad) * std::cos(ra * kRad), std::cos(dec * kRad) * std::sin(ra * kRad),
            std::sin(dec * kRad)};
  };
  double least_chord2 = 4;
  for (int sides = 0; sides < 16; ++sides) {
    double s0 = 0, s1 = 1, t0 = 0, t1 = 1;
    for (int round = 0; round < kRounds; ++round) {
      std::array<Vector, kGrid + 1> p, q;
      for (int i = 0; i <= kGrid; ++i) {
        p[static_cast<size_t>(i)] = on_side(a, sides / 4, s0 + (s1 - s0) * i / kGrid);
        q[static_cast<size_t>(i)] = on_side(b, sides % 4, t0 + (t1 - t0) * i / kGrid);
      }
      double best = 5;
      size_t best_i = 0, best_j = 0;
      for (size_t i = 0; i < p.size(); ++i) {
        for (size_t j = 0; j < q.size(); ++j) {
          const double x = p[i][0] - q[j][0], y = p[i][1] - q[j][1], z = p[i][2] - q[j][2];
          const double chord2 = x * x + y * y + z * z;
          if (chord2 < best) best = chord2, best_i = i, best_j = j;
        }
      }
      least_chord2 = std::min(least_chord2, best);
      const auto close_in = [](double& from, double& to, size_t at) {
        const double middle = from + (to - from) * static_cast<double>(at) / kGrid, half = (to - from) / 4;
        from = std::max(0.0, middle - half);
        to = std::min(1.0, middle + half);
      };
      close_in(s0, s1, best_i);
      close_in(t0, t1, best_j);
    }
  }
  return 2 * std::asin(std::min(1.0, std::sqrt(least_chord2) / 2)) / kRad;
}

/// Greatest distance of a point of the box from its centre is at most this, degrees.
inline double BoxRadiusDeg(const sky::BrickBounds& box) {
  const double ra = (box.ra1_deg + box.ra2_deg) / 2, dec = (box.dec1_deg + box.dec2_deg) / 2;
  double radius = 0;
  for (const double corner_dec : {box.dec1_deg, box.dec2_deg}) {
    // The parallel between the corners comes no nearer to the pole than the box does.
    radius = std::max(radius, PointDistanceDeg(ra, dec, box.ra1_deg, corner_dec));
    radius = std::max(radius, std::fabs(corner_dec - dec));
  }
  return box.ra2_deg - box.ra1_deg > 90.0 ? 180.0 : 1.1 * radius;
}

}  // namespace dhs::testing
