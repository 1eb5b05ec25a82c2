// SPDX-License-Identifier: Apache-2.0
#include "selection/strata.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "testing/testing.h"

namespace dhs::selection {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(StrataTest, CeilForgivesRoundingErrorAlone) {
  EXPECT_EQ(CeilOfProduct(0.55, 100), 55) << "the double product is 55.00000000000001";
  EXPECT_EQ(CeilOfProduct(0.07, 100), 7);
  EXPECT_EQ(CeilOfProduct(1.0 / 3, 75), 25);
  EXPECT_EQ(CeilOfProduct(1.0 / 3, 100), 34);
  EXPECT_EQ(CeilOfProduct(0.2, 0), 0);
  EXPECT_EQ(CeilOfProduct(0.2, 1), 1);
  EXPECT_EQ(CeilOfProduct(0.0, 75), 0);
  EXPECT_EQ(CeilOfProduct(1e-6, 75), 1);
  EXPECT_EQ(CeilOfProduct(0.4, 1'000'000'000), 400'000'000);
}

RC_GTEST_PROP(StrataProperty, CeilIsThatOfTheDecimalFraction, ()) {
  const int64_t thousandths = *rc::gen::inRange<int64_t>(0, 2001);
  const int64_t k = *rc::gen::inRange<int64_t>(0, 1'000'000);
  RC_ASSERT(CeilOfProduct(static_cast<double>(thousandths) / 1000, k) == (thousandths * k + 999) / 1000);
}

TEST(StrataTest, QuantilesAreCompletedSortedAndUnique) {
  DHS_ASSERT_OK_AND_ASSIGN(const auto quantiles, NormalizeQuantiles({0.9, 0.5, 0.9}));
  EXPECT_EQ(quantiles, (std::vector<double>{0, 0.5, 0.9, 1}));
  DHS_ASSERT_OK_AND_ASSIGN(const auto none, NormalizeQuantiles({}));
  EXPECT_EQ(none, (std::vector<double>{0, 1}));
  DHS_EXPECT_ERROR(NormalizeQuantiles({0.5, 1.5}), ExitCode::kUsage, "1.5 is outside 0 to 1");
  DHS_EXPECT_ERROR(NormalizeQuantiles({-0.1}), ExitCode::kUsage, "--strata-quantiles: -0.1");
}

TEST(StrataTest, EdgesAreElementsAndBinsAreHalfOpen) {
  const std::vector<double> densities = {5, 1, kNaN, 4, 2, 3, 10, 9, 8, 7, 6};
  const Strata strata = MakeStrata(densities, std::vector<double>{0, 0.5, 0.9, 1});
  EXPECT_EQ(strata.edges, (std::vector<double>{1, 5, 9, 10}));
  EXPECT_EQ(strata.BinOf(1), 0);
  EXPECT_EQ(strata.BinOf(4.99), 0);
  EXPECT_EQ(strata.BinOf(5), 1);
  EXPECT_EQ(strata.BinOf(9), 2);
  EXPECT_EQ(strata.BinOf(10), 2) << "the last bin is closed";
  EXPECT_EQ(strata.BinOf(10.1), -1);
  EXPECT_EQ(strata.BinOf(kNaN), -1);
}

RC_GTEST_PROP(StrataProperty, EdgesAndBinsEqualAPlainReference, ()) {
  const auto whole = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 30));
  std::vector<double> densities(whole.begin(), whole.end()), sorted = densities;
  std::sort(sorted.begin(), sorted.end());
  if (*rc::gen::arbitrary<bool>()) densities.push_back(kNaN);
  const auto thousandths = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 1001));
  std::vector<double> asked;
  for (const int q : thousandths) asked.push_back(q / 1000.0);
  const auto quantiles = NormalizeQuantiles(asked);
  RC_ASSERT(quantiles.ok());
  const Strata strata = MakeStrata(densities, *quantiles);
  if (sorted.empty()) {
    RC_ASSERT(strata.num_bins() == 0u);
    return;
  }
  // The quantile q is the least element with at least q n elements up to it; q in thousandths, so in whole numbers.
  for (size_t e = 0; e < quantiles->size(); ++e) {
    const auto q = static_cast<size_t>(std::lround((*quantiles)[e] * 1000));
    size_t rank = 1;
    while (rank * 1000 < q * sorted.size()) ++rank;
    RC_ASSERT(strata.edges[e] == sorted[rank - 1]);
  }
  for (int density = -1; density <= 31; ++density) {
    int32_t want = -1;
    for (size_t bin = 0; bin < strata.num_bins() && want < 0; ++bin) {
      const double low = strata.edges[bin], high = strata.edges[bin + 1];
      const bool last = bin + 1 == strata.num_bins();
      if (density >= low && (density < high || (last && density == high))) want = static_cast<int32_t>(bin);
    }
    RC_ASSERT(strata.BinOf(density) == want);
  }
}

TEST(StrataTest, EqualEdgesMakeAnEmptyBin) {
  const std::vector<double> densities = {2, 2, 2, 2, 3};
  const Strata strata = MakeStrata(densities, std::vector<double>{0, 0.5, 0.8, 1});
  EXPECT_EQ(strata.edges, (std::vector<double>{2, 2, 2, 3}));
  EXPECT_EQ(strata.num_bins(), 3u);
  EXPECT_EQ(strata.BinOf(2), 2) << "the first bin that holds it";
  const Strata all_equal = MakeStrata(std::vector<double>{2, 2}, std::vector<double>{0, 0.5, 1});
  EXPECT_EQ(all_equal.BinOf(2), 1);
  EXPECT_EQ(MakeStrata(std::vector<double>{kNaN}, std::vector<double>{0, 1}).BinOf(1), -1);
}

TEST(StrataTest, WeightsMustMatchTheBins) {
  DHS_ASSERT_OK(CheckWeights(std::vector<double>{0.2, 0.4, 0.4}, 3));
  DHS_EXPECT_ERROR(CheckWeights(std::vector<double>{0.5, 0.5}, 3), ExitCode::kUsage,
                   "found 2 weights (0.5,0.5), expected 3");
  DHS_EXPECT_ERROR(CheckWeights(std::vector<double>{0.5, -0.5}, 2), ExitCode::kUsage, "-0.5 is not a weight");
  DHS_EXPECT_ERROR(CheckWeights(std::vector<double>{0, 0}, 2), ExitCode::kUsage, "every weight is 0");
}

}  // namespace
}  // namespace dhs::selection
