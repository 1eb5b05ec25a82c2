// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <map>
#include <queue>
#include <set>

#include <gmock/gmock.h>

#include "mock/footprint.h"
#include "mock/row_encoder.h"
#include "mock/sources.h"
#include "mock/sweep_files.h"
#include "mock/sweep_layout.h"
#include "mock/tally.h"
#include "testing/testing.h"

namespace dhs::mock {
namespace {

TEST(SweepLayout, HasTheBytesAndColumnsOfTheRealFiles) {
  const std::map<Release, std::pair<int64_t, size_t>> sizes = {
      {Release::kDr10, {505, 130}}, {Release::kDr9, {449, 115}}, {Release::kDr8, {472, 120}}};
  for (const auto& [release, size] : sizes) {
    EXPECT_EQ(SweepLayout(release).row_bytes(), size.first) << NameOf(release);
    EXPECT_EQ(SweepLayout(release).columns().size(), size.second) << NameOf(release);
  }
}

TEST(SweepLayout, PutsKeyColumnsWhereTheRealFilesHaveThem) {
  const std::vector<std::pair<const char*, int64_t>> dr10 = {
      {"BRICKID", 2},    {"BRICKNAME", 6},     {"TYPE", 18},     {"RA", 21},
      {"DEC", 29},       {"EBV", 65},          {"FLUX_G", 69},   {"FLUX_R", 73},
      {"FLUX_I", 77},    {"FLUX_Z", 81},       {"FLUX_W1", 85},  {"MW_TRANSMISSION_G", 133},
      {"NOBS_W4", 179},  {"PSFDEPTH_W2", 347}, {"SHAPE_R", 359}, {"REF_ID", 417},
      {"MASKBITS", 491}, {"SERSIC_IVAR", 501}};
  for (const auto& [name, offset] : dr10) EXPECT_EQ(SweepLayout(Release::kDr10).OffsetOf(name), offset) << name;
  const std::vector<std::pair<const char*, int64_t>> dr9 = {{"FLUX_G", 69},  {"FLUX_R", 73},    {"FLUX_Z", 77},
                                                            {"FLUX_W1", 81}, {"MASKBITS", 437}, {"SERSIC_IVAR", 445}};
  for (const auto& [name, offset] : dr9) EXPECT_EQ(SweepLayout(Release::kDr9).OffsetOf(name), offset) << name;
  EXPECT_EQ(SweepLayout(Release::kDr9).OffsetOf("FLUX_I"), std::nullopt);
  EXPECT_EQ(SweepLayout(Release::kDr8).columns()[4].tform, "4A");
  EXPECT_EQ(SweepLayout(Release::kDr10).columns()[126].tform, "J");  // MASKBITS
  EXPECT_EQ(SweepLayout(Release::kDr9).OffsetOf("FRACDEV"), std::nullopt);
}

TEST(ParseRelease, NamesTheChoices) {
  EXPECT_EQ(ParseRelease("dr9").ValueOr(Release::kDr8), Release::kDr9);
  DHS_EXPECT_ERROR(ParseRelease("dr11"), ExitCode::kUsage, "dr8, dr9, dr10");
}

TEST(Rng, DrawsTheDistributionsItNames) {
  Rng rng(1, 2, 3);
  const int count = 200000;
  double sum = 0, sum2 = 0, beyond2 = 0, poisson = 0, poisson2 = 0;
  for (int i = 0; i < count; ++i) {
    const double n = rng.Normal();
    sum += n;
    sum2 += n * n;
    beyond2 += std::abs(n) > 2 ? 1 : 0;
    const auto p = static_cast<double>(rng.Poisson(60));
    poisson += p;
    poisson2 += p * p;
  }
  EXPECT_NEAR(sum / count, 0, 0.01);
  EXPECT_NEAR(sum2 / count, 1, 0.015);
  EXPECT_NEAR(beyond2 / count, 0.0455, 0.002);
  const double mean = poisson / count;
  EXPECT_NEAR(mean, 60, 0.1);
  EXPECT_NEAR(poisson2 / count - mean * mean, 60, 1);
  EXPECT_EQ(rng.Poisson(0), 0);
}

TEST(Rng, StreamsOfDifferentKeysDiffer) {
  std::set<uint64_t> first;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    for (uint64_t key = 0; key < 10; ++key) {
      for (uint64_t purpose = 0; purpose < 10; ++purpose) first.insert(Rng(seed, key, purpose).Next());
    }
  }
  EXPECT_EQ(first.size(), 1000U);
  EXPECT_EQ(Rng(4, 5, 6).Next(), Rng(4, 5, 6).Next());
}

TEST(NormalQuantile, InvertsTheCdf) {
  for (const double x : {-5.0, -2.5, -1.0, 0.0, 0.3, 1.9, 4.5}) EXPECT_NEAR(NormalQuantile(NormalCdf(x)), x, 1e-6);
}

TEST(LatticeNoise, HasUnitVarianceAndIsCorrelatedOverItsScale) {
  double sum2 = 0, near = 0, far = 0;
  const int count = 20000;
  Rng rng(9, 9, 9);
  for (int i = 0; i < count; ++i) {
    const double ra = rng.Uniform(0, 359), dec = rng.Uniform(-60, 60);
    const double here = LatticeNoise(5, 1, 1.0, ra, dec);
    sum2 += here * here;
    near += here * LatticeNoise(5, 1, 1.0, ra, dec + 0.1);
    far += here * LatticeNoise(5, 1, 1.0, ra, dec + 5);
  }
  EXPECT_NEAR(sum2 / count, 1, 0.05);
  EXPECT_GT(near / count, 0.8);
  EXPECT_NEAR(far / count, 0, 0.05);
}

TEST(LatticeNoise, IsContinuousAcrossRaZero) {
  for (double dec = -80; dec < 80; dec += 7) {
    EXPECT_NEAR(LatticeNoise(5, 1, 1.0, 359.99999, dec), LatticeNoise(5, 1, 1.0, 0.00001, dec), 1e-3);
  }
}

TEST(SweepName, FollowsTheGeneratorOfTheRealFiles) {
  EXPECT_EQ(SweepName({0, 5, -5, 0}), "sweep-000m005-005p000.fits");
  EXPECT_EQ(SweepName({355, 360, 30, 35}), "sweep-355p030-360p035.fits");
  EXPECT_EQ(SweepName({75, 80, -35, -30}), "sweep-075m035-080m030.fits");
  EXPECT_EQ(SweepName(BoxOf(Release::kDr9, 315.2, -3)), "sweep-310m005-320p000.fits");
}

TEST(BoxOf, HoldsItsPlace) {
  Rng rng(6, 6, 6);
  for (int i = 0; i < 30000; ++i) {
    // Half of the places lie on whole degrees, where boxes begin.
    const double ra = i % 2 == 0 ? rng.Uniform(0, 360) : static_cast<double>(rng.Below(360));
    const double dec = i % 2 == 0 ? rng.Uniform(-90, 90) : static_cast<double>(rng.Below(180)) - 90;
    for (const Release release : {Release::kDr8, Release::kDr9, Release::kDr10}) {
      ASSERT_TRUE(BoxOf(release, ra, dec).Holds(ra, dec)) << ra << " " << dec;
    }
  }
}

int NumComponents(const std::vector<sky::Brick>& bricks) {
  std::set<sky::Brick> left(bricks.begin(), bricks.end());
  int components = 0;
  while (!left.empty()) {
    ++components;
    std::queue<sky::Brick> todo;
    todo.push(*left.begin());
    left.erase(left.begin());
    while (!todo.empty()) {
      for (const sky::Brick neighbor : sky::EdgeNeighbors(todo.front())) {
        if (left.erase(neighbor) != 0) todo.push(neighbor);
      }
      todo.pop();
    }
  }
  return components;
}

TEST(BricksInPatches, CoversTheHardPlacesOfTheSky) {
  const std::vector<sky::Brick> bricks = BricksInPatches(80);
  EXPECT_EQ(bricks.size(), 80U);
  EXPECT_EQ(NumComponents(bricks), 11);
  bool west_of_zero = false, east_of_zero = false, far_south = false, above = false, below = false;
  for (const sky::Brick brick : bricks) {
    const sky::BrickBounds b = sky::BoundsOf(brick);
    west_of_zero |= b.ra2_deg == 360;
    east_of_zero |= b.ra1_deg == 0;
    far_south |= b.dec2_deg < -60;
    above |= b.dec1_deg == 32.375;
    below |= b.dec2_deg == 32.375;
  }
  EXPECT_TRUE(west_of_zero && east_of_zero && far_south && above && below);
}

TEST(BricksInPatches, GivesExactlyTheNumberAskedFor) {
  for (const int64_t count : {1, 2, 3, 7, 10, 11, 12, 100, 777, 20000}) {
    const std::vector<sky::Brick> bricks = BricksInPatches(count);
    EXPECT_EQ(static_cast<int64_t>(bricks.size()), count);
    EXPECT_TRUE(std::is_sorted(bricks.begin(), bricks.end()));
    EXPECT_EQ(std::adjacent_find(bricks.begin(), bricks.end()), bricks.end());
  }
}

TEST(BricksInBoxes, WrapsAtRaZeroAndJoinsBoxes) {
  DHS_ASSERT_OK_AND_ASSIGN(const auto bricks, BricksInBoxes("359.5,0.5,-0.5,0.5; 10,10.5,60,60.3"));
  int64_t wrapped = 0;
  for (const sky::Brick brick : bricks) {
    const double ra = sky::CenterRaDeg(brick), dec = sky::CenterDecDeg(brick);
    const bool first = (ra >= 359.5 || ra < 0.5) && dec >= -0.5 && dec < 0.5;
    const bool second = ra >= 10 && ra < 10.5 && dec >= 60 && dec < 60.3;
    EXPECT_TRUE(first || second) << ra << " " << dec;
    wrapped += first ? 1 : 0;
  }
  EXPECT_EQ(wrapped, 16);
  EXPECT_GT(bricks.size(), 16U);
}

TEST(BricksInBoxes, RefusesWhatIsNoBox) {
  for (const char* box : {"1,2,3", "1,2,3,x", "1,2,5,4", "-1,2,3,4", "1,361,3,4", "1,2,3,95", "", "1,2,3,4;"}) {
    DHS_EXPECT_ERROR(BricksInBoxes(box), ExitCode::kUsage, "RA1,RA2,DEC1,DEC2");
  }
  DHS_EXPECT_ERROR(BricksInBoxes("1,1.001,3,3.001"), ExitCode::kUsage, "no brick");
}

TEST(BricksInList, ReadsTextCsvAndGzip) {
  const std::string csv = "brickname,lrg_count\r\n1126p222,8\r\n# note\n\n\"0001p000\",1\n1126p222,8\n";
  DHS_ASSERT_OK_AND_ASSIGN(const auto plain, BricksInList(csv, "l.csv"));
  ASSERT_EQ(plain.size(), 2U);
  EXPECT_EQ(sky::NameOf(plain[0]).ToString(), "0001p000");
  DHS_ASSERT_OK_AND_ASSIGN(const std::string packed, fits::GzipCompress(csv));
  DHS_ASSERT_OK_AND_ASSIGN(const auto unpacked, BricksInList(packed, "l.csv.gz"));
  EXPECT_EQ(unpacked, plain);
}

TEST(BricksInList, RefusesUnknownNames) {
  DHS_EXPECT_ERROR(BricksInList("1126p222\n1126p223\n", "l.txt"), ExitCode::kData, "l.txt: line 2: '1126p223'");
  DHS_EXPECT_ERROR(BricksInList("name\nother\n1126p222\n", "l.txt"), ExitCode::kData, "line 2: 'other'");
  DHS_EXPECT_ERROR(BricksInList("brickname\n", "l.txt"), ExitCode::kData, "no brick name");
  DHS_EXPECT_ERROR(BricksInList("\x1f\x8b garbage", "l.gz"), ExitCode::kData, "damaged");
}

float FluxOf(double mag) { return static_cast<float>(std::pow(10.0, 0.4 * (22.5 - mag))); }

std::array<float, kNumBands> Fluxes(double r, double z, double w1) {
  return {1, FluxOf(r), 1, FluxOf(z), FluxOf(w1), 0, 0, 0};
}

TEST(Tally, ChargesARowToTheFirstCutItFails) {
  Tally tally;
  tally.Count(SourceType::kPsf, Fluxes(20, 19, 17));         // psf
  tally.Count(SourceType::kDup, {});                         // flux
  tally.Count(SourceType::kRex, {1, 1, 1, -1, 1, 1, 1, 1});  // flux
  tally.Count(SourceType::kRex, Fluxes(20.9, 20.7, 20.6));   // zmag of v3, rz of v4, rz of v5
  tally.Count(SourceType::kRex, Fluxes(20.0, 19.7, 19.6));   // rz of v3
  tally.Count(SourceType::kRex, Fluxes(20.5, 19.5, 18.8));   // zw1
  tally.Count(SourceType::kSer, Fluxes(20.5, 19.5, 18.0));   // v3
  tally.Count(SourceType::kDev, Fluxes(20.5, 19.5, 17.5));   // v1
  EXPECT_EQ(tally.num_rows, 8);
  EXPECT_EQ(tally.n_gal, 5);
  EXPECT_EQ(tally.n_lrg, (std::array<int64_t, 5>{1, 1, 2, 2, 2}));
  EXPECT_EQ(tally.rejected[2], (std::array<int64_t, 6>{0, 1, 2, 1, 1, 1}));
  EXPECT_EQ(tally.rejected[3], (std::array<int64_t, 6>{0, 1, 2, 0, 2, 1}));
}

TEST(Tally, CountsInfiniteFluxAsGalaxyAndNeverAsLrg) {
  Tally tally;
  auto flux = Fluxes(20.5, 19.5, 18.0);
  flux[kW1] = std::numeric_limits<float>::infinity();
  tally.Count(SourceType::kRex, flux);
  flux[kW1] = std::numeric_limits<float>::quiet_NaN();
  tally.Count(SourceType::kRex, flux);
  EXPECT_EQ(tally.n_gal, 1);
  EXPECT_EQ(tally.n_lrg.back(), 0);
  EXPECT_EQ(tally.rejected[0][2], 2);
}

TEST(DrawLrg, PassesTheVariantItIsDrawnFor) {
  Rng rng(3, 3, 3);
  const double limits[3][4] = {{0, 20.4, 0.4, 0.8}, {20.4, 21.0, 0.4, 0.8}, {21.0, 21.5, 0.3, 0.8}};
  for (int part = 0; part < 3; ++part) {
    for (int i = 0; i < 3000; ++i) {
      const bool red = part == 0 && i % 10 == 0;
      const LrgMagnitudes m = DrawLrg(rng, static_cast<LrgPart>(part), red, i % 2 == 0 ? 0.01 : 0.3);
      EXPECT_GE(m.z, limits[part][0]);
      EXPECT_LE(m.z, limits[part][1]);
      EXPECT_GT(m.r - m.z, limits[part][2]);
      EXPECT_GT(m.z - m.w1, limits[part][3]);
      EXPECT_EQ(part == 0 && m.z - m.w1 > 1.6, red);
      EXPECT_TRUE(m.type != SourceType::kPsf && m.type != SourceType::kDup);
    }
  }
}

TEST(BrickSources, LieStrictlyInsideTheBrickInRisingRa) {
  const sky::Brick places[] = {sky::BrickAt(0.1, 0), sky::BrickAt(359.9, 0), sky::BrickAt(60, -65),
                               sky::BrickAt(180, -90), sky::BrickAt(180, 32.375)};
  for (const sky::Brick brick : places) {
    const BrickConditions conditions = ConditionsOf(11, brick, Release::kDr10, 0);
    BrickSources sources(11, conditions, Release::kDr10);
    EXPECT_GT(sources.size(), 1000);
    double last_ra = -1;
    for (int64_t i = 0; i < sources.size(); ++i) {
      const Source source = sources.Next();
      ASSERT_GE(source.ra_deg, last_ra);
      ASSERT_GT(source.ra_deg, conditions.bounds.ra1_deg);
      ASSERT_LT(source.ra_deg, conditions.bounds.ra2_deg);
      ASSERT_GT(source.dec_deg, conditions.bounds.dec1_deg);
      ASSERT_LT(source.dec_deg, conditions.bounds.dec2_deg);
      last_ra = source.ra_deg;
    }
  }
}

TEST(BrickMasks, DifferFromBrickToBrickAndStayWithinTheRelease) {
  std::set<int64_t> masked;
  for (int i = 0; i < 20; ++i) {
    const sky::Brick brick = sky::BrickAt(100 + i, 10);
    for (const Release release : {Release::kDr8, Release::kDr10}) {
      const BrickConditions conditions = ConditionsOf(2, brick, release, 0);
      const BrickMasks masks(2, conditions, release);
      int64_t medium = 0;
      for (int k = 0; k < 2500; ++k) {
        const double ra =
            conditions.bounds.ra1_deg + (k % 50 + 0.5) / 50 * (conditions.bounds.ra2_deg - conditions.bounds.ra1_deg);
        const double dec = conditions.bounds.dec1_deg + (k / 50 + 0.5) / 200;
        const int32_t bits = masks.BitsAt(ra, dec);
        ASSERT_EQ(release == Release::kDr8 ? bits & ~0x3FFF : 0, 0);
        medium += (bits & kMedium) != 0 ? 1 : 0;
      }
      masked.insert(medium);
    }
  }
  EXPECT_GT(masked.size(), 8U);
}

TEST(ConditionsOf, DependsOnSeedAndBrickAlone) {
  const sky::Brick brick = sky::BrickAt(150, 2);
  const BrickConditions a = ConditionsOf(1, brick, Release::kDr10, 0.01),
                        b = ConditionsOf(1, brick, Release::kDr10, 0.01);
  EXPECT_EQ(a.ebv, b.ebv);
  EXPECT_EQ(a.psfdepth_mag, b.psfdepth_mag);
  EXPECT_NE(a.ebv, ConditionsOf(2, brick, Release::kDr10, 0.01).ebv);
  EXPECT_EQ(ConditionsOf(1, brick, Release::kDr9, 0.01).psfdepth_mag[kI], 0);
}

// Targets: percentiles over some 320,000 real bricks.
TEST(DrawCounts, FollowTheRealCountsPerBrick) {
  std::vector<std::vector<int64_t>> counts(5);
  double n_gal = 0;
  int64_t bricks = 0;
  for (int32_t id = 200000; id < 500000; id += 97) {
    const BrickConditions conditions = ConditionsOf(1, *sky::BrickFromId(id), Release::kDr10, 0);
    const BrickCounts drawn = DrawCounts(1, conditions);
    for (size_t v = 0; v < 5; ++v) counts[v].push_back(drawn.n_lrg[v]);
    for (size_t v = 1; v < 5; ++v) ASSERT_LE(drawn.n_lrg[v - 1], drawn.n_lrg[v]);
    n_gal += static_cast<double>(drawn.n_gal);
    ++bricks;
  }
  const double mean[5] = {1.8, 6.1, 76.0, 176.1, 310.3};
  const double p90[5] = {4, 10, 102, 226, 388};
  for (size_t v = 0; v < 5; ++v) {
    double sum = 0;
    for (const int64_t count : counts[v]) sum += static_cast<double>(count);
    std::sort(counts[v].begin(), counts[v].end());
    EXPECT_NEAR(sum / static_cast<double>(bricks), mean[v], 0.08 * mean[v]) << v;
    EXPECT_NEAR(static_cast<double>(counts[v][counts[v].size() * 9 / 10]), p90[v], std::max(1.0, 0.06 * p90[v])) << v;
  }
  EXPECT_NEAR(n_gal / static_cast<double>(bricks), 3191, 450);
}

}  // namespace
}  // namespace dhs::mock
