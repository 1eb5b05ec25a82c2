// SPDX-License-Identifier: Apache-2.0
#include "regions/regions.h"

#include <cmath>

#include <gtest/gtest.h>

#include "sky/tessellation.h"
#include "testing/footprints.h"
#include "testing/testing.h"

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
  DHS_ASSERT_OK_AND_ASSIGN(const RegionsResult result, ComputeRegions(bricks, {}, kV3));
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
  DHS_ASSERT_OK_AND_ASSIGN(const RegionsResult result, ComputeRegions(bricks, options, 4));
  const Region& region = result.regions.at(0);
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
  DHS_ASSERT_OK_AND_ASSIGN(const RegionsResult result, ComputeRegions(bricks, {}, kV3));
  const Region& region = result.regions.at(0);
  EXPECT_EQ(region.w_psf, 1.0);
  EXPECT_EQ(region.w_ebv, 1.0);
}

TEST(RegionsTest, CompactnessComparesTheAreaWithItsBox) {
  BrickColumns bricks = RowOfBricks({10, 11});
  const sky::Brick brick{401, 10};
  bricks.name[1] = sky::NameOf(brick);
  bricks.ra_deg[1] = bricks.ra_deg[0] + 0.25;
  bricks.dec_deg[1] = sky::CenterDecDeg(brick);
  DHS_ASSERT_OK_AND_ASSIGN(const RegionsResult result, ComputeRegions(bricks, {}, kV3));
  const Region& region = result.regions.at(0);
  EXPECT_NEAR(region.compactness, region.area_deg2 / (0.25 * 0.25 * std::cos(10.125 * M_PI / 180)), 1e-9);
}

// Quality and counts for a footprint, so that the whole stage can run on it.
BrickColumns Complete(BrickColumns bricks) {
  for (size_t i = 0; i < bricks.size(); ++i) {
    bricks.ebv_mag.push_back(0.01 * static_cast<double>(i % 7));
    bricks.psfsize_arcsec[kBandR].push_back(1.2 + 0.01 * static_cast<double>(i % 11));
    bricks.psfdepth_mag[kBandR].push_back(24.0 + 0.1 * static_cast<double>(i % 5));
    bricks.n_gal.push_back(static_cast<int64_t>(1000 + i));
    for (auto& counts : bricks.n_lrg) counts.push_back(static_cast<int64_t>(i % 13));
  }
  return bricks;
}

TEST(RegionsTest, ARegionAcrossRaZeroIsOneWithTessellationAdjacency) {
  const BrickColumns bricks = Complete(testing::MakePatch(358, 362, 359, 2, [](sky::Brick) { return true; }).bricks);
  RegionsOptions options;
  DHS_ASSERT_OK_AND_ASSIGN(const RegionsResult grid, ComputeRegions(bricks, options, kV3));
  EXPECT_EQ(grid.regions.size(), 2u) << "the earlier system breaks regions there";
  options.adjacency = kTessellationAdjacency;
  DHS_ASSERT_OK_AND_ASSIGN(const RegionsResult result, ComputeRegions(bricks, options, kV3));
  ASSERT_EQ(result.regions.size(), 1u);
  const Region& region = result.regions[0];
  EXPECT_EQ(region.ra_min_deg, 359.125);
  EXPECT_EQ(region.ra_max_deg, 0.875);
  EXPECT_NEAR(region.compactness, region.area_deg2 / (1.75 * 0.75), 1e-4);
}

TEST(RegionsTest, TilesKeepTheNumberOfTheirComponent) {
  const BrickColumns bricks =
      Complete(testing::MakePatch(340, 380, 10, 10, [](sky::Brick brick) { return brick.col != 50; }).bricks);
  RegionsOptions options;
  options.adjacency = kTessellationAdjacency;
  options.tiling = "area:20";
  DHS_ASSERT_OK_AND_ASSIGN(const RegionsResult result, ComputeRegions(bricks, options, kV3));
  EXPECT_EQ(result.num_components, 2);
  EXPECT_GT(result.regions.size(), 4u);
  for (size_t i = 0; i < bricks.size(); ++i) {
    EXPECT_EQ(result.bricks.component_id[i], bricks.ra_deg[i] < 12.6 ? 0 : 1);
    const Region& region = result.regions[static_cast<size_t>(result.bricks.region_id[i])];
    EXPECT_EQ(region.component_id, result.bricks.component_id[i]);
    EXPECT_LE(region.area_deg2, 20.0);
  }
}

TEST(RegionsTest, TheNumberOfThreadsDoesNotMatter) {
  const BrickColumns bricks = Complete(testing::MakePatch(100, 160, 350, 40, [](sky::Brick brick) {
                                         return (brick.col + 3 * brick.row) % 9 != 0;
                                       }).bricks);
  RegionsOptions options;
  options.adjacency = kTessellationAdjacency;
  options.tiling = "area:5";
  options.split_buffer_deg = 0.3;
  DHS_ASSERT_OK_AND_ASSIGN(const RegionsResult one, ComputeRegions(bricks, options, kV3, {}, 1));
  DHS_ASSERT_OK_AND_ASSIGN(const RegionsResult four, ComputeRegions(bricks, options, kV3, {}, 4));
  EXPECT_EQ(one.bricks.region_id, four.bricks.region_id);
  EXPECT_EQ(one.bricks.split, four.bricks.split);
  ASSERT_EQ(one.regions.size(), four.regions.size());
  for (size_t r = 0; r < one.regions.size(); ++r) {
    EXPECT_EQ(one.regions[r].area_deg2, four.regions[r].area_deg2);
    EXPECT_EQ(one.regions[r].gal_density_area_sum, four.regions[r].gal_density_area_sum);
    EXPECT_EQ(one.regions[r].score_psf_weighted, four.regions[r].score_psf_weighted);
    EXPECT_EQ(one.regions[r].statistics[kEbv].std, four.regions[r].statistics[kEbv].std);
  }
}

TEST(RegionsTest, TheBufferCountsWhatEachSplitLoses) {
  const BrickColumns bricks = Complete(testing::MakePatch(340, 380, 10, 10, [](sky::Brick) { return true; }).bricks);
  RegionsOptions options;
  options.adjacency = kTessellationAdjacency;
  options.tiling = "area:5";
  DHS_ASSERT_OK_AND_ASSIGN(const RegionsResult plain, ComputeRegions(bricks, options, kV3));
  options.split_buffer_deg = 0.25;
  DHS_ASSERT_OK_AND_ASSIGN(const RegionsResult buffered, ComputeRegions(bricks, options, kV3));
  std::array<BufferLoss, 3> expected{};
  for (size_t i = 0; i < bricks.size(); ++i) {
    if (buffered.bricks.split[i] == plain.bricks.split[i]) continue;
    ASSERT_EQ(buffered.bricks.split[i], Split::kBuffer);
    BufferLoss& loss = expected[static_cast<size_t>(plain.bricks.split[i])];
    ++loss.num_bricks;
    loss.area_deg2 += bricks.area_deg2[i];
  }
  EXPECT_GT(expected[0].num_bricks, 0);
  for (size_t s = 0; s < 3; ++s) {
    EXPECT_EQ(buffered.lost_to_buffer[s].num_bricks, expected[s].num_bricks);
    EXPECT_EQ(buffered.lost_to_buffer[s].area_deg2, expected[s].area_deg2);
  }
}

}  // namespace
}  // namespace dhs::regions
