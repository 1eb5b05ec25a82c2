// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dhs::sky {

/// A direction: x towards (RA 0, Dec 0), y towards (RA 90, Dec 0), z towards the north pole.
struct UnitVector {
  double x, y, z;
};

/// Of a place in degrees; within 1e-14 of the exact one. Made of IEEE additions, multiplications and one rounding, not
/// of the maths library, whose last bits differ between processors: what is ordered by it is the same everywhere.
/// REQUIRES: |ra| and |dec| at most 1e6.
UnitVector UnitVectorOf(double ra_deg, double dec_deg);

}  // namespace dhs::sky
