// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <arrow/type_fwd.h>

#include "dhs/error.h"
#include "regions/brick_columns.h"
#include "regions/regions.h"

namespace dhs::regions {

/// The table bricks_with_region: `bricks` in their order, with the results beside them.
Result<std::shared_ptr<arrow::Table>> BricksWithRegion(const BrickColumns& bricks, const BrickResults& results);

/// The table region_metrics. Columns nexp_* are left out where `bricks` lacks them.
Result<std::shared_ptr<arrow::Table>> RegionMetrics(const BrickColumns& bricks, const std::vector<Region>& regions);

}  // namespace dhs::regions
