// SPDX-License-Identifier: Apache-2.0
#include "regions/split.h"

#include <array>
#include <vector>

#include <gtest/gtest.h>

namespace dhs::regions {
namespace {

TEST(SplitTest, LargestRegionsOfTheRealSurveyGetTheirKnownSplits) {
  const SplitOptions options;
  const auto split = [&](int32_t region) { return SplitName(SplitOf(SplitUniform(region, 13), options)); };
  EXPECT_EQ(split(1961), "test");
  EXPECT_EQ(split(0), "test");
  EXPECT_EQ(split(2659), "train");
  EXPECT_EQ(split(2467), "val");
}

TEST(SplitTest, LimitsAreHalfOpenAndTheirSumIsADouble) {
  const SplitOptions options;  // test 0.2, val 0.1
  EXPECT_EQ(SplitOf(0.0, options), Split::kTest);
  EXPECT_EQ(SplitOf(0.199999, options), Split::kTest);
  EXPECT_EQ(SplitOf(0.2, options), Split::kVal);
  EXPECT_EQ(SplitOf(0.299999, options), Split::kVal);
  // 0.2 + 0.1 is 0.30000000000000004 in double, so 0.3 is still val.
  EXPECT_EQ(SplitOf(0.3, options), Split::kVal);
  EXPECT_EQ(SplitOf(0.300001, options), Split::kTrain);
  EXPECT_EQ(SplitOf(-0.775808, options), Split::kTest) << "what Java makes of the least 64-bit number";
}

TEST(SplitTest, FractionsOfManyRegionsApproachTheAskedOnes) {
  const SplitOptions options;
  std::array<double, 3> counts{};
  constexpr int kNumRegions = 200'000;
  for (int32_t region = 0; region < kNumRegions; ++region) {
    counts[static_cast<size_t>(SplitOf(SplitUniform(region, 13), options))] += 1.0 / kNumRegions;
  }
  const auto expected = ExpectedFractions(options);
  for (size_t s = 0; s < counts.size(); ++s) EXPECT_NEAR(counts[s], expected[s], 0.005) << kSplitNames[s];
}

}  // namespace
}  // namespace dhs::regions
