// SPDX-License-Identifier: Apache-2.0
// The buffer against distances found by brute force (testing/box_distance.h), on patches at every declination.
#include "regions/split_buffer.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "testing/box_distance.h"
#include "testing/footprints.h"
#include "testing/testing.h"

namespace dhs::regions {
namespace {

using dhs::testing::Footprint;

BrickRows RowsOf(const Footprint& footprint) {
  const BrickBoxes boxes = FindBoxes(footprint.bricks, "bricks").ValueOrDie();
  return MakeBrickRows(boxes, footprint.bricks.name, "bricks").ValueOrDie();
}

// By searching the borders of both, unless their centres and radii decide on which side of `limit` they are: then some
// distance on that side.
double DistanceDeg(const Footprint& f, size_t i, size_t j, double limit) {
  const sky::BrickBounds a = f.Bounds(i), b = f.Bounds(j);
  const double centres = dhs::testing::PointDistanceDeg((a.ra1_deg + a.ra2_deg) / 2, (a.dec1_deg + a.dec2_deg) / 2,
                                                        (b.ra1_deg + b.ra2_deg) / 2, (b.dec1_deg + b.dec2_deg) / 2);
  const double at_least = centres - dhs::testing::BoxRadiusDeg(a) - dhs::testing::BoxRadiusDeg(b);
  if (centres < 0.99 * limit) return centres;
  return at_least > 1.01 * limit ? at_least : dhs::testing::BoxDistanceDeg(a, b);
}

// A brick is to be in the buffer if one of another split is within reach; ties with the reach itself may go either way.
struct Check {
  int64_t num_wrong = 0, num_buffer = 0, num_left = 0;
  double least_left = 180.0;  // between any two bricks of different splits that are left
};

Check CheckAgainstBruteForce(const Footprint& f, const std::vector<Split>& before, const std::vector<Split>& after,
                             double buffer_deg) {
  Check check;
  std::vector<double> nearest(f.size(), 180.0);
  for (size_t i = 0; i < f.size(); ++i) {
    for (size_t j = i + 1; j < f.size(); ++j) {
      if (before[i] == before[j]) continue;
      const double distance = DistanceDeg(f, i, j, buffer_deg);
      nearest[i] = std::min(nearest[i], distance);
      nearest[j] = std::min(nearest[j], distance);
      if (after[i] != Split::kBuffer && after[j] != Split::kBuffer) {
        check.least_left = std::min(check.least_left, distance);
      }
    }
  }
  for (size_t i = 0; i < f.size(); ++i) {
    const bool is_marked = after[i] == Split::kBuffer;
    check.num_buffer += is_marked;
    check.num_left += !is_marked;
    check.num_wrong += !is_marked && after[i] != before[i];
    check.num_wrong += is_marked ? nearest[i] > buffer_deg + 1e-7 : nearest[i] < buffer_deg - 1e-7;
  }
  return check;
}

// Splits by quadrants of the patch, with a few bricks elsewhere.
std::vector<Split> SplitsOf(const Footprint& f, double ra_deg, double dec_deg) {
  std::vector<Split> splits;
  for (size_t i = 0; i < f.size(); ++i) {
    const bool is_east = std::remainder(f.bricks.ra_deg[i] - ra_deg, 360.0) > 0;
    const bool is_north = f.bricks.dec_deg[i] > dec_deg;
    Split split = is_east ? Split::kTrain : is_north ? Split::kTest : Split::kVal;
    if (i % 211 == 5) split = Split::kTest;
    splits.push_back(split);
  }
  return splits;
}

struct Place {
  const char* name;
  int32_t first_row, last_row;
  double ra_deg, width_deg, middle_ra_deg;
};

class SplitBufferPatch : public ::testing::TestWithParam<Place> {};

TEST_P(SplitBufferPatch, LeavesSplitsApartByBruteForce) {
  const Place& place = GetParam();
  const Footprint f = dhs::testing::MakePatch(place.first_row, place.last_row, place.ra_deg, place.width_deg,
                                              [](sky::Brick brick) { return (brick.col * 7 + brick.row) % 13 != 0; });
  ASSERT_GT(f.size(), 150u);
  const BrickRows rows = RowsOf(f);
  const double middle_dec = (sky::CenterDecDeg({place.first_row, 0}) + sky::CenterDecDeg({place.last_row - 1, 0})) / 2;
  const std::vector<Split> before = SplitsOf(f, place.middle_ra_deg, middle_dec);
  for (const double buffer_deg : {0.1, 0.3, 1.0}) {
    SCOPED_TRACE(buffer_deg);
    DHS_ASSERT_OK_AND_ASSIGN(const auto after, MarkBuffer(rows, before, buffer_deg, 1, {}));
    const Check check = CheckAgainstBruteForce(f, before, after, buffer_deg);
    EXPECT_EQ(check.num_wrong, 0);
    EXPECT_GE(check.least_left, buffer_deg - 1e-9);
    EXPECT_GT(check.num_buffer, 0);
    EXPECT_GT(check.num_left, 0);
    DHS_ASSERT_OK_AND_ASSIGN(const auto by_threads, MarkBuffer(rows, before, buffer_deg, 3, {}));
    EXPECT_EQ(by_threads, after);
  }
}

INSTANTIATE_TEST_SUITE_P(Sky, SplitBufferPatch,
                         ::testing::Values(Place{"Equator", 350, 370, 100, 5, 102.5},
                                           Place{"RaZero", 450, 470, 357.5, 5, 0.0},
                                           Place{"Dec85South", 12, 30, 300, 60, 330.0},
                                           Place{"SouthPole", 0, 11, 0, 360, 180.0},
                                           Place{"NorthPole", 709, 721, 0, 360, 90.0}),
                         [](const auto& place) { return place.param.name; });

RC_GTEST_PROP(SplitBufferProperty, EqualsBruteForce, ()) {
  const Footprint f = *rc::gen::oneOf(dhs::testing::PatchesWithHoles(7), dhs::testing::ForeignTessellations());
  const double buffer_deg = *rc::gen::element(0.05, 0.26, 0.7, 2.0);
  std::vector<Split> before;
  for (size_t i = 0; i < f.size(); ++i) {
    before.push_back(*rc::gen::weightedElement<Split>({{8, Split::kTrain}, {1, Split::kTest}, {1, Split::kVal}}));
  }
  const auto after = MarkBuffer(RowsOf(f), before, buffer_deg, 2, {}).ValueOrDie();
  const Check check = CheckAgainstBruteForce(f, before, after, buffer_deg);
  RC_ASSERT(check.num_wrong == 0);
  RC_ASSERT(check.least_left >= buffer_deg - 1e-9);
}

TEST(SplitBufferTest, CountsTheGapBetweenAreasNotCentres) {
  // Columns of 0.25 deg: between bricks 10 and 12 lies one brick, a gap of 0.25 deg less the curvature of nothing much.
  Footprint f;
  f.Add({360, 10});
  f.Add({360, 12});
  const std::vector<Split> splits = {Split::kTrain, Split::kTest};
  DHS_ASSERT_OK_AND_ASSIGN(const auto within, MarkBuffer(RowsOf(f), splits, 0.2499, 1, {}));
  EXPECT_EQ(within, splits);
  DHS_ASSERT_OK_AND_ASSIGN(const auto beyond, MarkBuffer(RowsOf(f), splits, 0.2501, 1, {}));
  EXPECT_EQ(beyond, (std::vector<Split>{Split::kBuffer, Split::kBuffer})) << "both sides";
}

TEST(SplitBufferTest, OneSplitNeedsNoBuffer) {
  const Footprint f = dhs::testing::MakePatch(100, 110, 10, 5, [](sky::Brick) { return true; });
  const std::vector<Split> splits(f.size(), Split::kVal);
  DHS_ASSERT_OK_AND_ASSIGN(const auto after, MarkBuffer(RowsOf(f), splits, 10.0, 1, {}));
  EXPECT_EQ(after, splits);
}

}  // namespace
}  // namespace dhs::regions
