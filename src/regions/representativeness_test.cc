// SPDX-License-Identifier: Apache-2.0
#include "regions/representativeness.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <nlohmann/json.hpp>

#include "regions/representativeness_report.h"

namespace dhs::regions {
namespace {

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

// Against scipy.stats.kstwobign.sf with the same correction.
TEST(RepresentativenessTest, SignificanceOfKnownDistances) {
  EXPECT_NEAR(KolmogorovSmirnovPValue(0.1, 100, 100), 0.67662, 1e-5);
  EXPECT_NEAR(KolmogorovSmirnovPValue(0.2, 100, 100), 0.03138, 1e-5);
  EXPECT_NEAR(KolmogorovSmirnovPValue(0.02, 20'000, 5'000), 0.08052, 1e-5);
  EXPECT_EQ(KolmogorovSmirnovPValue(0, 50, 50), 1.0);
  EXPECT_LT(KolmogorovSmirnovPValue(1, 50, 50), 1e-20);
  EXPECT_TRUE(std::isnan(KolmogorovSmirnovPValue(0.5, 0, 50)));
}

// Columns of bricks that outlive the view of them.
struct Bricks {
  std::vector<Split> split;
  std::vector<double> ra, dec, psf, depth, ebv, density;

  void Add(Split s, double ra_deg, double dec_deg, double psf_arcsec, double depth_mag, double ebv_mag, double lrgs) {
    split.push_back(s);
    ra.push_back(ra_deg);
    dec.push_back(dec_deg);
    psf.push_back(psf_arcsec);
    depth.push_back(depth_mag);
    ebv.push_back(ebv_mag);
    density.push_back(lrgs);
  }
  ComparedBricks View() const { return {split, ra, dec, psf, depth, ebv, density}; }
};

TEST(RepresentativenessTest, ComparesSplitsAndTheirCoverage) {
  Bricks bricks;
  for (int i = 0; i < 10; ++i) {
    const bool first = i < 5;
    bricks.Add(first ? Split::kTrain : Split::kTest, (first ? 5.0 : 200.0) + i, -3.0 + i, 1.0 + 0.1 * (i % 5),
               first ? 24.0 : 25.0, 0.01 * i, 1000.0);
  }
  bricks.Add(Split::kBuffer, 100.0, 50.0, 9.0, 9.0, 9.0, 9.0);
  const Representativeness result = CompareSplits(bricks.View());
  EXPECT_EQ(result.properties[0].ks[1], 0);
  EXPECT_EQ(result.properties[0].median[0], 1.2);
  EXPECT_TRUE(std::isnan(result.properties[0].median[1])) << "no val bricks";
  EXPECT_EQ(result.properties[1].GreatestKs(), 1);
  EXPECT_EQ(result.properties[3].GreatestKs(), 0);
  EXPECT_EQ(result.coverage[0].num_bricks, 5);
  EXPECT_EQ(result.coverage[0].ra_min_deg, 5);
  EXPECT_EQ(result.coverage[0].ra_max_deg, 9);
  EXPECT_EQ(result.coverage[2].dec_max_deg, 6);
  EXPECT_EQ(result.coverage[0].num_cells, 2);
  EXPECT_EQ(result.num_cells, 3) << "the buffer is in no split";
  EXPECT_EQ(Verdict(0.03, 0), "alike");
  EXPECT_EQ(Verdict(0.1, 0), "similar");
  EXPECT_EQ(Verdict(0.15, 0), "somewhat different");
  EXPECT_EQ(Verdict(1, 0), "different");
  EXPECT_EQ(Verdict(0.5, 0.05), "perhaps chance");
  const std::string text = FormatRepresentativeness(result, "the bricks");
  EXPECT_NE(text.find("val    no bricks"), std::string::npos) << text;
  EXPECT_TRUE(RepresentativenessJson(result)["properties"]["ebv"]["median"]["val"].is_null());
}

TEST(RepresentativenessTest, WarnsOfDifferencesThatAreNotChance) {
  Bricks few, many;
  for (int i = 0; i < 200; ++i) {
    const Split split = i % 2 == 0 ? Split::kTrain : Split::kVal;
    (i < 6 ? few : many).Add(split, 10, 0, 1.3 + (i % 2), 24, 0.05, 1000);
  }
  EXPECT_TRUE(DifferenceWarnings(CompareSplits(few.View()), "Do.").empty());
  const auto warnings = DifferenceWarnings(CompareSplits(many.View()), "Do.");
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("differ in psfsize_r by 1.00 (train-val)"), std::string::npos) << warnings[0];
  EXPECT_TRUE(warnings[0].ends_with(". Do.")) << warnings[0];
}

}  // namespace
}  // namespace dhs::regions
