// SPDX-License-Identifier: Apache-2.0
// Every number here is published with, or computed from, desiutil's brick.py (bricksize 0.25), unless said otherwise.
#include "sky/tessellation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dhs::sky {
namespace {

std::string NameText(Brick brick) { return NameOf(brick).ToString(); }

template <typename Visit>
void ForEachBrick(Visit visit) {
  for (int32_t row = 0; row < kNumRows; ++row) {
    for (int32_t col = 0; col < NumColumns(row); ++col) visit(Brick{row, col});
  }
}

TEST(TessellationTest, RowsHaveThePublishedNumbersOfColumns) {
  EXPECT_EQ((std::array{NumColumns(0), NumColumns(1), NumColumns(2), NumColumns(3), NumColumns(4), NumColumns(5)}),
            (std::array{1, 10, 16, 22, 30, 36}));
  EXPECT_EQ((std::array{NumColumns(358), NumColumns(359), NumColumns(360), NumColumns(361), NumColumns(362)}),
            (std::array{1440, 1440, 1440, 1440, 1440}));
  int64_t sum = 0;
  for (int32_t row = 0; row < kNumRows; ++row) {
    sum += NumColumns(row);
    EXPECT_EQ(NumColumns(row), NumColumns(kNumRows - 1 - row)) << "row " << row;
    if (row > 0 && row < kNumRows - 1) {
      EXPECT_EQ(NumColumns(row) % 2, 0) << "row " << row;
    }
  }
  EXPECT_EQ(sum, 662'174);
  EXPECT_EQ(kNumBricks, 662'174);
}

TEST(TessellationTest, FindsTheBricksOfTheReferencePoints) {
  const std::vector<int32_t> ids = {323162, 324603, 327484, 328926, 330367, 331808, 333250, 334691, 337572, 339014};
  const std::vector<int32_t> qs = {0, 3, 2, 0, 3, 2, 0, 3, 2, 0};
  // The reference keeps areas as float32.
  const std::vector<float> areas = {0.062478535f, 0.062485076f, 0.062494595f, 0.062497571f, 0.062499356f,
                                    0.062499356f, 0.062497571f, 0.062494595f, 0.062485076f, 0.062478535f};
  for (size_t i = 0; i < ids.size(); ++i) {
    const double x = static_cast<double>(i) * (3.0 / 9.0) - 1.5;
    const Brick brick = BrickAt(x, x);
    EXPECT_EQ(BrickId(brick), ids[i]) << x;
    EXPECT_EQ(BrickQ(brick), qs[i]) << x;
    EXPECT_EQ(static_cast<float>(AreaDeg2(brick)), areas[i]) << x;
  }
}

TEST(TessellationTest, FindsTheBricksOfTheCornersOfTheSky) {
  EXPECT_EQ(NameText(BrickAt(0, 0)), "0001p000");
  EXPECT_EQ(BrickId(BrickAt(0, 0)), 330368);
  EXPECT_EQ(NameText(BrickAt(359.9999, 0)), "3598p000");
  EXPECT_EQ(BrickId(BrickAt(359.9999, 0)), 331807);
  EXPECT_EQ(BrickAt(360, 0), BrickAt(0, 0));
  EXPECT_EQ(BrickAt(-0.0001, 0), BrickAt(359.9999, 0));
  EXPECT_EQ(BrickAt(-1e-300, 0), BrickAt(0, 0));
  EXPECT_EQ(BrickAt(725.5, 10), BrickAt(5.5, 10));
  EXPECT_EQ(NameText(BrickAt(77, -90)), "1800m900");
  EXPECT_EQ(BrickId(BrickAt(77, -90)), 1);
  EXPECT_EQ(NameText(BrickAt(77, 90)), "1800p900");
  EXPECT_EQ(BrickId(BrickAt(77, 90)), kNumBricks);
  EXPECT_EQ(BrickAt(77, 1000), BrickAt(77, 90));
}

TEST(TessellationTest, AgreesWithARowOfTheSurveyBricksFile) {
  // The one row of testing/data/real/survey-bricks.fits.gz.
  const Brick brick = BrickAt(95.9504132231405, 80.5);
  EXPECT_EQ(NameText(brick), "0959p805");
  EXPECT_EQ(BrickId(brick), 657438);
  EXPECT_EQ(BrickQ(brick), 0);
  EXPECT_EQ(brick, (Brick{682, 64}));
  const BrickBounds bounds = BoundsOf(brick);
  EXPECT_DOUBLE_EQ(CenterRaDeg(brick), 95.9504132231405);
  EXPECT_EQ(CenterDecDeg(brick), 80.5);
  EXPECT_DOUBLE_EQ(bounds.ra1_deg, 95.20661157024796);
  EXPECT_DOUBLE_EQ(bounds.ra2_deg, 96.69421487603307);
  EXPECT_EQ(bounds.dec1_deg, 80.375);
  EXPECT_EQ(bounds.dec2_deg, 80.625);
}

TEST(TessellationTest, AreasAddUpToTheSphere) {
  double sum = 0, least = 1, greatest = 0;
  std::set<int32_t> rows_of_least;
  ForEachBrick([&](Brick brick) {
    const double area = AreaDeg2(brick);
    sum += area;
    greatest = std::max(greatest, area);
    if (area < least - 1e-12) rows_of_least.clear();
    least = std::min(least, area);
    if (area <= least + 1e-12) rows_of_least.insert(brick.row);
  });
  EXPECT_NEAR(sum, 41252.9612, 5e-5);
  EXPECT_NEAR(sum / kNumBricks, 0.062299, 5e-7);
  EXPECT_NEAR(least, 0.03927, 5e-6);
  EXPECT_EQ(rows_of_least, (std::set<int32_t>{1, 719}));
  EXPECT_EQ(static_cast<float>(greatest), 0.0624999515f);
  EXPECT_EQ(static_cast<float>(AreaDeg2({0, 0})), 0.049087364f);
  EXPECT_EQ(static_cast<float>(AreaDeg2({720, 0})), 0.049087364f);
  EXPECT_EQ(static_cast<float>(AreaDeg2({360, 0})), 0.0624999515f);
}

TEST(TessellationTest, EveryNameIsUniqueAndLeadsBackToItsBrick) {
  std::unordered_set<BrickName> names;
  names.reserve(kNumBricks);
  int32_t id = 0;
  int num_wrong = 0;
  ForEachBrick([&](Brick brick) {
    ++id;
    const BrickName name = NameOf(brick);
    names.insert(name);
    num_wrong += BrickFromName(name) != brick || BrickId(brick) != id || BrickFromId(id) != brick;
  });
  EXPECT_EQ(num_wrong, 0);
  EXPECT_EQ(names.size(), static_cast<size_t>(kNumBricks));
}

TEST(TessellationTest, NamesTruncateAfterRoundingAndNotOtherwise) {
  EXPECT_EQ(NameText(BrickAt(140.39999999999998, -67.75)), "1404m677");
  EXPECT_EQ(NameText(BrickAt(0.1, 0.25)), "0001p002");
  int num_floor_differs = 0, num_round_differs = 0, num_reference_differs = 0;
  ForEachBrick([&](Brick brick) {
    const std::string name = NameText(brick);
    const double ra = CenterRaDeg(brick);
    char text[32];
    std::snprintf(text, sizeof text, "%04d", static_cast<int>(std::floor(ra * 10)));
    num_floor_differs += name.substr(0, 4) != text;
    std::snprintf(text, sizeof text, "%04d", static_cast<int>(std::nearbyint(ra * 10)));
    num_round_differs += name.substr(0, 4) != text;
    // desiutil: the first digits of the numbers rounded to 1e-4 deg.
    char digits[32];
    std::snprintf(digits, sizeof digits, "%07ld", std::lround(ra * 1e4));
    std::string reference = std::string(digits, 4) + (CenterDecDeg(brick) >= 0 ? 'p' : 'm');
    std::snprintf(digits, sizeof digits, "%06ld", std::lround(std::fabs(CenterDecDeg(brick)) * 1e4));
    num_reference_differs += name != reference + std::string(digits, 3);
  });
  EXPECT_EQ(num_floor_differs, 470);
  EXPECT_EQ(num_round_differs, 325'338);
  EXPECT_EQ(num_reference_differs, 0);
}

TEST(TessellationTest, RefusesNamesAndIdsThatNoBrickBears) {
  for (const char* text : {"0000p000", "0002p000", "0001m000", "0001p001", "0001p003", "9999p000", "1800p902",
                           "1800m999", "1801m900", "3600p000"}) {
    EXPECT_FALSE(BrickFromName(*BrickName::Parse(text)).has_value()) << text;
  }
  EXPECT_FALSE(BrickFromName(BrickName()).has_value());
  EXPECT_FALSE(BrickFromId(0).has_value());
  EXPECT_FALSE(BrickFromId(kNumBricks + 1).has_value());
  EXPECT_FALSE(BrickFromId(std::numeric_limits<int32_t>::min()).has_value());
}

TEST(TessellationTest, EdgesAndCentresBelongToTheBrick) {
  int num_wrong = 0;
  ForEachBrick([&](Brick brick) {
    const BrickBounds bounds = BoundsOf(brick);
    num_wrong += BrickAt(CenterRaDeg(brick), CenterDecDeg(brick)) != brick;
    num_wrong += BrickAt(bounds.ra1_deg, bounds.dec1_deg) != brick;
    num_wrong += BrickAt(std::nextafter(bounds.ra2_deg, 0.0), std::nextafter(bounds.dec2_deg, -100.0)) != brick;
  });
  EXPECT_EQ(num_wrong, 0);
}

TEST(TessellationTest, QuadrantsFollowRowAndColumn) {
  EXPECT_EQ(BrickQ({0, 0}), 1);
  EXPECT_EQ(BrickQ({1, 0}), 2);
  EXPECT_EQ(BrickQ({1, 1}), 3);
  EXPECT_EQ(BrickQ({2, 0}), 0);
  EXPECT_EQ(BrickQ({2, 1}), 1);
}

TEST(TessellationTest, BricksHaveThePublishedNumbersOfNeighbours) {
  std::map<size_t, int64_t> totals;
  std::map<int64_t, int64_t> upward;
  ForEachBrick([&](Brick brick) {
    const std::vector<Brick> neighbors = EdgeNeighbors(brick);
    if (brick.row == 0 || brick.row == kNumRows - 1) {
      EXPECT_EQ(neighbors.size(), 10u);
      return;
    }
    ++totals[neighbors.size()];
    if (brick.row <= 718) {
      ++upward[std::count_if(neighbors.begin(), neighbors.end(), [&](Brick n) { return n.row == brick.row + 1; })];
    }
  });
  EXPECT_EQ(totals, (std::map<size_t, int64_t>{{4, 56'236}, {5, 108'524}, {6, 497'036}, {7, 376}}));
  EXPECT_EQ(upward, (std::map<int64_t, int64_t>{{1, 110'858}, {2, 550'746}, {3, 558}}));
}

TEST(TessellationTest, NeighbourhoodIsSortedAndMutual) {
  int64_t num_wrong = 0;
  ForEachBrick([&](Brick brick) {
    const std::vector<Brick> neighbors = EdgeNeighbors(brick);
    num_wrong += !std::is_sorted(neighbors.begin(), neighbors.end());
    num_wrong += std::adjacent_find(neighbors.begin(), neighbors.end()) != neighbors.end();
    if (brick.col % 7 != 0 && brick.row % 13 != 0) return;  // the far side of a sample; it covers every row
    for (const Brick neighbor : neighbors) {
      const std::vector<Brick> back = EdgeNeighbors(neighbor);
      num_wrong += neighbor == brick || std::find(back.begin(), back.end(), brick) == back.end();
    }
  });
  EXPECT_EQ(num_wrong, 0);
}

// Neighbours by the bounds alone: an edge of positive length in common, RA 0 = RA 360.
bool ShareAnEdge(Brick a, Brick b) {
  const BrickBounds x = BoundsOf(a), y = BoundsOf(b);
  const auto overlap = [](double lo1, double hi1, double lo2, double hi2) {
    return std::min(hi1, hi2) - std::max(lo1, lo2) > 1e-9;
  };
  if (a.row == b.row) {
    return a != b && (x.ra2_deg == y.ra1_deg || y.ra2_deg == x.ra1_deg || std::fabs(x.ra2_deg - y.ra1_deg) == 360.0 ||
                      std::fabs(y.ra2_deg - x.ra1_deg) == 360.0);
  }
  return std::abs(a.row - b.row) == 1 && overlap(x.ra1_deg, x.ra2_deg, y.ra1_deg, y.ra2_deg);
}

RC_GTEST_PROP(TessellationProperty, NeighboursAreThoseThatShareAnEdge, ()) {
  const int32_t row = *rc::gen::inRange(0, kNumRows);
  const int32_t col = *rc::gen::inRange(0, NumColumns(row));
  const Brick brick{row, col};
  std::vector<Brick> expected;
  for (int32_t r = std::max(0, row - 1); r <= std::min(kNumRows - 1, row + 1); ++r) {
    for (int32_t c = 0; c < NumColumns(r); ++c) {
      if (ShareAnEdge(brick, {r, c})) expected.push_back({r, c});
    }
  }
  RC_ASSERT(EdgeNeighbors(brick) == expected);
}

RC_GTEST_PROP(TessellationProperty, APointLiesInsideItsBrick, ()) {
  const double ra = *rc::gen::inRange(0, 360'000'000) / 1e6;
  const double dec = *rc::gen::inRange(-90'000'000, 90'000'001) / 1e6;
  const BrickBounds bounds = BoundsOf(BrickAt(ra, dec));
  RC_ASSERT(bounds.ra1_deg <= ra && ra < bounds.ra2_deg);
  RC_ASSERT(bounds.dec1_deg <= dec && (dec < bounds.dec2_deg || dec == 90.0));
  RC_ASSERT(BrickAt(ra, dec) == BrickAt(ra + 360.0, dec) || ra + 360.0 - 360.0 != ra);
}

}  // namespace
}  // namespace dhs::sky
