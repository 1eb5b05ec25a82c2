// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "mock/conditions.h"
#include "mock/population.h"
#include "mock/region_plan.h"
#include "stage/stage.h"

namespace dhs::mock {

/// A brick of a planned region with what was found in it.
struct CountedBrick {
  size_t region = 0;  ///< index into RegionPlan::regions
  BrickConditions conditions = {};
  BrickCounts counts = {};
};

/// Writes the tables of stages 3a and 3b for the regions of `plan` below `out`, as `dhs regions` and `dhs select` name
/// and fill them: phase3a/{variant}/{bricks_with_region,region_metrics,region_metrics_csv} and
/// phase3b/{variant}/{region_selections,region_selections_csv}, each folder of a stage with `_SUCCESS` last.
/// The metrics are those of stage 3a on these bricks. The selections have the sets and sizes of the real configuration
/// (top 100, stratified 75, four modes, three splits), ranked by score, but take turns through the planned regions, so
/// that each of them is in some set.
Status WriteRegionTables(RunContext& context, const std::string& out, const std::string& variant,
                         const RegionPlan& plan, std::span<const CountedBrick> bricks);

}  // namespace dhs::mock
