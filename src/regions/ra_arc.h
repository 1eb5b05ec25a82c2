// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace dhs::regions {

/// From `from_deg` eastwards to `to_deg`; from > to if it crosses RA 0.
struct RaArc {
  double from_deg, to_deg;
  double SpanDeg() const { return from_deg <= to_deg ? to_deg - from_deg : to_deg + 360.0 - from_deg; }
};

/// The shortest arc of RA that holds all points: what the widest gap between neighbours leaves. Of gaps as wide as each
/// other (to 1e-9 deg) it leaves out the one across RA 0, else the first from RA 0. The ends are among the points.
/// REQUIRES: at least one, all in [0, 360]. Cost: O(n), no sort.
RaArc ShortestArc(const std::vector<double>& ra_deg);

}  // namespace dhs::regions
