// SPDX-License-Identifier: Apache-2.0
#include "regions/regions_stage.h"

#include <algorithm>
#include <string>

#include <arrow/api.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "base/memory_budget.h"
#include "catalog/parquet.h"
#include "dhs/option_table.h"
#include "io/files.h"
#include "regions/arrow_columns.h"
#include "sky/tessellation.h"
#include "testing/testing.h"

namespace dhs::regions {
namespace {

constexpr const char* kCountsHeader =
    "brickname,n_gal,n_lrg_v1_pure_massive,n_lrg_v2_baseline_dr10,n_lrg_v3_color_relaxed,n_lrg_v4_mag_relaxed,"
    "n_lrg_v5_very_relaxed\n";
constexpr const char* kBricksHeader = "BRICKNAME,EBV,PSFSIZE_R,PSFDEPTH_R,NEXP_R\n";

class RegionsStageTest : public ::testing::Test {
 protected:
  // Two blocks of the row at Dec 0 and one brick that fails the PSF cut.
  void SetUp() override {
    std::string counts = kCountsHeader, bricks = kBricksHeader;
    for (const int32_t col : {31, 30, 500, 501, 502, 900}) {
      const std::string name = sky::NameOf({360, col}).ToString();
      counts += fmt::format("{},{},1,2,{},40,50\n", name, 1000 + col, col % 7 + 3);
      bricks += fmt::format("{},0.05,{},24.5,{}\n", name, col == 900 ? 1.7 : 1.3, col % 3);
    }
    Write("counts.csv", counts);
    Write("bricks.csv", bricks);
  }

  void Write(const std::string& name, const std::string& text) { testing::WriteBytes(dir_.File(name), text); }

  Result<StageReport> Run(std::vector<std::pair<std::string, std::string>> options = {}) {
    auto stage = MakeRegionsStage();
    OptionTable table;
    stage->BindOptions(table);
    ARROW_RETURN_NOT_OK(table.Set("output", dir_.File("out")));
    ARROW_RETURN_NOT_OK(table.Set("bricks", dir_.File("bricks.csv")));
    ARROW_RETURN_NOT_OK(table.Set("counts", dir_.File("counts.csv")));
    for (const auto& [name, value] : options) ARROW_RETURN_NOT_OK(table.Set(name, value));
    RunContext context{storage_, {}, &progress_, &memory_, num_threads_};
    ARROW_ASSIGN_OR_RAISE(plan_, stage->Plan(context));
    ARROW_RETURN_NOT_OK(storage_->MakeDirectories(dir_.File("staging")));
    return stage->Run(context, dir_.File("staging"));
  }

  testing::TempDir dir_;
  std::shared_ptr<Storage> storage_ = LocalStorage();
  Progress progress_;
  base::MemoryBudget memory_{int64_t{1} << 30};
  StagePlan plan_;
  int num_threads_ = 1;
};

TEST_F(RegionsStageTest, WritesBothTablesAndTheCsv) {
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run());
  EXPECT_EQ(plan_.output_dir, dir_.File("out/phase3a/v3_color_relaxed"));
  EXPECT_EQ(plan_.inputs.size(), 2u);
  DHS_ASSERT_OK_AND_ASSIGN(const auto bricks, catalog::ReadParquet(*storage_, dir_.File("staging/bricks_with_region")));
  DHS_ASSERT_OK_AND_ASSIGN(const auto names, ReadTexts(*bricks, "brickname", ""));
  EXPECT_EQ(names, (std::vector<std::string>{"0076p000", "0078p000", "1251p000", "1253p000", "1256p000"}));
  DHS_ASSERT_OK_AND_ASSIGN(const auto ids, ReadCounts(*bricks, "region_id", "", CountNulls::kRefuse));
  EXPECT_EQ(ids, (std::vector<int64_t>{0, 0, 1, 1, 1}));
  EXPECT_EQ(bricks->GetColumnByName("psfsize_g"), nullptr) << "absent from the bricks file";
  EXPECT_EQ(bricks->GetColumnByName("nexp_r")->type()->id(), arrow::Type::INT64);

