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
#include "regions/representativeness.h"
#include "selection/account.h"
#include "selection/selection.h"

namespace dhs::selection {

/// What stage 3b takes from region_metrics: parallel columns, rows of excluded splits left out.
struct RegionInput {
  RegionPool pool;
  RegionSizes sizes;
  std::map<std::string, std::vector<double>> repeated;  ///< columns that region_selections repeats as they are
  std::vector<int64_t> n_lrg_v3_total;                  ///< repeated as well
  int64_t num_excluded = 0;
};

/// Reads `{regions_dir}/region_metrics`. `variant` is an index into BuiltinVariants. DataError for a split that is
/// not train, val or test.
Result<RegionInput> ReadRegions(Storage& storage, const std::string& regions_dir, int variant,
                                const std::vector<regions::Split>& excluded);

/// Bricks of the selected regions, column by column.
struct SelectedBricks {
  std::vector<regions::Split> split;
  std::vector<double> ra_deg, dec_deg, psfsize_r_arcsec, psfdepth_r_mag, ebv_mag, lrg_density;

  regions::ComparedBricks View() const {
    return {split, ra_deg, dec_deg, psfsize_r_arcsec, psfdepth_r_mag, ebv_mag, lrg_density};
  }
};

/// Reads `{regions_dir}/bricks_with_region` and keeps the bricks of the regions at `rows` of the pool; the density is
/// that of the variant. `num_survey_bricks` becomes the number of all.
Result<SelectedBricks> ReadSelectedBricks(Storage& storage, const std::string& regions_dir, int variant,
                                          const RegionPool& pool, const std::vector<size_t>& rows,
                                          int64_t& num_survey_bricks);

/// Fractions that stage 3a meant the splits to have, from its manifest; an absent one is the default of SPEC 5.
Result<std::array<double, 3>> ReadExpectedFractions(Storage& storage, const std::string& regions_dir);

/// The table region_selections.
Result<std::shared_ptr<arrow::Table>> RegionSelections(const RegionInput& input, const Selection& selection);

}  // namespace dhs::selection
