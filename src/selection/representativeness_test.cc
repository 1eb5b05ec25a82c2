// SPDX-License-Identifier: Apache-2.0
#include "selection/representativeness.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dhs::selection {
namespace {

using regions::Split;

TEST(RepresentativenessTest, DistanceOfKnownSamples) {
  const std::vector<double> a = {1, 2, 3, 4}, b = {3, 4, 5, 6}, far = {10, 11};
  EXPECT_EQ(KolmogorovSmirnovDistance(a, a), 0);
  EXPECT_EQ(KolmogorovSmirnovDistance(a, b), 0.5);
  EXPECT_EQ(KolmogorovSmirnovDistance(a, far), 1);
  EXPECT_TRUE(std::isnan(KolmogorovSmirnovDistance(a, {})));
}

RC_GTEST_PROP(RepresentativenessProperty, DistanceEqualsItsDefinition, ()) {
  const auto sample = [] {
    auto whole = *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 9)));
    std::sort(whole.begin(), whole.end());
    return std::vector<double>(whole.begin(), whole.end());
  };
  const auto a = sample(), b = sample();
  double greatest = 0;
  for (double x = -1; x < 10; x += 0.5) {
    const auto below = [x](const std::vector<double>& values) {
      const auto count = std::count_if(values.begin(), values.end(), [x](double value) { return value <= x; });
      return static_cast<double>(count) / static_cast<double>(values.size());
    };
    greatest = std::max(greatest, std::fabs(below(a) - below(b)));
  }
  RC_ASSERT(std::fabs(KolmogorovSmirnovDistance(a, b) - greatest) < 1e-12);
}

TEST(RepresentativenessTest, ComparesSplitsAndTheirCoverage) {
  SelectedBricks bricks;
  for (int i = 0; i < 10; ++i) {
    bricks.split.push_back(i < 5 ? Split::kTrain : Split::kTest);
    bricks.ra_deg.push_back(i < 5 ? 5.0 + i : 200.0 + i);
    bricks.dec_deg.push_back(-3.0 + i);
    bricks.psfsize_r_arcsec.push_back(1.0 + 0.1 * (i % 5));
    bricks.psfdepth_r_mag.push_back(i < 5 ? 24.0 : 25.0);
    bricks.ebv_mag.push_back(0.01 * i);
  }
  const Representativeness result = CompareSplits(bricks);
  EXPECT_EQ(result.properties[0].ks_train_test, 0);
  EXPECT_EQ(result.properties[0].median[0], 1.2);
  EXPECT_TRUE(std::isnan(result.properties[0].median[1])) << "no val bricks";
  EXPECT_EQ(result.properties[1].greatest_ks(), 1);
  EXPECT_EQ(Verdict(result.properties[0].greatest_ks()), "alike");
  EXPECT_EQ(Verdict(0.15), "somewhat different");
  EXPECT_EQ(Verdict(result.properties[1].greatest_ks()), "different");
  EXPECT_EQ(result.coverage[0].num_bricks, 5);
  EXPECT_EQ(result.coverage[0].ra_min_deg, 5);
  EXPECT_EQ(result.coverage[0].ra_max_deg, 9);
  EXPECT_EQ(result.coverage[2].dec_max_deg, 6);
  EXPECT_EQ(result.coverage[0].num_cells, 2);
  EXPECT_EQ(result.num_cells, 3);
  const std::string text = FormatRepresentativeness(result);
  EXPECT_NE(text.find("val    no bricks"), std::string::npos) << text;
}

}  // namespace
}  // namespace dhs::selection
