// SPDX-License-Identifier: Apache-2.0
#include "regions/what_if.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "regions/regions.h"
#include "regions/what_if_report.h"
#include "testing/footprints.h"
#include "testing/testing.h"

namespace dhs::regions {
namespace {

// 60 x 60 bricks across the equator, whose conditions vary smoothly.
BrickColumns Survey() {
  BrickColumns bricks = dhs::testing::MakePatch(330, 390, 100, 15, [](sky::Brick brick) {
                          return brick.row != 350 || brick.col < 430;
                        }).bricks;
  for (size_t i = 0; i < bricks.size(); ++i) {
    const double x = bricks.ra_deg[i], y = bricks.dec_deg[i];
    bricks.ebv_mag.push_back(0.05 + 0.02 * std::sin(0.3 * x));
    bricks.psfsize_arcsec[kBandR].push_back(1.3 + 0.1 * std::cos(0.4 * y + 0.1 * x));
    bricks.psfdepth_mag[kBandR].push_back(24.0 + 0.02 * y);
    bricks.n_gal.push_back(4000);
    for (auto& counts : bricks.n_lrg) counts.push_back(60 + static_cast<int64_t>(i % 17));
  }
  return bricks;
}

const SplitOutcome* Find(const WhatIf& what_if, const std::string& method, const std::string& tiling, double buffer) {
  for (const SplitOutcome& o : what_if.outcomes) {
    if (o.choice.method == method && o.choice.tiling == tiling && o.choice.buffer_deg == buffer) return &o;
  }
  return nullptr;
}

TEST(WhatIfTest, ComparesEachWayWithWhatARunWouldGive) {
  const BrickColumns bricks = Survey();
  RegionsOptions options;
  DHS_ASSERT_OK_AND_ASSIGN(const WhatIf what_if, CompareSplitChoices(bricks, options, 2, {}, 2, {}));
  EXPECT_EQ(what_if.num_bricks, static_cast<int64_t>(bricks.size()));
  for (const SplitOutcome& o : what_if.outcomes) {
    options.adjacency = o.choice.adjacency;
    options.tiling = o.choice.tiling;
    options.split.method = o.choice.method;
    options.split_buffer_deg = o.choice.buffer_deg;
    DHS_ASSERT_OK_AND_ASSIGN(const RegionsResult run, ComputeRegions(bricks, options, 2));
    const auto& splits = run.bricks.split;
    EXPECT_EQ(o.num_regions, static_cast<int32_t>(run.regions.size()));
    EXPECT_EQ(o.num_lost, std::count(splits.begin(), splits.end(), Split::kBuffer));
    const auto num_test = std::count(splits.begin(), splits.end(), Split::kTest);
    const auto num_left = static_cast<int64_t>(splits.size()) - o.num_lost;
    if (num_left == 0) continue;
    EXPECT_NEAR(o.area_fractions[2], static_cast<double>(num_test) / static_cast<double>(num_left), 0.01);
    EXPECT_TRUE(o.choice.buffer_deg == 0 || o.num_borders == 0);
  }
}

TEST(WhatIfTest, AdvisesWhatMeetsTheFractions) {
  DHS_ASSERT_OK_AND_ASSIGN(const WhatIf what_if, CompareSplitChoices(Survey(), RegionsOptions{}, 2, {}, 1, {}));
  const SplitOutcome& advised = what_if.outcomes[what_if.advised];
  EXPECT_EQ(advised.choice.method, "balanced");
  EXPECT_EQ(advised.choice.buffer_deg, 0);
  const SplitOutcome* hash = Find(what_if, "hash", "none", 0);
  ASSERT_NE(hash, nullptr);
  EXPECT_GT(hash->GreatestPoints(what_if.expected), 10) << "two regions";
  EXPECT_LT(advised.GreatestPoints(what_if.expected), 1);
  EXPECT_EQ(what_if.outcomes[what_if.advised_with_buffer].choice.buffer_deg, 0.5) << "the middle one";
  const std::string text = FormatWhatIf(what_if);
  EXPECT_NE(text.find("Advice: --adjacency tessellation --tiling " + advised.choice.tiling + " --split balanced"),
            std::string::npos)
      << text;
  const nlohmann::ordered_json json = WhatIfJson(what_if);
  EXPECT_EQ(json["ways"].size(), what_if.outcomes.size());
  EXPECT_EQ(json["advised"]["tiling"], advised.choice.tiling);
}

TEST(WhatIfTest, DoesNotDependOnThreads) {
  const BrickColumns bricks = Survey();
  RegionsOptions options;
  options.split_buffer_deg = 0.3;
  DHS_ASSERT_OK_AND_ASSIGN(const WhatIf one, CompareSplitChoices(bricks, options, 2, {}, 1, {}));
  DHS_ASSERT_OK_AND_ASSIGN(const WhatIf three, CompareSplitChoices(bricks, options, 2, {}, 3, {}));
  EXPECT_EQ(WhatIfJson(one), WhatIfJson(three));
  for (const SplitOutcome& o : one.outcomes) EXPECT_TRUE(o.choice.buffer_deg == 0 || o.choice.buffer_deg == 0.3);
}

}  // namespace
}  // namespace dhs::regions
