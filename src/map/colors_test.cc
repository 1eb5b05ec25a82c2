// SPDX-License-Identifier: Apache-2.0
#include "map/colors.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace dhs::map {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(ColorScaleTest, SpansPercentilesOneToNinetyNine) {
  std::vector<double> values;
  for (int i = 1000; i > 0; --i) values.push_back(i);
  values.push_back(kNan);
  const auto scale = MakeScale(values, std::nullopt);
  ASSERT_TRUE(scale.has_value());
  EXPECT_EQ(scale->low, 10);
  EXPECT_EQ(scale->high, 990);
  EXPECT_EQ(scale->num_below, 9);
  EXPECT_EQ(scale->num_above, 10);
  EXPECT_EQ(scale->num_without_value, 1);
  EXPECT_EQ(scale->LevelOf(kNan), -1);
  EXPECT_EQ(scale->LevelOf(-1e300), 0);
  EXPECT_EQ(scale->LevelOf(10), 0);
  EXPECT_EQ(scale->LevelOf(500), kNumLevels / 2);
  EXPECT_EQ(scale->LevelOf(990), kNumLevels - 1);
  EXPECT_EQ(scale->LevelOf(INFINITY), kNumLevels - 1);
}

TEST(ColorScaleTest, KeepsToTheRangeAskedFor) {
  const auto scale = MakeScale({-1, 0, 1, 2, 3}, std::pair{0.0, 2.0});
  ASSERT_TRUE(scale.has_value());
  EXPECT_EQ(scale->low, 0);
  EXPECT_EQ(scale->high, 2);
  EXPECT_EQ(scale->num_below, 1);
  EXPECT_EQ(scale->num_above, 1);
}

TEST(ColorScaleTest, DrawsEqualValuesInTheMiddle) {
  const auto scale = MakeScale({7, 7, 7}, std::nullopt);
  ASSERT_TRUE(scale.has_value());
  EXPECT_EQ(scale->LevelOf(7), kNumLevels / 2);
  EXPECT_EQ(scale->num_below + scale->num_above, 0);
}

TEST(ColorScaleTest, IsNothingWithoutAFiniteValue) {
  EXPECT_FALSE(MakeScale({}, std::nullopt).has_value());
  EXPECT_FALSE(MakeScale({kNan, INFINITY}, std::nullopt).has_value());
}

// Lightness of CIE L*a*b*: what "perceptually uniform" rests on, and what grey print shows.
double Lightness(const Color& color) {
  const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
  const double y = 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue);
  return y > 0.008856 ? 116 * std::cbrt(y) - 16 : 903.3 * y;
}

TEST(ColorsTest, LevelsGrowLighterInEqualSteps) {
  const double mean_step = (Lightness(LevelColor(kNumLevels - 1)) - Lightness(LevelColor(0))) / (kNumLevels - 1);
  for (int level = 0; level + 1 < kNumLevels; ++level) {
    const double step = Lightness(LevelColor(level + 1)) - Lightness(LevelColor(level));
    EXPECT_NEAR(step, mean_step, 0.6 * mean_step) << level;
  }
}

TEST(ColorsTest, SplitsDifferInLightnessToo) {
  const auto colors = SplitColors();
  ASSERT_EQ(colors.size(), 4U);
  for (size_t a = 0; a < 3; ++a) {
    for (size_t b = a + 1; b < 3; ++b) EXPECT_GT(std::abs(Lightness(colors[a]) - Lightness(colors[b])), 15);
  }
}

}  // namespace
}  // namespace dhs::map