  DHS_ASSERT_OK_AND_ASSIGN(const auto metrics, catalog::ReadParquet(*storage_, dir_.File("staging/region_metrics")));
  ASSERT_EQ(metrics->num_rows(), 2);
  DHS_ASSERT_OK_AND_ASSIGN(const auto lrgs, ReadCounts(*metrics, "n_lrg_v3_total", "", CountNulls::kRefuse));
  EXPECT_EQ(lrgs, (std::vector<int64_t>{(30 % 7 + 3) + (31 % 7 + 3), 500 % 7 + 501 % 7 + 502 % 7 + 9}));
  DHS_ASSERT_OK_AND_ASSIGN(const auto csv,
                           catalog::ReadCsv(*storage_, dir_.File("staging/region_metrics_csv/region_metrics.csv")));
  EXPECT_EQ(csv->ColumnNames(), metrics->ColumnNames());

  EXPECT_EQ(report.manifest["bricks_in"], 6);
  EXPECT_EQ(report.manifest["bricks_out"], 5);
  EXPECT_EQ(report.manifest["failed_cuts"]["psfsize_r"]["failed"], 1);
  EXPECT_EQ(report.manifest["regions"], 2);
  EXPECT_EQ(report.manifest["area_from"]["tessellation"], 6);
  EXPECT_NE(report.account.find("psfsize_r <= 1.6 arcsec"), std::string::npos) << report.account;
  EXPECT_EQ(report.manifest.dump().find(dir_.path()), std::string::npos) << "no machine's path in the manifest";
  EXPECT_EQ(report.account.find(dir_.path()), std::string::npos);
}

class RegionsStageSplitTest : public RegionsStageTest, public ::testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Methods, RegionsStageSplitTest, ::testing::Values("hash", "brick", "balanced"));

TEST_P(RegionsStageSplitTest, TheOrderOfRowsDoesNotMatter) {
  DHS_ASSERT_OK(Run({{"split", GetParam()}}).status());
  const std::string first = testing::ReadBytes(dir_.File("staging/bricks_with_region/part-00000.parquet")) +
                            testing::ReadBytes(dir_.File("staging/region_metrics/part-00000.parquet"));
  for (const char* name : {"counts.csv", "bricks.csv"}) {
    const std::string text = testing::ReadBytes(dir_.File(name));
    std::string reversed;
    size_t header = text.find('\n') + 1;
    for (size_t start = header; start < text.size();) {
      const size_t end = text.find('\n', start) + 1;
      reversed.insert(0, text.substr(start, end - start));
      start = end;
    }
    Write(name, text.substr(0, header) + reversed);
  }
  DHS_ASSERT_OK(Run({{"split", GetParam()}}).status());
  EXPECT_EQ(first, testing::ReadBytes(dir_.File("staging/bricks_with_region/part-00000.parquet")) +
                       testing::ReadBytes(dir_.File("staging/region_metrics/part-00000.parquet")));
}

TEST_F(RegionsStageTest, KeepsAnEarlierAssignment) {
  Write("earlier.csv", "brickname,split\n0076p000,val\n1251p000,train\n1253p000,test\n1256p000,test\n2000p100,val\n");
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run({{"split-from", dir_.File("earlier.csv")}}));
  EXPECT_EQ(plan_.inputs.back().role, "split_from");
  DHS_ASSERT_OK_AND_ASSIGN(const auto bricks, catalog::ReadParquet(*storage_, dir_.File("staging/bricks_with_region")));
  DHS_ASSERT_OK_AND_ASSIGN(const auto splits, ReadTexts(*bricks, "brick_split", ""));
  EXPECT_EQ(splits, (std::vector<std::string>{"val", "val", "test", "test", "test"}));
  EXPECT_EQ(report.manifest["split_from"]["bricks_gone"], 1);
  EXPECT_EQ(report.manifest["split_from"]["regions_conflicting"], 1);
  EXPECT_EQ(report.manifest["split_from"]["bricks_changed"], 1);
  EXPECT_NE(report.account.find("1 change with their region"), std::string::npos) << report.account;

  Write("other.csv", "brickname,split\n2000p100,val\n");
  DHS_EXPECT_ERROR(Run({{"split-from", dir_.File("other.csv")}}), ExitCode::kData, "none of its 1 bricks with a split");
  DHS_EXPECT_ERROR(Run({{"split-from", dir_.File("out/phase3a/v3_color_relaxed")}}), ExitCode::kData, "found none");
}

