// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "dhs/error.h"
#include "dhs/storage.h"
#include "selection/account.h"
#include "selection/selection.h"
#include "selection/survey_bricks.h"

namespace dhs::selection {

/// What stage 3b takes from region_metrics: parallel columns, a row for each region and split that has bricks of it,
/// rows of excluded splits and bricks of the buffer left out.
struct RegionInput {
  RegionPool pool;
  RegionSizes sizes;
  std::map<std::string, std::vector<double>> repeated;  ///< columns that region_selections repeats as they are
  std::vector<int64_t> n_bricks, n_lrg_v3_total;        ///< repeated as well
  int64_t num_excluded = 0;                             ///< regions (in each split they have bricks in)
};

/// The table region_metrics as read: `input` has a row for each region, and its splits are not set yet.
struct RegionTable {
  RegionInput input;
  std::vector<std::string> split_names;
  std::string path;  ///< for messages
};

/// Reads `{regions_dir}/region_metrics`. `variant` is an index into BuiltinVariants. DataError for a region that comes
/// twice, and as regions/arrow_columns.h.
Result<RegionTable> ReadRegions(Storage& storage, const std::string& regions_dir, int variant);

/// Gives each region a row for each split that has bricks of it; `bricks` are all of the survey. DataError for a region
/// that only one of the two tables has, or a split that is none or not that of the region's bricks.
Result<RegionInput> MakePool(RegionTable table, const SurveyBricks& bricks,
                             const std::vector<regions::Split>& excluded);

/// Fractions that stage 3a meant the splits to have, from its manifest; an absent one is the default of SPEC 5.
Result<std::array<double, 3>> ReadExpectedFractions(Storage& storage, const std::string& regions_dir);

/// The table region_selections.
Result<std::shared_ptr<arrow::Table>> RegionSelections(const RegionInput& input, const Selection& selection);

}  // namespace dhs::selection
