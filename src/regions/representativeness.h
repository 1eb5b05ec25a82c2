// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "dhs/error.h"
#include "dhs/stop_token.h"
#include "regions/split.h"

namespace dhs::regions {

/// Greatest distance between the empirical distribution functions of two samples (Kolmogorov-Smirnov), 0..1; NaN if one
/// is empty. REQUIRES: both sorted, without NaN.
double KolmogorovSmirnovDistance(std::span<const double> a, std::span<const double> b);

/// Probability that two samples of these sizes from one distribution are at least `distance` apart, if each value is an
/// independent draw: the asymptotic form with the correction of Stephens (1970, J. R. Stat. Soc. B 32, 115), right to
/// 0.01 from about 10 values each on. NaN for a NaN distance or an empty sample. Bricks are *not* independent: their
/// neighbours share seeing, depth and dust, so that small differences look far more significant than they are.
double KolmogorovSmirnovPValue(double distance, int64_t num_a, int64_t num_b);

/// Bricks that are compared, column by column, all of one length. Those in the buffer are left out. NaN = no value.
struct ComparedBricks {
  std::span<const Split> split;
  std::span<const double> ra_deg, dec_deg, psfsize_r_arcsec, psfdepth_r_mag, ebv_mag;
  std::span<const double> lrg_density;  ///< of the variant, 1/deg2
};

/// Pairs of splits, in the order of every array by pair.
inline constexpr std::array<std::array<Split, 2>, 3> kSplitPairs = {
    {{Split::kTrain, Split::kVal}, {Split::kTrain, Split::kTest}, {Split::kVal, Split::kTest}}};

/// One property of the bricks in each split.
struct PropertyComparison {
  std::string_view name;
  std::array<double, 3> median;   ///< by Split; NaN if the split is empty
  std::array<double, 3> ks;       ///< distances by pair; NaN if a split is empty
  std::array<double, 3> p_value;  ///< of the distances
  double GreatestKs() const;      ///< NaN if there is no pair
  double LeastPValue() const;
};

/// Where the bricks of a split lie.
struct SplitCoverage {
  int64_t num_bricks = 0;
  double ra_min_deg, ra_max_deg, dec_min_deg, dec_max_deg;  ///< of brick centres, plainly; NaN if there is none
  int64_t num_cells = 0;                                    ///< cells of 10 x 10 degrees that hold a brick of the split
};

struct Representativeness {
  std::array<PropertyComparison, 4> properties;  ///< psfsize_r, psfdepth_r, ebv, lrg_density
  std::array<SplitCoverage, 3> coverage;         ///< by Split
  int64_t num_cells = 0;                         ///< that hold any brick
};

/// Compares the bricks of the splits, each brick with weight 1. Cost: O(n), one radix sort for each property.
Representativeness CompareSplits(const ComparedBricks& bricks);
/// The same on several threads. Errors: stop.
Result<Representativeness> CompareSplits(const ComparedBricks& bricks, int num_threads, const StopToken& stop);

/// "alike" up to a distance of 0.03; "perhaps chance" for one that is no rarer than kMaxChance; "similar" up to 0.1,
/// "somewhat different" up to 0.2, else "different"; "-" for NaN.
std::string_view Verdict(double ks_distance, double p_value);
inline constexpr double kMaxChance = 0.01;

}  // namespace dhs::regions
