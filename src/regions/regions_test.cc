// SPDX-License-Identifier: Apache-2.0
#include "regions/regions.h"

#include <cmath>

#include <gtest/gtest.h>

#include "sky/tessellation.h"

namespace dhs::regions {
namespace {

constexpr int kV3 = 2;

// Bricks of row 400 (Dec +10) at the given columns, sorted by name as columns rise.
BrickColumns RowOfBricks(std::initializer_list<int32_t> columns) {
  BrickColumns bricks;
  for (const int32_t col : columns) {
    const sky::Brick brick{400, col};
    bricks.name.push_back(sky::NameOf(brick));
    bricks.ra_deg.push_back(sky::CenterRaDeg(brick));
    bricks.dec_deg.push_back(sky::CenterDecDeg(brick));
    bricks.area_deg2.push_back(sky::AreaDeg2(brick));
    const auto i = static_cast<int64_t>(bricks.size());
    bricks.ebv_mag.push_back(0.01 * static_cast<double>(i));
    bricks.psfsize_arcsec[kBandR].push_back(1.2 + 0.1 * static_cast<double>(i));
    bricks.psfdepth_mag[kBandR].push_back(24.0 + 0.1 * static_cast<double>(i));
    bricks.n_gal.push_back(i == 2 ? 0 : 1000 * i);
    for (size_t v = 0; v < bricks.n_lrg.size(); ++v) bricks.n_lrg[v].push_back(i * static_cast<int64_t>(v + 1));
  }
  return bricks;
}

TEST(RegionsTest, MeasuresEachRegion) {
  BrickColumns bricks = RowOfBricks({10, 11, 20});
  bricks.nexp[0] = {3, kNoCount, kNoCount};
  const RegionsResult result = ComputeRegions(bricks, {}, kV3);
  EXPECT_EQ(result.bricks.region_id, (std::vector<int32_t>{0, 0, 1}));
  EXPECT_EQ(result.bricks.brick_degree, (std::vector<int32_t>{1, 1, 0}));
  EXPECT_EQ(result.bricks.gal_density[0], 1000 / bricks.area_deg2[0]);
  EXPECT_EQ(result.bricks.lrg_density[4][1], 10 / bricks.area_deg2[1]);
  EXPECT_EQ(result.bricks.lrg_frac_v3[0], 3.0 / 1000);
  EXPECT_TRUE(std::isnan(result.bricks.lrg_frac_v3[1])) << "n_gal is 0";

  ASSERT_EQ(result.regions.size(), 2u);
  const Region& first = result.regions[0];
  EXPECT_EQ(first.n_bricks, 2);
  EXPECT_EQ(first.area_deg2, bricks.area_deg2[0] + bricks.area_deg2[1]);
  EXPECT_EQ(first.n_gal_total, 1000);
  EXPECT_DOUBLE_EQ(first.gal_density_area_sum, 1000);
  EXPECT_EQ(first.n_lrg_total, (std::array<int64_t, 5>{3, 6, 9, 12, 15}));
  EXPECT_EQ(first.lrg_density[kV3], 9 / first.area_deg2);
  EXPECT_EQ(first.ra_min_deg, bricks.ra_deg[0]);
  EXPECT_EQ(first.ra_max_deg, bricks.ra_deg[1]);
  EXPECT_TRUE(std::isnan(first.compactness)) << "one row of bricks has no extent in Dec";
  EXPECT_EQ(first.statistics[kPsfsizeR].p50, bricks.psfsize_arcsec[kBandR][0]);
  EXPECT_EQ(first.statistics[kBrickDegree].mean, 1);
  EXPECT_EQ(first.statistics[kLrgFracV3].mean, 3.0 / 1000) << "the null is left out";
  EXPECT_EQ(first.statistics[kNexpG].p90, 3);
  EXPECT_TRUE(std::isnan(first.statistics[kNexpG].std));
  EXPECT_TRUE(std::isnan(result.regions[1].statistics[kNexpG].mean));
  EXPECT_TRUE(std::isnan(first.statistics[kNexpR].mean)) << "no such column";
  EXPECT_EQ(first.split_u, SplitUniform(0, 13));
}

TEST(RegionsTest, ScoresFollowTheFormulas) {
  const BrickColumns bricks = RowOfBricks({10, 11, 12});
  RegionsOptions options;
  options.score.area_weighted_alpha = 0.75;
  const Region region = ComputeRegions(bricks, options, 4).regions.at(0);
  const double density = 30 / region.area_deg2;
  EXPECT_NEAR(region.w_psf, std::exp(-(1.4 - 1.25) / 0.25), 1e-14);
  EXPECT_NEAR(region.w_depth, 1 / (1 + std::exp(-(24.2 - 23.8) / 0.25)), 1e-14);
  EXPECT_NEAR(region.w_ebv, std::exp(-4 * 0.02), 1e-14);
  EXPECT_EQ(region.score_density, density);
  EXPECT_EQ(region.score_n_lrg, 30);
  EXPECT_NEAR(region.score_area_weighted, density * std::pow(region.area_deg2, 0.75), 1e-12 * density);
  EXPECT_NEAR(region.score_psf_weighted, density * region.w_psf * region.w_depth * region.w_ebv, 1e-12 * density);
}

TEST(RegionsTest, WeightsAreClippedToOne) {
  BrickColumns bricks = RowOfBricks({10});
  bricks.psfsize_arcsec[kBandR] = {0.9};
  bricks.ebv_mag = {-0.01};
  const Region region = ComputeRegions(bricks, {}, kV3).regions.at(0);
  EXPECT_EQ(region.w_psf, 1.0);
  EXPECT_EQ(region.w_ebv, 1.0);
}

TEST(RegionsTest, CompactnessComparesTheAreaWithItsBox) {
  BrickColumns bricks = RowOfBricks({10, 11});
  const sky::Brick brick{401, 10};
  bricks.name[1] = sky::NameOf(brick);
  bricks.ra_deg[1] = bricks.ra_deg[0] + 0.25;
  bricks.dec_deg[1] = sky::CenterDecDeg(brick);
  const Region region = ComputeRegions(bricks, {}, kV3).regions.at(0);
  EXPECT_NEAR(region.compactness, region.area_deg2 / (0.25 * 0.25 * std::cos(10.125 * M_PI / 180)), 1e-9);
}

}  // namespace
}  // namespace dhs::regions
