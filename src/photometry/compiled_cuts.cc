// SPDX-License-Identifier: Apache-2.0
#include "photometry/compiled_cuts.h"

#include <algorithm>
#include <cmath>

namespace dhs::photometry {

namespace {

/// One ulp of a float32 of the size of `limit` (twice the largest rounding error near it), plus the slack.
double MarginMag(double limit) {
  int exponent = 0;
  std::frexp(limit, &exponent);  // |limit| in [2^(exponent-1), 2^exponent)
  return std::ldexp(1.0, exponent - 24) + CompiledCuts::kSlackMag;
}

double FluxRatio(double magnitude_difference) { return std::pow(10.0, magnitude_difference / 2.5); }

}  // namespace

CompiledCuts::CompiledCuts(const Variant& variant)
    : z_fails_(FluxRatio(22.5 - variant.zmag_max - MarginMag(variant.zmag_max))),
      z_passes_(FluxRatio(22.5 - variant.zmag_max + MarginMag(variant.zmag_max))),
      rz_fails_(FluxRatio(variant.rz_min - MarginMag(variant.rz_min))),
      rz_passes_(FluxRatio(variant.rz_min + MarginMag(variant.rz_min))),
      zw1_fails_(FluxRatio(variant.zw1_min - MarginMag(variant.zw1_min))) {}

Variant LoosestOf(std::span<const Variant> variants) {
  Variant loosest = variants[0];
  loosest.name = "loosest";
  for (const Variant& variant : variants) {
    loosest.zmag_max = std::max(loosest.zmag_max, variant.zmag_max);
    loosest.rz_min = std::min(loosest.rz_min, variant.rz_min);
    loosest.zw1_min = std::min(loosest.zw1_min, variant.zw1_min);
  }
  return loosest;
}

}  // namespace dhs::photometry
