// SPDX-License-Identifier: Apache-2.0
#include "regions/split_balance.h"

#include <gtest/gtest.h>

namespace dhs::regions {
namespace {

constexpr double kArea = 14000;

TEST(SplitCureTest, NamesTheOptionsThatTheRunLacks) {
  EXPECT_EQ(SplitCure({.adjacency = "grid", .tiling = "none", .split = "hash"}, kArea),
            "--split balanced with --tiling area:50 and --adjacency tessellation brings the splits near their shares "
            "and makes them alike");
  EXPECT_EQ(SplitCure({.adjacency = "tessellation", .tiling = "area:20", .split = "hash"}, kArea),
            "--split balanced brings the splits near their shares and makes them alike");
}

TEST(SplitCureTest, NeverAdvisesWhatTheRunHas) {
  SplitChoices choices{.adjacency = "tessellation", .tiling = "area:50", .split = "balanced"};
  EXPECT_EQ(SplitCure(choices, kArea), "Only smaller tiles than --tiling area:50 can bring them nearer");
  choices.buffer_deg = 2;
  EXPECT_EQ(SplitCure(choices, kArea),
            "A narrower --split-buffer-deg than 2 or smaller tiles than --tiling area:50 help");
  choices.has_kept_splits = true;
  EXPECT_EQ(SplitCure(choices, kArea), "The splits kept by --split-from decide; without it they come out nearer");
}

TEST(MegaRegionCureTest, TilesOrSmallerTiles) {
  EXPECT_EQ(MegaRegionCure({.adjacency = "grid", .tiling = "none", .split = "hash"}, 3.75),
            "--tiling area:1 with --adjacency tessellation cuts it into compact tiles");
  EXPECT_EQ(MegaRegionCure({.adjacency = "grid", .tiling = "area:5", .split = "hash"}, 3.75),
            "Smaller tiles than --tiling area:5 cut it");
}

TEST(SplitBalanceTest, RegionsInSeveralSplitsCountOnceInAll) {
  SplitBalance balance{{}, {0.7, 0.1, 0.2}};
  balance.Add(Split::kTrain, 3, 0.2, 30);
  balance.Add(Split::kTest, 1, 0.1, 10);
  balance.Add(Split::kBuffer, 2, 0.1, 5);
  balance.num_regions = 1;
  const std::string text = FormatBalance(balance, "v3");
  EXPECT_NE(text.find("  all            1          4"), std::string::npos) << text;
  EXPECT_NE(text.find("2 bricks, 0.10 deg2, 5 LRGs"), std::string::npos) << text;
  EXPECT_EQ(ImbalanceWarnings(balance, "Cure.").size(), 1u);
  EXPECT_TRUE(ImbalanceWarnings(balance, "Cure.")[0].ends_with("Cure."));
}

}  // namespace
}  // namespace dhs::regions