TEST_F(RegionsStageTest, EveryTableOfAnEarlierAssignmentIsAnInput) {
  DHS_ASSERT_OK(storage_->MakeDirectories(dir_.File("old")));
  Write("old/bricks.csv", "brickname,region_id\n0076p000,4\n1251p000,5\n");
  Write("old/region_metrics", "region_id,region_split\n4,val\n5,train\n");
  DHS_ASSERT_OK(Run({{"split-from", dir_.File("old/bricks.csv")}}).status());
  ASSERT_EQ(plan_.inputs.size(), 4u);
  EXPECT_EQ(plan_.inputs[3].role, "split_from");
  EXPECT_EQ(plan_.inputs[3].path, dir_.File("old/region_metrics"));
  EXPECT_FALSE(plan_.inputs[3].sha256.empty());
}

TEST_F(RegionsStageTest, KeepsNoAssignmentThatItReplaces) {
  const std::string own = "out/phase3a/v3_color_relaxed";
  DHS_ASSERT_OK(storage_->MakeDirectories(dir_.File(own)));
  Write(own + "/e.csv", "brickname,split\n0076p000,val\n");
  const std::string other = "out/./phase3a//v3_color_relaxed/../v3_color_relaxed/e.csv";
  for (const std::string& spelling : {own + "/e.csv", other}) {
    DHS_EXPECT_ERROR(Run({{"split-from", dir_.File(spelling)}}), ExitCode::kUsage, "is what this run would replace");
  }
  DHS_ASSERT_OK(storage_->MakeDirectories(dir_.File(own + "_old")));
  Write(own + "_old/e.csv", "brickname,split\n0076p000,val\n");
  DHS_ASSERT_OK(Run({{"split-from", dir_.File(own + "_old/e.csv")}}).status());
}

TEST_F(RegionsStageTest, TheNumberOfThreadsDoesNotMatter) {
  const auto bytes = [&] {
    std::string all;
    for (const char* file : {"bricks_with_region/part-00000.parquet", "region_metrics/part-00000.parquet",
                             "region_metrics_csv/region_metrics.csv"}) {
      all += testing::ReadBytes(dir_.File(std::string("staging/") + file));
    }
    return all;
  };
  DHS_ASSERT_OK(Run().status());
  const std::string first = bytes();
  num_threads_ = 4;
  DHS_ASSERT_OK(Run().status());
  EXPECT_EQ(bytes(), first);
}

TEST_F(RegionsStageTest, NamesTheCureOfAMegaRegionAndOfAnImbalance) {
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run());
  const std::string warnings = fmt::format("{}", fmt::join(report.warnings, "\n"));
  EXPECT_NE(warnings.find("--tiling area:1 with --adjacency tessellation cuts it"), std::string::npos) << warnings;
  EXPECT_NE(warnings.find("--split balanced with --tiling area:1"), std::string::npos) << warnings;
}

TEST_F(RegionsStageTest, TellsOfComponentsTilesAndTheBuffer) {
  // 24 x 24 bricks across RA 0: one component of 36 deg2.
  std::string counts = kCountsHeader, bricks = kBricksHeader;
  for (int32_t row = 348; row < 372; ++row) {
    for (int32_t k = 0; k < 24; ++k) {
      const int32_t num_columns = sky::NumColumns(row);
      const std::string name = sky::NameOf({row, (num_columns - 12 + k) % num_columns}).ToString();
      counts += fmt::format("{},1000,1,2,{},40,50\n", name, k % 7 + 3);
      bricks += fmt::format("{},0.05,1.3,24.5,1\n", name);
    }
  }
  Write("counts.csv", counts);
  Write("bricks.csv", bricks);
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report,
                           Run({{"adjacency", "tessellation"}, {"tiling", "area:3"}, {"split-buffer-deg", "0.2"}}));
  EXPECT_EQ(report.manifest["components"], 1);
  EXPECT_EQ(report.manifest["largest_components"][0], 576);
  EXPECT_EQ(report.manifest["tiles"]["components_cut"], 1);
  EXPECT_EQ(report.manifest["tiles"]["tiles"], report.manifest["regions"]);
  EXPECT_LE(report.manifest["tiles"]["greatest_deg2"], 3.0);
  EXPECT_GE(report.manifest["tiles"]["least_deg2"], 1.5 - 0.0625);
  EXPECT_GT(report.manifest["buffer"]["splits"]["train"]["bricks_lost"], 0);
  EXPECT_EQ(report.manifest["bounds"]["by_name"], 576);
  DHS_ASSERT_OK_AND_ASSIGN(const auto table, catalog::ReadParquet(*storage_, dir_.File("staging/bricks_with_region")));
  DHS_ASSERT_OK_AND_ASSIGN(const auto splits, ReadTexts(*table, "brick_split", ""));
  int64_t lost = 0;
  for (const char* split : {"train", "val", "test"}) {
    lost += report.manifest["buffer"]["splits"][split]["bricks_lost"].get<int64_t>();
  }
  EXPECT_EQ(std::count(splits.begin(), splits.end(), "buffer"), lost);
  EXPECT_NE(report.account.find("Buffer of 0.2 deg between splits"), std::string::npos) << report.account;
}

