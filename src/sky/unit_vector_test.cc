// SPDX-License-Identifier: Apache-2.0
#include "sky/unit_vector.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dhs::sky {
namespace {

RC_GTEST_PROP(UnitVectorProperty, AgreesWithTheMathsLibrary, ()) {
  const double ra = *rc::gen::inRange(-720'000'000, 720'000'001) / 1e6;
  const double dec = *rc::gen::inRange(-90'000'000, 90'000'001) / 1e6;
  const UnitVector v = UnitVectorOf(ra, dec);
  const long double rad = std::numbers::pi_v<long double> / 180;
  RC_ASSERT(std::fabs(v.x - static_cast<double>(std::cos(dec * rad) * std::cos(ra * rad))) < 1e-14);
  RC_ASSERT(std::fabs(v.y - static_cast<double>(std::cos(dec * rad) * std::sin(ra * rad))) < 1e-14);
  RC_ASSERT(std::fabs(v.z - static_cast<double>(std::sin(dec * rad))) < 1e-14);
}

TEST(UnitVectorTest, IsExactAtRightAngles) {
  EXPECT_EQ(UnitVectorOf(0, 0).x, 1);
  EXPECT_EQ(UnitVectorOf(90, 0).y, 1);
  EXPECT_EQ(UnitVectorOf(180, 0).x, -1);
  EXPECT_EQ(UnitVectorOf(270, 0).y, -1);
  EXPECT_EQ(UnitVectorOf(123, 90).z, 1);
  EXPECT_EQ(UnitVectorOf(123, -90).z, -1);
}

}  // namespace
}  // namespace dhs::sky
