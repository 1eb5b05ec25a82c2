// SPDX-License-Identifier: Apache-2.0
#include "sky/box_reach.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "testing/box_distance.h"

namespace dhs::sky {
namespace {

BrickBounds Box(double ra1, double width, const DecRange& dec) {
  return {ra1, ra1 + width, dec.dec1_deg, dec.dec2_deg};
}

TEST(BoxReachTest, OnTheEquatorItIsTheDistanceItself) {
  const DecRange row{-0.125, 0.125};
  // The nearest points lie on the upper or lower edges, which converge a little towards the poles.
  EXPECT_NEAR(*RaReachDeg(row, row, 1.0), 1.0, 1e-5);
  EXPECT_GT(*RaReachDeg(row, row, 1.0), 1.0);
}

TEST(BoxReachTest, GrowsTowardsThePoles) {
  const DecRange row{79.875, 80.125};
  EXPECT_NEAR(*RaReachDeg(row, row, 0.5), 0.5 / std::cos(80.125 * M_PI / 180), 1e-2);
  EXPECT_EQ(*RaReachDeg({89.5, 89.75}, {89.5, 89.75}, 0.6), 360.0) << "across the pole";
  EXPECT_LT(*RaReachDeg({89.5, 89.75}, {89.5, 89.75}, 0.4), 180.0) << "opposite bricks are 0.5 deg apart";
}

TEST(BoxReachTest, RowsThatAreFartherApartInDecNeverMeet) {
  EXPECT_FALSE(RaReachDeg({0, 0.25}, {0.5, 0.75}, 0.25).has_value()) << "exactly at the distance is not closer";
  EXPECT_TRUE(RaReachDeg({0, 0.25}, {0.5, 0.75}, 0.2500001).has_value());
  EXPECT_FALSE(RaReachDeg({-90, -89.875}, {89, 90}, 10).has_value());
}

TEST(BoxReachTest, TheNearestPointsNeedNotBeCorners) {
  // From the north-east corner of the lower box the shortest way to the meridian runs to the north of the corner's Dec.
  const DecRange a{60, 60.25}, b{55, 66};
  const double reach = *RaReachDeg(a, b, 2.0);
  double corners = 0;
  for (const double d1 : {60.0, 60.25}) {
    for (const double d2 : {55.0, 66.0}) corners = std::max(corners, RaReachDeg({d1, d1}, {d2, d2}, 2.0).value_or(0));
  }
  EXPECT_GT(reach, corners);
  EXPECT_NEAR(testing::BoxDistanceDeg(Box(10, 1, a), Box(11 + reach, 1, b)), 2.0, 1e-7);
}

RC_GTEST_PROP(BoxReachProperty, IsTheGapAtWhichBoxesAreAsFarApartAsAsked, ()) {
  const double dec_a = *rc::gen::element(-90.0, -89.75, -85.0, -30.0, 0.0, 45.0, 84.9, 89.625);
  const DecRange a{dec_a, std::min(90.0, dec_a + *rc::gen::element(0.07, 0.25, 0.375))};
  const double dec_b = std::clamp(dec_a + *rc::gen::inRange(-20, 21) * 0.125, -90.0, 89.9);
  const DecRange b{dec_b, std::min(90.0, dec_b + *rc::gen::element(0.07, 0.25, 2.0))};
  const double distance = *rc::gen::inRange(1, 300) / 100.0;
  const double width_a = *rc::gen::element(0.25, 3.0, 36.0), width_b = *rc::gen::element(0.25, 3.0, 36.0);
  const auto at_gap = [&](double gap) {
    return testing::BoxDistanceDeg(Box(350, width_a, a), Box(350 + width_a + gap, width_b, b));
  };
  const double greatest_gap = (360 - width_a - width_b) / 2;
  const auto reach = RaReachDeg(a, b, distance);
  if (!reach) {
    RC_ASSERT(at_gap(0) >= distance - 1e-9);
  } else if (*reach >= greatest_gap) {
    RC_ASSERT(at_gap(greatest_gap) <= distance + 1e-9);
  } else {
    RC_ASSERT(std::fabs(at_gap(*reach) - distance) < 1e-7);
    RC_ASSERT(*reach < 1e-3 || at_gap(*reach * 0.99) < distance);
    RC_ASSERT(*reach * 1.01 > greatest_gap || at_gap(*reach * 1.01) > distance);
  }
}

}  // namespace
}  // namespace dhs::sky
