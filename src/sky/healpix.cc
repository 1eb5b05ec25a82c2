// SPDX-License-Identifier: Apache-2.0
#include "sky/healpix.h"

#include <algorithm>
#include <numbers>

#include <healpix_base.h>

namespace dhs::sky {

namespace {
constexpr double kRadPerDeg = std::numbers::pi / 180.0;
}

int64_t Healpix::PixelAt(double ra_deg, double dec_deg) const {
  const T_Healpix_Base<int64> base(nside_, NEST, SET_NSIDE);
  const double theta = std::clamp((90.0 - dec_deg) * kRadPerDeg, 0.0, std::numbers::pi);
  return base.ang2pix(pointing(theta, ra_deg * kRadPerDeg));
}

double Healpix::PixelAreaDeg2() const {
  const double per_rad = 1.0 / kRadPerDeg;
  return 4.0 * std::numbers::pi * per_rad * per_rad / (12.0 * nside_ * nside_);
}

}  // namespace dhs::sky
