// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "dhs/error.h"
#include "dhs/storage.h"
#include "regions/representativeness.h"
#include "regions/split.h"
#include "selection/selection.h"

namespace dhs::selection {

/// What stage 3b takes from bricks_with_region: parallel columns, in the order of the table.
struct SurveyBricks {
  std::vector<int32_t> region_id;
  std::vector<regions::Split> split;  ///< empty where the table has no brick_split: a brick has its region's split
  std::vector<double> area_deg2;      ///< empty as `split`
  std::vector<int64_t> n_lrgs;        ///< of the variant; empty as `split`
  std::vector<double> ra_deg, dec_deg, psfsize_r_arcsec, psfdepth_r_mag, ebv_mag;
  std::vector<double> lrg_density;  ///< of the variant, 1/deg2

  size_t size() const { return region_id.size(); }
};

/// Reads `{regions_dir}/bricks_with_region`. `variant` is an index into BuiltinVariants. DataError for a split that is
/// none, and as regions/arrow_columns.h.
Result<SurveyBricks> ReadSurveyBricks(Storage& storage, const std::string& regions_dir, int variant, int num_threads);

/// Bricks of the selected regions, column by column.
struct SelectedBricks {
  std::vector<regions::Split> split;
  std::vector<double> ra_deg, dec_deg, psfsize_r_arcsec, psfdepth_r_mag, ebv_mag, lrg_density;

  regions::ComparedBricks View() const {
    return {split, ra_deg, dec_deg, psfsize_r_arcsec, psfdepth_r_mag, ebv_mag, lrg_density};
  }
};

/// The bricks of the regions and splits at `rows` of the pool. REQUIRES: `rows` rising.
SelectedBricks ChooseBricks(const SurveyBricks& bricks, const RegionPool& pool, const std::vector<size_t>& rows);

/// Whole numbers that fit 32 bits, from a column without nulls.
Result<std::vector<int32_t>> ReadRegionIds(const arrow::Table& table, const std::string& path);

}  // namespace dhs::selection
