// SPDX-License-Identifier: Apache-2.0
#include "regions/quality_cuts.h"

#include <cmath>

namespace dhs::regions {

namespace {

bool Count(bool passes, double value, CutCount& count) {
  if (passes) return true;
  ++count.failed;
  count.without_value += !std::isfinite(value);
  return false;
}

}  // namespace

QualityResult ApplyQualityCuts(const BrickColumns& bricks, const QualityLimits& limits) {
  QualityResult result;
  for (size_t i = 0; i < bricks.size(); ++i) {
    const double ebv = bricks.ebv_mag[i];
    const double psf_r = bricks.psfsize_arcsec[kBandR][i];
    const double depth_r = bricks.psfdepth_mag[kBandR][i];
    // Written so that NaN, which compares false with everything, fails; an infinite depth is no depth.
    const bool ebv_ok = Count(ebv <= limits.max_ebv_mag && std::isfinite(ebv), ebv, result.ebv);
    const bool psf_ok = Count(psf_r <= limits.max_psf_r_arcsec && std::isfinite(psf_r), psf_r, result.psf_r);
    const bool depth_ok =
        Count(depth_r >= limits.min_psfdepth_r_mag && std::isfinite(depth_r), depth_r, result.depth_r);
    if (ebv_ok && psf_ok && depth_ok) {
      result.passing.push_back(static_cast<int32_t>(i));
    } else {
      ++result.num_failed;
    }
  }
  return result;
}

}  // namespace dhs::regions
