// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "regions/representativeness.h"
#include "regions/split.h"
#include "selection/selection.h"
#include "selection/strata.h"
#include "stage/stage.h"

namespace dhs::selection {

/// What the split of each row of the RegionPool has of its region.
struct RegionSizes {
  std::vector<int64_t> n_bricks;
  std::vector<double> area_deg2;
  std::vector<int64_t> n_lrgs;  ///< of the variant
};

/// What the run found. References outlive the call.
struct SelectionFindings {
  const RegionPool& pool;
  const RegionSizes& sizes;
  const Strata& strata;
  const SelectionPlan& plan;
  const Selection& selection;
  const regions::Representativeness& comparison;
  std::array<double, 3> expected_fractions;                 ///< of the splits, from stage 3a
  int64_t num_excluded_regions = 0;                         ///< by --exclude-splits
  int64_t num_survey_bricks = 0;                            ///< in bricks_with_region
  int64_t num_buffer_bricks = 0;                            ///< of them in no split
  std::vector<std::pair<std::string, int64_t>> nulls = {};  ///< columns of the output that have any
};

/// Rows of the pool that some set selects, rising.
std::vector<size_t> UniqueRows(const Selection& selection);

/// Fills manifest, figures, account and warnings: expected against found, by split, overlap of modes, range of
/// n_bricks, nulls, mega-regions, unique bricks, split balance, representativeness.
void WriteAccount(const std::string& variant, const SelectionFindings& findings, StageReport& report);

}  // namespace dhs::selection
