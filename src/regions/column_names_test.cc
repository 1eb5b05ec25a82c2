// SPDX-License-Identifier: Apache-2.0
#include "regions/column_names.h"

#include <gtest/gtest.h>

#include "testing/testing.h"

namespace dhs::regions {
namespace {

TEST(ColumnNamesTest, FindsAcceptedNamesInAnyCase) {
  DHS_ASSERT_OK_AND_ASSIGN(
      const ColumnChoice choice,
      ChooseColumns("t",
                    {"BRICK", "RA_Centroid", "brick_area", "N_Total", "n_lrg_v1", "count_v2_baseline_dr10",
                     "N_V3_COLOR_RELAXED", "n_lrg_v4_mag_relaxed", "N_LRG_V5", "other"},
                    CountColumns()));
  EXPECT_EQ(choice.name_of.at("brickname"), "BRICK");
  EXPECT_EQ(choice.name_of.at("ra"), "RA_Centroid");
  EXPECT_EQ(choice.name_of.count("dec"), 0u);
  EXPECT_EQ(choice.name_of.at("area_deg2"), "brick_area");
  EXPECT_EQ(choice.name_of.at("n_gal"), "N_Total");
  EXPECT_EQ(choice.name_of.at("n_lrg_v1_pure_massive"), "n_lrg_v1");
  EXPECT_EQ(choice.name_of.at("n_lrg_v2_baseline_dr10"), "count_v2_baseline_dr10");
  EXPECT_EQ(choice.name_of.at("n_lrg_v3_color_relaxed"), "N_V3_COLOR_RELAXED");
  EXPECT_EQ(choice.name_of.at("n_lrg_v5_very_relaxed"), "N_LRG_V5");
  EXPECT_TRUE(choice.notes.empty());
}

TEST(ColumnNamesTest, PrefersTheFirstNameAndSaysSo) {
  DHS_ASSERT_OK_AND_ASSIGN(const ColumnChoice choice,
                           ChooseColumns("t", {"area", "AREA_DEG2"}, {{"area_deg2", {"area_deg2", "area"}}}));
  EXPECT_EQ(choice.name_of.at("area_deg2"), "AREA_DEG2");
  ASSERT_EQ(choice.notes.size(), 1u);
  EXPECT_NE(choice.notes[0].find("AREA_DEG2, area"), std::string::npos) << choice.notes[0];
}

TEST(ColumnNamesTest, NamesEveryMissingColumnWithTheNearestOnes) {
  const auto choose = [] { return ChooseColumns("counts.csv", {"brickname", "n_gall", "lrg_count"}, CountColumns()); };
  DHS_EXPECT_ERROR(choose(), ExitCode::kData, "counts.csv");
  DHS_EXPECT_ERROR(choose(), ExitCode::kData, "n_gal, n_galaxies, n_objects, n_all, n_total");
  DHS_EXPECT_ERROR(choose(), ExitCode::kData, "Did you mean 'n_gall'");
  DHS_EXPECT_ERROR(choose(), ExitCode::kData, "column n_lrg_v5_very_relaxed is missing");
  DHS_EXPECT_ERROR(choose(), ExitCode::kData, "Columns that are there: brickname, n_gall, lrg_count");
}

}  // namespace
}  // namespace dhs::regions
