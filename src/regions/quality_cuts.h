// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "regions/brick_columns.h"
#include "regions/options.h"

namespace dhs::regions {

/// What one cut did. A brick may fail several cuts and is counted in each.
struct CutCount {
  int64_t failed = 0;
  int64_t without_value = 0;  ///< of `failed`: null, NaN or infinite
};

struct QualityResult {
  std::vector<int32_t> passing;  ///< rising row numbers
  CutCount ebv, psf_r, depth_r;
  int64_t num_failed = 0;  ///< bricks that fail at least one cut
};

/// Applies ebv <= max, psfsize_r <= max, psfdepth_r >= min in double.
QualityResult ApplyQualityCuts(const BrickColumns& bricks, const QualityLimits& limits);

}  // namespace dhs::regions
