// SPDX-License-Identifier: Apache-2.0
#include "map/projection.h"

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace dhs::map {
namespace {

constexpr double kDegree = std::numbers::pi / 180.0;

std::vector<Projection> AllKinds() {
  return {Projection::Mollweide(0),          Projection::Mollweide(285),    Projection::Lambert({0, 0}),
          Projection::Lambert({123.4, -35}), Projection::Lambert({10, 90}), Projection::Lambert({0, -90})};
}

// Derivative along lon or dec, per radian, by a central difference of fourth order.
Point Derivative(const Projection& projection, double lon_deg, double dec_deg, bool along_dec) {
  constexpr double kStepDeg = 0.05;
  const auto at = [&](double steps) {
    const double shift = steps * kStepDeg;
    return projection.Forward(along_dec ? lon_deg : lon_deg + shift, along_dec ? dec_deg + shift : dec_deg);
  };
  const Point a = at(-2), b = at(-1), c = at(1), d = at(2);
  const double h = 12 * kStepDeg * kDegree;
  return {(a.x - 8 * b.x + 8 * c.x - d.x) / h, (a.y - 8 * b.y + 8 * c.y - d.y) / h};
}

TEST(ProjectionTest, KeepsAreasEverywhere) {
  for (const Projection& projection : AllKinds()) {
    for (double lon = -170; lon <= 170; lon += 17) {
      for (double dec = -80; dec <= 80; dec += 8) {
        // Opposite to its centre Lambert's map is singular.
        const Point p = projection.Forward(lon, dec);
        if (!projection.is_mollweide() && std::hypot(p.x, p.y) > 1.9) continue;
        const Point by_lon = Derivative(projection, lon, dec, false), by_dec = Derivative(projection, lon, dec, true);
        // x grows against RA, so the orientation is turned over.
        const double area = by_dec.x * by_lon.y - by_dec.y * by_lon.x;
        EXPECT_NEAR(area / std::cos(dec * kDegree), 1, 1e-9) << projection.is_mollweide() << ' ' << lon << ' ' << dec;
      }
    }
  }
}

RC_GTEST_PROP(ProjectionTest, InverseUndoesForward, ()) {
  const std::vector<Projection> kinds = AllKinds();
  const Projection& projection = kinds[*rc::gen::inRange<size_t>(0, kinds.size())];
  const double ra = *rc::gen::inRange(0, 3'600'000) / 1e4;
  const double dec = *rc::gen::inRange(-899'000, 899'001) / 1e4;
  const Point p = projection.Forward(projection.RelativeLon(ra), dec);
  RC_PRE(projection.is_mollweide() || std::hypot(p.x, p.y) < 1.99);
  const auto back = projection.Inverse(p);
  RC_ASSERT(back.has_value());
  RC_ASSERT(std::abs(back->dec_deg - dec) < 1e-8);
  RC_ASSERT(std::abs(std::remainder(back->ra_deg - ra, 360.0)) * std::cos(dec * kDegree) < 1e-7);
}

TEST(ProjectionTest, RaGrowsToTheLeftAndNorthIsUp) {
  for (const Projection& projection :
       {Projection::Mollweide(350), Projection::Lambert({350, 0}), Projection::Lambert({350, -40})}) {
    const double dec = projection.center().dec_deg;
    const Point center = projection.Forward(0, dec);
    EXPECT_NEAR(center.x, 0, 1e-15);
    EXPECT_LT(projection.Forward(projection.RelativeLon(5), dec).x, center.x);
    EXPECT_GT(projection.Forward(projection.RelativeLon(340), dec).x, center.x);
    EXPECT_GT(projection.Forward(0, dec + 5).y, center.y);
  }
}

TEST(ProjectionTest, LambertPutsTheOppositePointOnItsRim) {
  const Point p = Projection::Lambert({0, -90}).Forward(0, 90);
  EXPECT_NEAR(std::hypot(p.x, p.y), 2, 1e-12);
}

TEST(ProjectionTest, MollweideIsAnEllipseOfTwiceItsHeight) {
  const Projection projection = Projection::Mollweide(100);
  const double sqrt2 = std::numbers::sqrt2;
  EXPECT_NEAR(projection.Forward(-180, 0).x, 2 * sqrt2, 1e-12);
  EXPECT_NEAR(projection.Forward(180, 0).x, -2 * sqrt2, 1e-12);
  for (const double dec : {-90.0, -89.9999999, 89.999, 90.0}) {
    const Point p = projection.Forward(180, dec);
    EXPECT_NEAR(p.x * p.x / 8 + p.y * p.y / 2, 1, 1e-12) << dec;
    EXPECT_NEAR(std::abs(p.y), sqrt2, 1e-4) << dec;
  }
  EXPECT_EQ(projection.RelativeLon(280), -180);
  EXPECT_FALSE(projection.Inverse({2.8, 0.5}).has_value());
  EXPECT_FALSE(projection.Inverse({0, 1.5}).has_value());
}

}  // namespace
}  // namespace dhs::map
