// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "stage/stage.h"

namespace dhs::regions {

/// Stage 3a: brick counts and the bricks file to {output}/phase3a/{variant} with bricks_with_region/,
/// region_metrics/ (Parquet) and region_metrics_csv/ (SPEC 5).
std::unique_ptr<Stage> MakeRegionsStage();

}  // namespace dhs::regions
