// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "regions/split.h"

namespace dhs::selection {

/// Greatest distance between the empirical distribution functions of two samples (Kolmogorov-Smirnov), 0..1; NaN if one
/// is empty. REQUIRES: both sorted, without NaN.
double KolmogorovSmirnovDistance(std::span<const double> a, std::span<const double> b);

/// Bricks of the selected regions, column by column.
struct SelectedBricks {
  std::vector<regions::Split> split;
  std::vector<double> ra_deg, dec_deg, psfsize_r_arcsec, psfdepth_r_mag, ebv_mag;
};

/// One property of the bricks in each split.
struct PropertyComparison {
  std::string_view name;
  std::array<double, 3> median;  ///< by Split; NaN if the split is empty
  double ks_train_val, ks_train_test, ks_val_test;
  double greatest_ks() const;
};

/// Where the bricks of a split lie.
struct SplitCoverage {
  int64_t num_bricks = 0;
  double ra_min_deg, ra_max_deg, dec_min_deg, dec_max_deg;  ///< of brick centres, plainly; NaN if there is none
  int64_t num_cells = 0;                                    ///< cells of 10 x 10 degrees that hold a brick of the split
};

struct Representativeness {
  std::array<PropertyComparison, 3> properties;  ///< psfsize_r, psfdepth_r, ebv
  std::array<SplitCoverage, 3> coverage;         ///< by Split
  int64_t num_cells = 0;                         ///< that hold any brick
};

/// Compares the bricks of the splits. Cost: sorts each property once.
Representativeness CompareSplits(const SelectedBricks& bricks);

/// "alike" up to a distance of 0.1, "somewhat different" up to 0.2, else "different"; "-" for NaN.
std::string_view Verdict(double ks_distance);

std::string FormatRepresentativeness(const Representativeness& comparison);

}  // namespace dhs::selection
