// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dhs::sky {

/// The HEALPix pixelisation of the sphere (Gorski et al. 2005, ApJ 622, 759) at one resolution, in NESTED order: 12
/// nside^2 pixels of equal area. Thread-safe.
class Healpix {
 public:
  /// REQUIRES: nside a power of two, at most 2^29.
  explicit Healpix(int32_t nside) : nside_(nside) {}

  /// The pixel that holds a place in degrees; RA modulo 360.
  int64_t PixelAt(double ra_deg, double dec_deg) const;
  double PixelAreaDeg2() const;

 private:
  int64_t nside_;
};

}  // namespace dhs::sky
