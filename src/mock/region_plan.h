// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "dhs/error.h"
#include "regions/split.h"
#include "sky/tessellation.h"

namespace dhs::mock {

/// One region of the mock: bricks that hang together by edges and touch no brick of another region.
struct PlannedRegion {
  int32_t region_id = 0;
  regions::Split split = regions::Split::kTrain;
  bool selected = false;
  std::vector<sky::Brick> bricks = {};  ///< by name
};

/// The regions of a mock parent catalog, and how many rows it has.
struct RegionPlan {
  std::vector<PlannedRegion> regions;         ///< by region_id: 0, 1, 2, ...
  int64_t num_selected_bricks = 0;            ///< in selected regions
  int64_t num_empty_bricks = 0;               ///< of these, how many are to be without an LRG
  std::array<int64_t, 3> rows_by_split = {};  ///< in the order of regions::Split
};

/// Rows, bricks and regions of the real survey (SPEC 12): what kFullScaleRows rows are planned with.
inline constexpr int64_t kFullScaleRows = 19'687'747;
/// Fewer rows than this do not fill three splits.
inline constexpr int64_t kMinMockRows = 5'000;

/// Plans regions for `num_rows` rows: at full scale 3,477 regions of 261,304 bricks, 811 of them with 256,277 bricks
/// selected, four of these with 115,023, 91,039, 23,885 and 18,324 bricks; splits are those of the hash (seed 13), and
/// rows by split those of the real catalog. With fewer rows bricks shrink in proportion and regions with the square
/// root. Depends on the arguments alone.
/// UsageError for numbers of rows below kMinMockRows or above kFullScaleRows.
Result<RegionPlan> PlanRegions(uint64_t seed, int64_t num_rows);

}  // namespace dhs::mock
