// SPDX-License-Identifier: Apache-2.0
#include "selection/ranking_config.h"

#include <gtest/gtest.h>

#include "testing/testing.h"

namespace dhs::selection {
namespace {

TEST(RankingConfigTest, ParsesEntriesInTheirOrder) {
  DHS_ASSERT_OK_AND_ASSIGN(const RankingConfig config, ParseRankingConfig("n_lrg:100:75,density:10:0"));
  EXPECT_EQ(config, (RankingConfig{{RankingMode::kNLrg, 100, 75}, {RankingMode::kDensity, 10, 0}}));
  EXPECT_EQ(FormatRankingConfig(config), "n_lrg:100:75,density:10:0");
}

TEST(RankingConfigTest, ForgivesSpacesAndCase) {
  DHS_ASSERT_OK_AND_ASSIGN(const RankingConfig config,
                           ParseRankingConfig("  PSF_Weighted : 5 :\t0 , Area_weighted:0:3 "));
  EXPECT_EQ(config, (RankingConfig{{RankingMode::kPsfWeighted, 5, 0}, {RankingMode::kAreaWeighted, 0, 3}}));
}

TEST(RankingConfigTest, ErrorsQuoteTheEntryAndShowARightExample) {
  const struct {
    const char* text;
    const char* message;
  } cases[] = {
      {"densty:1:1", "entry 'densty:1:1': 'densty' is not a ranking mode"},
      {"densty:1:1", "is not a ranking mode. Did you mean 'density'? Valid modes"},
      {"n_lrg:1", "entry 'n_lrg:1': has 2 parts, expected 3"},
      {"n_lrg:1:2:3", "has 4 parts"},
      {"n_lrg:1:2,", "entry '': has 1 part,"},
      {"n_lrg:x:2", "entry 'n_lrg:x:2': k_top 'x' is not a whole number"},
      {"n_lrg:1:2.5", "k_strat '2.5' is not a whole number"},
      {"n_lrg:-1:2", "k_top '-1' is not a whole number"},
      {"n_lrg::2", "k_top '' is not a whole number"},
      {"n_lrg:99999999999999999999:2", "k_top '99999999999999999999'"},
      {"", "the list is empty"},
      {"  ", "the list is empty"},
      {"n_lrg:1:1,density:1:1,N_LRG:2:2", "mode 'n_lrg' is given twice"},
      {"n_lrg:0:0,density:0:0", "every k is 0"},
  };
  for (const auto& c : cases) {
    DHS_EXPECT_ERROR(ParseRankingConfig(c.text), ExitCode::kUsage, c.message);
    DHS_EXPECT_ERROR(ParseRankingConfig(c.text), ExitCode::kUsage, "Valid modes: n_lrg, density, area_weighted");
    DHS_EXPECT_ERROR(ParseRankingConfig(c.text), ExitCode::kUsage, "e.g. n_lrg:100:75,");
  }
}

TEST(RankingConfigTest, OlderOptionsGiveEveryModeTheSameNumbers) {
  DHS_ASSERT_OK_AND_ASSIGN(const RankingConfig all, UniformRankingConfig({}, 100, 0));
  EXPECT_EQ(FormatRankingConfig(all), "n_lrg:100:0,density:100:0,area_weighted:100:0,psf_weighted:100:0");
  DHS_ASSERT_OK_AND_ASSIGN(const RankingConfig two, UniformRankingConfig({"Density", " n_lrg"}, 3, 4));
  EXPECT_EQ(FormatRankingConfig(two), "density:3:4,n_lrg:3:4");
  DHS_EXPECT_ERROR(UniformRankingConfig({"area"}, 1, 1), ExitCode::kUsage, "--ranking-modes: 'area' is not");
  DHS_EXPECT_ERROR(UniformRankingConfig({"area"}, 1, 1), ExitCode::kUsage, "e.g. --ranking-modes n_lrg,density");
  DHS_EXPECT_ERROR(UniformRankingConfig({"density", "density"}, 1, 1), ExitCode::kUsage, "given twice");
  DHS_EXPECT_ERROR(UniformRankingConfig({}, 0, 0), ExitCode::kUsage, "every k is 0");
}

}  // namespace
}  // namespace dhs::selection
