// SPDX-License-Identifier: Apache-2.0
#include "regions/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dhs::regions {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(StatisticsTest, PercentilesAreElementsOfTheInput) {
  std::vector<double> values = {5, 1, 4, 2, 3, 10, 9, 8, 7, 6};
  const Summary summary = Summarize(values);
  EXPECT_EQ(summary.p10, 1);
  EXPECT_EQ(summary.p50, 5);
  EXPECT_EQ(summary.p90, 9);
  EXPECT_EQ(summary.mean, 5.5);
  EXPECT_DOUBLE_EQ(summary.std, std::sqrt(82.5 / 9));
}

TEST(StatisticsTest, OneValueHasNoDeviation) {
  std::vector<double> values = {kNaN, 7};
  const Summary summary = Summarize(values);
  EXPECT_EQ(summary.mean, 7);
  EXPECT_EQ(summary.p10, 7);
  EXPECT_EQ(summary.p90, 7);
  EXPECT_TRUE(std::isnan(summary.std));
}

TEST(StatisticsTest, NothingButNullsGivesNulls) {
  std::vector<double> values = {kNaN, kNaN};
  const Summary summary = Summarize(values);
  for (const double value : {summary.mean, summary.std, summary.p10, summary.p50, summary.p90}) {
    EXPECT_TRUE(std::isnan(value));
  }
}

RC_GTEST_PROP(StatisticsProperty, EqualsAPlainReference, ()) {
  const auto whole = *rc::gen::container<std::vector<int>>(rc::gen::inRange(-20, 20));
  std::vector<double> values(whole.begin(), whole.end());
  std::vector<double> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  if (*rc::gen::arbitrary<bool>()) values.push_back(kNaN);
  const Summary summary = Summarize(values);
  if (sorted.empty()) {
    RC_ASSERT(std::isnan(summary.p50));
    return;
  }
  const auto at = [&](int percent) {
    size_t rank = 0;  // the least rank with 100 rank >= percent n
    while (100 * rank < static_cast<size_t>(percent) * sorted.size()) ++rank;
    return sorted[rank - 1];
  };
  RC_ASSERT(summary.p10 == at(10));
  RC_ASSERT(summary.p50 == at(50));
  RC_ASSERT(summary.p90 == at(90));
  double sum = 0, squares = 0;
  for (const double value : sorted) sum += value;
  const double mean = sum / static_cast<double>(sorted.size());
  RC_ASSERT(std::fabs(summary.mean - mean) < 1e-12);
  for (const double value : sorted) squares += (value - mean) * (value - mean);
  if (sorted.size() > 1) {
    RC_ASSERT(std::fabs(summary.std - std::sqrt(squares / static_cast<double>(sorted.size() - 1))) < 1e-12);
  }
}

}  // namespace
}  // namespace dhs::regions
