// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mock/options.h"
#include "mock/survey.h"
#include "stage/stage.h"

namespace dhs::mock {

/// Makes a parent catalog as the earlier system left it, of the size of the real one or smaller, below options.out:
///   phase3c/v3_color_relaxed/parent_union_parquet/region_split={SPLIT}/region_id={ID}/part-*.parquet, `_SUCCESS`
///   phase3a/v3_color_relaxed, phase3b/v3_color_relaxed   (WriteRegionTables)
///   mock_parent.json   what was made: rows by split, bricks, regions, files
/// Rows of a brick are drawn from streams keyed by (seed, brick id) and scattered over the files of their part of the
/// region: same seed and options, same bytes, for any number of threads. The catalog appears whole, by one rename; an
/// earlier one is replaced. Memory: the bricks (100 MB at full scale) and the rows of eight bricks for each thread.
/// Errors: UsageError for numbers of rows or files that do not fit, EnvironmentError.
Result<MockReport> WriteMockParent(RunContext& context, const MockParentOptions& options);

}  // namespace dhs::mock
