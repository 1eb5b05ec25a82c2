// SPDX-License-Identifier: Apache-2.0
#include "regions/brick_join.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "regions/quality_cuts.h"
#include "sky/tessellation.h"
#include "testing/testing.h"

namespace dhs::regions {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<sky::BrickName> Names(std::initializer_list<const char*> texts) {
  std::vector<sky::BrickName> names;
  for (const char* text : texts) names.push_back(*sky::BrickName::Parse(text));
  return names;
}

BrickColumns Counts(std::initializer_list<const char*> names) {
  BrickColumns counts;
  counts.name = Names(names);
  for (size_t i = 0; i < counts.size(); ++i) counts.n_gal.push_back(static_cast<int64_t>(100 + i));
  for (auto& n : counts.n_lrg) n.assign(counts.size(), 5);
  return counts;
}

BrickColumns Bricks(std::initializer_list<const char*> names) {
  BrickColumns bricks;
  bricks.name = Names(names);
  bricks.ebv_mag.assign(bricks.size(), 0.05);
  bricks.psfsize_arcsec[kBandR].assign(bricks.size(), 1.3);
  bricks.psfdepth_mag[kBandR].assign(bricks.size(), 24.5);
  return bricks;
}

TEST(BrickJoinTest, SortsByNameAndKeepsEachRowTogether) {
  BrickColumns bricks = Bricks({"0001p000", "0003p000"});
  bricks.ebv_mag = {0.01, 0.03};
  DHS_ASSERT_OK_AND_ASSIGN(const JoinResult join,
                           JoinBricks(Counts({"0006p000", "0003p000", "0001p000"}), "c", bricks, "b"));
  EXPECT_EQ(join.bricks.name, Names({"0001p000", "0003p000", "0006p000"}));
  EXPECT_EQ(join.bricks.n_gal, (std::vector<int64_t>{102, 101, 100}));
  EXPECT_EQ(join.bricks.ebv_mag[0], 0.01);
  EXPECT_EQ(join.bricks.ebv_mag[1], 0.03);
  EXPECT_TRUE(std::isnan(join.bricks.ebv_mag[2]));
  EXPECT_EQ(join.not_in_bricks_file, 1);
}

TEST(BrickJoinTest, TakesGeometryFromTheCountsThenTheBricksFileThenTheTessellation) {
  BrickColumns counts = Counts({"0001p000", "0003p000", "0006p000"});
  counts.ra_deg = {0.5, kNaN, kNaN};
  counts.dec_deg = {0.25, kNaN, kNaN};
  counts.area_deg2 = {0.06, kNaN, kNaN};
  BrickColumns bricks = Bricks({"0001p000", "0003p000"});
  bricks.ra_deg = {9, 0.4};
  bricks.dec_deg = {9, 0.1};
  bricks.ra1_deg = {0, 0.25};
  bricks.ra2_deg = {0.25, 0.75};
  bricks.dec1_deg = {-0.125, -0.125};
  bricks.dec2_deg = {0.125, 0.125};
  DHS_ASSERT_OK_AND_ASSIGN(const JoinResult join, JoinBricks(counts, "c", bricks, "b"));
  const sky::Brick third = *sky::BrickFromName(counts.name[2]);
  EXPECT_EQ(join.bricks.ra_deg, (std::vector<double>{0.5, 0.4, sky::CenterRaDeg(third)}));
  EXPECT_EQ(join.bricks.dec_deg, (std::vector<double>{0.25, 0.1, 0.0}));
  EXPECT_EQ(join.bricks.area_deg2[0], 0.06);
  EXPECT_EQ(join.bricks.area_deg2[1], sky::BoxAreaDeg2({0.25, 0.75, -0.125, 0.125}));
  EXPECT_EQ(join.bricks.area_deg2[2], sky::AreaDeg2(third));
  for (const SourceCounts& source : {join.position, join.area}) {
    EXPECT_EQ(source.counts, 1);
    EXPECT_EQ(source.bricks_file, 1);
    EXPECT_EQ(source.tessellation, 1);
  }
}

TEST(BrickJoinTest, BoundsAcrossRaZeroHaveTheirArea) {
  const BrickColumns counts = Counts({"0001p000"});
  BrickColumns bricks = Bricks({"0001p000"});
  bricks.ra1_deg = {359.875};
  bricks.ra2_deg = {0.125};
  bricks.dec1_deg = {-0.125};
  bricks.dec2_deg = {0.125};
  DHS_ASSERT_OK_AND_ASSIGN(const JoinResult join, JoinBricks(counts, "c", bricks, "b"));
  EXPECT_EQ(join.bricks.area_deg2[0], sky::BoxAreaDeg2({359.875, 360.125, -0.125, 0.125}));
}

TEST(BrickJoinTest, RejectsBricksThatComeTwice) {
  DHS_EXPECT_ERROR(JoinBricks(Counts({"0003p000", "0001p000", "0003p000", "0003p000"}), "counts.csv", Bricks({}), "b"),
                   ExitCode::kData, "found one more than once: 0003p000");
  DHS_EXPECT_ERROR(JoinBricks(Counts({"0001p000"}), "c", Bricks({"0001p000", "0001p000"}), "bricks.fits"),
                   ExitCode::kData, "bricks.fits");
}

TEST(BrickJoinTest, RejectsBricksWithoutGeometry) {
  const BrickColumns counts =
      Counts({"0001p000", "9999p000", "9998p000", "9997p000", "9996p000", "9995p000", "9994p000"});
  DHS_EXPECT_ERROR(JoinBricks(counts, "counts.csv", Bricks({}), "b"), ExitCode::kData, "6 bricks without RA/Dec");
  DHS_EXPECT_ERROR(JoinBricks(counts, "counts.csv", Bricks({}), "b"), ExitCode::kData,
                   "9994p000, 9995p000, 9996p000, 9997p000, 9998p000 and 1 more");
}

TEST(BrickJoinTest, RejectsImpossibleGeometry) {
  BrickColumns counts = Counts({"0001p000"});
  counts.ra_deg = {360.5};
  DHS_EXPECT_ERROR(JoinBricks(counts, "c", Bricks({}), "b"), ExitCode::kData, "found RA 360.5");
  counts.ra_deg = {1};
  counts.dec_deg = {-90.5};
  DHS_EXPECT_ERROR(JoinBricks(counts, "c", Bricks({}), "b"), ExitCode::kData, "Dec -90.5");
  counts.dec_deg = {0};
  counts.area_deg2 = {0};
  DHS_EXPECT_ERROR(JoinBricks(counts, "c", Bricks({}), "b"), ExitCode::kData, "area 0 deg2");
}

TEST(BrickJoinTest, NamesTheFileThatAWrongValueIsFrom) {
  const BrickColumns counts = Counts({"0001p000"});
  BrickColumns bricks = Bricks({"0001p000"});
  bricks.ra1_deg = {0};
  bricks.ra2_deg = {0.25};
  bricks.dec1_deg = {0.125};
  bricks.dec2_deg = {-0.125};
  DHS_EXPECT_ERROR(JoinBricks(counts, "counts.csv", bricks, "bricks.fits"), ExitCode::kData,
                   "bricks.fits: brick 0001p000: expected bounds with ra1 other than ra2 and dec1 < dec2, found ra1 0, "
                   "ra2 0.25, dec1 0.125, dec2 -0.125");
  bricks.ra_deg = {400};
  bricks.dec_deg = {0};
  DHS_EXPECT_ERROR(JoinBricks(counts, "counts.csv", bricks, "bricks.fits"), ExitCode::kData,
                   "bricks.fits: brick 0001p000: expected RA 0..360");
}

TEST(BrickJoinTest, NamesTheFileThatAPlaceFarAwayIsFrom) {
  BrickColumns counts = Counts({"0001p000", "0003p000"});
  counts.ra_deg = {10, kNaN};
  counts.dec_deg = {0, kNaN};
  BrickColumns bricks = Bricks({"0003p000"});
  bricks.ra_deg = {0.375};
  bricks.dec_deg = {0};
  DHS_EXPECT_ERROR(JoinBricks(counts, "counts.csv", bricks, "bricks.fits"), ExitCode::kData,
                   "counts.csv: 1 brick lies far from where the name says");
  counts.ra_deg[0] = 0.125;
  bricks.ra_deg = {10};
  DHS_EXPECT_ERROR(JoinBricks(counts, "counts.csv", bricks, "bricks.fits"), ExitCode::kData,
                   "bricks.fits: 1 brick lies far from where the name says");
}

TEST(QualityCutsTest, LimitsAreInclusiveOnPromotedFloats) {
  BrickColumns bricks = Bricks({"0001p000", "0003p000", "0006p000", "0008p000", "0011p000"});
  // float32(0.12) is below 0.12, float32(1.6) above 1.6, float32(23.6) above 23.6.
  bricks.ebv_mag = {static_cast<double>(0.12f), 0.12, std::nextafter(0.12, 1), 0.1, kNaN};
  bricks.psfsize_arcsec[kBandR] = {1.6, 1.6, 1.3, static_cast<double>(1.6f), kNaN};
  bricks.psfdepth_mag[kBandR] = {static_cast<double>(23.6f), 23.6, 23.6, std::nextafter(23.6, 0), kNaN};
  const QualityResult result = ApplyQualityCuts(bricks, {});
  EXPECT_EQ(result.passing, (std::vector<int32_t>{0, 1}));
  EXPECT_EQ(result.ebv.failed, 2);
  EXPECT_EQ(result.ebv.without_value, 1);
  EXPECT_EQ(result.psf_r.failed, 2);
  EXPECT_EQ(result.depth_r.failed, 2);
  EXPECT_EQ(result.depth_r.without_value, 1);
  EXPECT_EQ(result.num_failed, 3);
}

}  // namespace
}  // namespace dhs::regions