TEST_F(RegionsStageTest, WarnsOfARegionWithTooMuchArea) {
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run());
  ASSERT_FALSE(report.warnings.empty());
  EXPECT_EQ(report.warnings.back().substr(0, 21), "region 1 holds 60.0 %") << report.warnings.back();
}

TEST_F(RegionsStageTest, RejectsDamagedCounts) {
  const std::string header = kCountsHeader;
  Write("counts.csv", header + "0001p000,5,1,1,1,1,-1\n");
  DHS_EXPECT_ERROR(Run(), ExitCode::kData, "column n_lrg_v5_very_relaxed, row 0: expected a whole number");
  Write("counts.csv", header + "0001p000,5,1,1,1,1,1\n0003p000,5.5,1,1,1,1,1\n");
  DHS_EXPECT_ERROR(Run(), ExitCode::kData, "row 1: expected a whole number from 0 to 1000000000, found 5.5");
  Write("counts.csv", header + "0001p000,,1,1,1,1,1\n0003p000,3,1,1,1,1,1\n");
  DHS_EXPECT_ERROR(Run(), ExitCode::kData, "found no value");
  Write("counts.csv", header + "0001p00,5,1,1,1,1,1\n");
  DHS_EXPECT_ERROR(Run(), ExitCode::kData, "'0001p00' is not a brick name");
  Write("counts.csv", "brickname,lrg_count\n0001p000,5\n");
  DHS_EXPECT_ERROR(Run(), ExitCode::kData, "column n_gal is missing");
  Write("counts.csv", std::string("\x1f\x8b\x08", 3) + "rest");
  DHS_EXPECT_ERROR(Run(), ExitCode::kData, "the gzip data is cut short");
}

TEST_F(RegionsStageTest, RejectsABricksFileWithoutQuality) {
  Write("bricks.csv", "brickname,ebv\n0076p000,0.05\n");
  DHS_EXPECT_ERROR(Run(), ExitCode::kData, "column psfsize_r is missing");
  DHS_EXPECT_ERROR(Run(), ExitCode::kData, "column psfdepth_r is missing");
}

TEST_F(RegionsStageTest, SaysHowManyFailWhenNoBrickPasses) {
  DHS_EXPECT_ERROR(Run({{"max-ebv", "0.01"}}), ExitCode::kData, "none of 6 bricks passes the quality cuts: 6 fail ebv");
}

TEST_F(RegionsStageTest, ReadsRealBrickTablesInFits) {
  // Two real rows: the plain layout has no quality columns, the other one has no EBV.
  DHS_EXPECT_ERROR(Run({{"bricks", DHS_TEST_DATA("real/survey-bricks.fits.gz")}}), ExitCode::kData,
                   "column psfdepth_r is missing, which the quality cuts need");
}

TEST_F(RegionsStageTest, RejectsWrongOptions) {
  DHS_EXPECT_ERROR(Run({{"variant", "v3_color_relaxd"}}), ExitCode::kUsage, "v3_color_relaxed");
  DHS_EXPECT_ERROR(Run({{"test-frac", "0.8"}, {"val-frac", "0.3"}}), ExitCode::kUsage, "add up to 1.1");
  DHS_EXPECT_ERROR(Run({{"bricks-fits-columns", "RA,DEC,EBV"}}), ExitCode::kUsage, "leaves out psfsize_r, psfdepth_r");
  const std::string needed = "EBV,PSFSIZE_R,PSFDEPTH_R";
  DHS_ASSERT_OK(Run({{"bricks-fits-columns", needed + ",nexp_g"}}).status());
  DHS_EXPECT_ERROR(Run({{"bricks-fits-columns", needed + ",nexp_rr"}}), ExitCode::kUsage,
                   "'nexp_rr' is no column that is known or there. Did you mean 'nexp_r'");
  DHS_EXPECT_ERROR(Run({{"counts", ""}}), ExitCode::kData, "run `dhs scan`");
}

}  // namespace
}  // namespace dhs::regions
