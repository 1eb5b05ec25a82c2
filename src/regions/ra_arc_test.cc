// SPDX-License-Identifier: Apache-2.0
#include "regions/ra_arc.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dhs::regions {
namespace {

TEST(RaArcTest, IsThePlainRangeAwayFromRaZero) {
  const RaArc arc = ShortestArc({12, 10, 11.5});
  EXPECT_EQ(arc.from_deg, 10);
  EXPECT_EQ(arc.to_deg, 12);
  EXPECT_EQ(arc.SpanDeg(), 2);
}

TEST(RaArcTest, CrossesRaZeroWhereThatIsShorter) {
  const RaArc arc = ShortestArc({359.5, 0.25, 1});
  EXPECT_EQ(arc.from_deg, 359.5);
  EXPECT_EQ(arc.to_deg, 1);
  EXPECT_EQ(arc.SpanDeg(), 1.5);
}

TEST(RaArcTest, OnePointHasNoSpan) { EXPECT_EQ(ShortestArc({42}).SpanDeg(), 0); }

TEST(RaArcTest, ARingOfEqualGapsIsLeftOpenAtRaZero) {
  std::vector<double> ring;
  for (int k = 0; k < 1440; ++k) ring.push_back((k + 0.5) * 360.0 / 1440);
  const RaArc arc = ShortestArc(ring);
  EXPECT_EQ(arc.from_deg, ring.front());
  EXPECT_EQ(arc.to_deg, ring.back());
}

RC_GTEST_PROP(RaArcProperty, LeavesOutTheWidestGap, ()) {
  std::vector<double> points;
  const int num_points = *rc::gen::inRange(1, 40);
  for (int i = 0; i < num_points; ++i) points.push_back(*rc::gen::inRange(0, 36'001) / 100.0);
  const RaArc arc = ShortestArc(points);
  std::sort(points.begin(), points.end());
  double widest = points.front() + 360.0 - points.back();
  for (size_t i = 1; i < points.size(); ++i) widest = std::max(widest, points[i] - points[i - 1]);
  RC_ASSERT(std::abs(360.0 - widest - arc.SpanDeg()) < 1e-9);
  for (const double p : points) {
    const double along = p >= arc.from_deg ? p - arc.from_deg : p + 360.0 - arc.from_deg;
    RC_ASSERT(along <= arc.SpanDeg() + 1e-9);
  }
}

}  // namespace
}  // namespace dhs::regions
