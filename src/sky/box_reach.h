// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

namespace dhs::sky {

/// dec1 < dec2, degrees.
struct DecRange {
  double dec1_deg, dec2_deg;
};

/// Boxes between parallels and meridians, one in each of two ranges of declination, are closer than `distance_deg` to
/// each other (great-circle distance between their nearest points) exactly when the gap between their ranges of RA is
/// less than this many degrees: 0 for boxes that overlap or touch in RA. Above 180 = whatever their RA; nothing if they
/// never are that close. Right at every declination, the poles included: the nearest points of two boxes are sought on
/// their edges, not at their corners. REQUIRES: 0 < distance < 90, |dec| <= 90. Accurate to 1e-12 relative. O(1).
std::optional<double> RaReachDeg(const DecRange& a, const DecRange& b, double distance_deg);

}  // namespace dhs::sky
