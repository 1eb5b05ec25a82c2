// SPDX-License-Identifier: Apache-2.0
#include "regions/split.h"

#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "testing/testing.h"

namespace dhs::regions {
namespace {

TEST(SplitTest, HashEqualsSparksForEveryReferenceValue) {
  std::ifstream in(DHS_TEST_DATA("spark_xxhash64_regions.csv"));
  int num_values = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#' || line[0] == 'r') continue;
    std::istringstream fields(line);
    int32_t region_id = 0, seed = 0;
    int64_t hash = 0;
    char comma = 0;
    fields >> region_id >> comma >> seed >> comma >> hash;
    ASSERT_FALSE(fields.fail()) << line;
    EXPECT_EQ(SparkXxhash64(region_id, seed), hash) << line;
    const int64_t magnitude = hash < 0 ? -hash : hash;
    EXPECT_EQ(SplitUniform(region_id, seed), static_cast<double>(magnitude % 1'000'000) / 1e6) << line;
    ++num_values;
  }
  EXPECT_EQ(num_values, 3618);
}

TEST(SplitTest, LargestRegionsOfTheRealSurveyGetTheirKnownSplits) {
  const SplitOptions options;
  const auto split = [&](int32_t region) { return SplitName(SplitOf(SplitUniform(region, 13), options)); };
  EXPECT_EQ(split(1961), "test");
  EXPECT_EQ(split(0), "test");
  EXPECT_EQ(split(2659), "train");
  EXPECT_EQ(split(2467), "val");
}

TEST(SplitTest, LimitsAreHalfOpenAndTheirSumIsADouble) {
  const SplitOptions options{.seed = 13, .test_frac = 0.2, .val_frac = 0.1};
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
