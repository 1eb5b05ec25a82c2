// SPDX-License-Identifier: Apache-2.0
#include "selection/select_stage.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <arrow/api.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/memory_budget.h"
#include "catalog/parquet.h"
#include "dhs/option_table.h"
#include "io/files.h"
#include "regions/arrow_columns.h"
#include "regions/regions_stage.h"
#include "sky/tessellation.h"
#include "testing/testing.h"

namespace dhs::selection {
namespace {

class SelectStageTest : public ::testing::Test {
 protected:
  // The output of stage 3a for 60 regions of one to three bricks.
  void SetUp() override {
    std::string counts =
        "brickname,n_gal,n_lrg_v1_pure_massive,n_lrg_v2_baseline_dr10,n_lrg_v3_color_relaxed,n_lrg_v4_mag_relaxed,"
        "n_lrg_v5_very_relaxed\n";
    std::string bricks = "brickname,ebv,psfsize_r,psfdepth_r\n";
    for (int32_t region = 0; region < 60; ++region) {
      for (int32_t k = 0; k <= region % 3; ++k) {
        const std::string name = sky::NameOf({360, region * 20 + k}).ToString();
        counts += fmt::format("{},2000,1,3,{},40,50\n", name, 50 + region * 7 % 31);
        bricks += fmt::format("{},{},{},24.5\n", name, 0.01 + 0.001 * region, 1.2 + 0.005 * region);
      }
    }
    testing::WriteBytes(dir_.File("counts.csv"), counts);
    testing::WriteBytes(dir_.File("bricks.csv"), bricks);
    auto stage = regions::MakeRegionsStage();
    OptionTable table;
    stage->BindOptions(table);
    DHS_ASSERT_OK(table.Set("output", dir_.File("out")));
    DHS_ASSERT_OK(table.Set("bricks", dir_.File("bricks.csv")));
    DHS_ASSERT_OK(table.Set("counts", dir_.File("counts.csv")));
    RunContext context{storage_, {}, &progress_, &memory_};
    const std::string output = dir_.File("out/phase3a/v3_color_relaxed");
    DHS_ASSERT_OK(storage_->MakeDirectories(output));
    DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, stage->Run(context, output));
    DHS_ASSERT_OK(io::WriteJsonAtomic(*storage_, output + "/_manifest.json", report.manifest));
    testing::WriteBytes(output + "/_SUCCESS", "");
  }

  Result<StageReport> Run(std::vector<std::pair<std::string, std::string>> options = {}) {
    auto stage = MakeSelectStage();
    OptionTable table;
    stage->BindOptions(table);
    ARROW_RETURN_NOT_OK(table.Set("output", dir_.File("out")));
    for (const auto& [name, value] : options) ARROW_RETURN_NOT_OK(table.Set(name, value));
    RunContext context{storage_, {}, &progress_, &memory_, num_threads_};
    ARROW_ASSIGN_OR_RAISE(const StagePlan plan, stage->Plan(context));
    EXPECT_EQ(plan.output_dir, dir_.File("out/phase3b/v3_color_relaxed"));
    ARROW_RETURN_NOT_OK(storage_->MakeDirectories(dir_.File("staging")));
    return stage->Run(context, dir_.File("staging"));
  }

  Result<std::shared_ptr<arrow::Table>> Rows() {
    return catalog::ReadParquet(*storage_, dir_.File("staging/region_selections"));
  }

  testing::TempDir dir_;
  std::shared_ptr<Storage> storage_ = LocalStorage();
  Progress progress_;
  base::MemoryBudget memory_{int64_t{1} << 30};
  int num_threads_ = 1;
};

TEST_F(SelectStageTest, WritesTheSelectionsAndTheirCsv) {
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run({{"ranking-config", "density:2:3,n_lrg:1:0"}}));
  DHS_ASSERT_OK_AND_ASSIGN(const auto rows, Rows());
  DHS_ASSERT_OK_AND_ASSIGN(const auto sets, regions::ReadTexts(*rows, "selection_set_id", ""));
  ASSERT_EQ(rows->num_rows(), report.manifest["rows"]);
  EXPECT_EQ(sets.front(), "topk_density_k2");
  EXPECT_EQ(sets.back(), "topk_n_lrg_k1");
  EXPECT_EQ(report.manifest["strategies"]["topk"]["expected"], 9);
  EXPECT_EQ(report.manifest["strategies"]["topk"]["found"], 9);
  // ceil(0.2 x 3) + ceil(0.4 x 3) twice, in three splits.
  EXPECT_EQ(report.manifest["strategies"]["stratified_custom"]["expected"], 15);
  EXPECT_EQ(report.manifest["strategies"]["stratified_balanced"]["expected"], 9);
  const auto bins = rows->GetColumnByName("density_bin");
  EXPECT_TRUE(bins->GetScalar(0).ValueOrDie()->is_valid == false) << "topk has no bins";
  DHS_ASSERT_OK_AND_ASSIGN(
      const auto csv, catalog::ReadCsv(*storage_, dir_.File("staging/region_selections_csv/region_selections.csv")));
  EXPECT_EQ(csv->num_rows(), rows->num_rows());
  EXPECT_EQ(csv->ColumnNames(), rows->ColumnNames());
  for (const char* text : {"Ranking: density:2:3,n_lrg:1:0", "Unique regions:", "Largest selected regions",
                           "Split balance", "Representativeness", "Nulls in the output: density_bin 9"}) {
    EXPECT_NE(report.account.find(text), std::string::npos) << text << "\n" << report.account;
  }
}

TEST_F(SelectStageTest, TheNumberOfThreadsDoesNotMatter) {
  const std::vector<std::pair<std::string, std::string>> options = {{"ranking-config", "density:5:6,psf_weighted:3:0"}};
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport one, Run(options));
  const std::string first = testing::ReadBytes(dir_.File("staging/region_selections/part-00000.parquet"));
  num_threads_ = 4;
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport four, Run(options));
  EXPECT_EQ(testing::ReadBytes(dir_.File("staging/region_selections/part-00000.parquet")), first);
  EXPECT_EQ(four.account, one.account);
  EXPECT_EQ(four.manifest, one.manifest);
}

TEST_F(SelectStageTest, NamesPoolsThatAreTooSmall) {
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run({{"ranking-config", "density:30:0"}}));
  ASSERT_FALSE(report.warnings.empty());
  EXPECT_NE(report.account.find("topk_density_k30, val: "), std::string::npos) << report.account;
  EXPECT_FALSE(report.manifest["pools_too_small"].empty());
}

TEST_F(SelectStageTest, OlderOptionsApplyWithoutARankingConfig) {
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run({{"ranking-modes", "n_lrg"}, {"k-top", "2"}}));
  EXPECT_EQ(report.manifest["rows"], 6);
  EXPECT_EQ(report.definitions["ranking_config"], "n_lrg:2:0");
}

TEST_F(SelectStageTest, RankingConfigWinsAndSaysSo) {
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run({{"ranking-config", "n_lrg:1:0"}, {"k-top", "100"}}));
  EXPECT_EQ(report.manifest["rows"], 3);
  ASSERT_FALSE(report.warnings.empty());
  EXPECT_EQ(report.warnings[0], "--ranking-config is given, so --k-top has no effect");
}

TEST_F(SelectStageTest, ExcludedSplitsLeaveThePool) {
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report,
                           Run({{"ranking-config", "n_lrg:1:0"}, {"exclude-splits", "test,val"}}));
  EXPECT_EQ(report.manifest["rows"], 1);
  EXPECT_GT(report.manifest["regions_excluded_by_split"], 0);
  EXPECT_EQ(report.manifest["strategies"]["topk"]["expected"], 1);
}

// Gives every brick of bricks_with_region a split of its own, and every region "mixed".
class SelectByBrickTest : public SelectStageTest {
 protected:
  using Rewrite = std::function<std::vector<std::string>(std::vector<std::string> splits)>;

  void RewriteColumn(const std::string& table, const std::string& column, const Rewrite& rewrite) {
    const std::string path = dir_.File("out/phase3a/v3_color_relaxed/" + table + "/part-00000.parquet");
    DHS_ASSERT_OK_AND_ASSIGN(const auto rows, catalog::ReadParquet(*storage_, path));
    DHS_ASSERT_OK_AND_ASSIGN(const auto old, regions::ReadTexts(*rows, column, path));
    arrow::StringBuilder builder;
    for (const std::string& split : rewrite(old)) DHS_ASSERT_OK(builder.Append(split));
    const int index = rows->schema()->GetFieldIndex(column);
    DHS_ASSERT_OK_AND_ASSIGN(const auto array, builder.Finish());
    DHS_ASSERT_OK_AND_ASSIGN(const auto changed, rows->SetColumn(index, rows->schema()->field(index),
                                                                 std::make_shared<arrow::ChunkedArray>(array)));
    DHS_ASSERT_OK(catalog::WriteParquet(*storage_, path, *changed));
  }
  void Mix() {
    RewriteColumn("region_metrics", "region_split", [](auto splits) {
      std::fill(splits.begin(), splits.end(), "mixed");
      return splits;
    });
    RewriteColumn("bricks_with_region", "brick_split", [](auto splits) {
      for (size_t i = 0; i < splits.size(); ++i) {
        splits[i] = std::array{"train", "val", "test", "buffer", "train"}[i * 7 % 5];
      }
      return splits;
    });
  }
};

TEST_F(SelectByBrickTest, EveryRegionIsInThePoolOfEachSplitThatHasBricksOfIt) {
  Mix();
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run({{"ranking-config", "density:1000:0"}}));
  const std::string bricks_path = dir_.File("out/phase3a/v3_color_relaxed/bricks_with_region");
  DHS_ASSERT_OK_AND_ASSIGN(const auto bricks, catalog::ReadParquet(*storage_, bricks_path));
  DHS_ASSERT_OK_AND_ASSIGN(const auto ids, regions::ReadCounts(*bricks, "region_id", "", regions::CountNulls::kRefuse));
  DHS_ASSERT_OK_AND_ASSIGN(const auto splits, regions::ReadTexts(*bricks, "brick_split", ""));
  std::set<std::pair<int64_t, std::string>> want, found;
  std::map<std::string, int64_t> num_bricks;
  for (size_t i = 0; i < ids.size(); ++i) {
    ++num_bricks[splits[i]];
    if (splits[i] != "buffer") want.emplace(ids[i], splits[i]);
  }
  DHS_ASSERT_OK_AND_ASSIGN(const auto rows, Rows());
  DHS_ASSERT_OK_AND_ASSIGN(const auto row_ids,
                           regions::ReadCounts(*rows, "region_id", "", regions::CountNulls::kRefuse));
  DHS_ASSERT_OK_AND_ASSIGN(const auto row_splits, regions::ReadTexts(*rows, "region_split", ""));
  for (size_t i = 0; i < row_ids.size(); ++i) found.emplace(row_ids[i], row_splits[i]);
  EXPECT_EQ(found, want);
  EXPECT_EQ(row_ids.size(), want.size()) << "each once";
  EXPECT_EQ(report.manifest["bricks_in_buffer"], num_bricks["buffer"]);
  EXPECT_EQ(report.manifest["unique_bricks"], num_bricks["train"] + num_bricks["val"] + num_bricks["test"]);
  std::set<int64_t> regions_of_rows(row_ids.begin(), row_ids.end());
  EXPECT_EQ(report.manifest["unique_regions"], regions_of_rows.size());
  EXPECT_NE(report.account.find(fmt::format("buffer between splits, never selected: {}", num_bricks["buffer"])),
            std::string::npos)
      << report.account;
}

TEST_F(SelectByBrickTest, TablesOfTheEarlierSystemGoByTheRegion) {
  DHS_ASSERT_OK(Run({{"ranking-config", "density:2:3"}}).status());
  const std::string want = testing::ReadBytes(dir_.File("staging/region_selections/part-00000.parquet"));
  const std::string path = dir_.File("out/phase3a/v3_color_relaxed/bricks_with_region/part-00000.parquet");
  DHS_ASSERT_OK_AND_ASSIGN(const auto bricks, catalog::ReadParquet(*storage_, path));
  DHS_ASSERT_OK_AND_ASSIGN(const auto without, bricks->RemoveColumn(bricks->schema()->GetFieldIndex("brick_split")));
  DHS_ASSERT_OK(catalog::WriteParquet(*storage_, path, *without));
  DHS_ASSERT_OK(Run({{"ranking-config", "density:2:3"}}).status());
  EXPECT_EQ(testing::ReadBytes(dir_.File("staging/region_selections/part-00000.parquet")), want);
  RewriteColumn("region_metrics", "region_split", [](auto splits) {
    splits[1] = "mixed";
    return splits;
  });
  DHS_EXPECT_ERROR(Run(), ExitCode::kData,
                   "column region_split, row 1: expected train, val or test, found 'mixed' (bricks_with_region has no");
}

TEST_F(SelectByBrickTest, RefusesTablesThatContradictEachOther) {
  RewriteColumn("bricks_with_region", "brick_split", [](auto splits) {
    splits[0] = "none";
    return splits;
  });
  DHS_EXPECT_ERROR(Run(), ExitCode::kData,
                   "column brick_split, row 0: expected train, val, test or buffer, found 'none'");
  RewriteColumn("bricks_with_region", "brick_split", [](auto splits) {
    std::fill(splits.begin(), splits.end(), "buffer");
    return splits;
  });
  DHS_EXPECT_ERROR(Run(), ExitCode::kData, "expected regions to select from, found none");
  RewriteColumn("bricks_with_region", "brick_split", [](auto splits) {
    std::fill(splits.begin(), splits.end(), "val");
    return splits;
  });
  DHS_EXPECT_ERROR(Run(), ExitCode::kData, "expected val or mixed, as its bricks in bricks_with_region, found 't");
}

TEST_F(SelectStageTest, RejectsWrongOptionsAndInputs) {
  DHS_EXPECT_ERROR(Run({{"exclude-splits", "tests"}}), ExitCode::kUsage, "'tests' is not one of train, val, test");
  DHS_EXPECT_ERROR(Run({{"exclude-splits", "train,val,test"}}), ExitCode::kUsage, "leaves no split");
  DHS_EXPECT_ERROR(Run({{"strata-weights", "0.5,0.5"}}), ExitCode::kUsage, "expected 3, one for each density bin");
  DHS_EXPECT_ERROR(Run({{"ranking-config", "n_lrg:1"}}), ExitCode::kUsage, "entry 'n_lrg:1'");
  DHS_EXPECT_ERROR(Run({{"variant", "v9"}}), ExitCode::kUsage, "v9");
  DHS_EXPECT_ERROR(Run({{"regions", dir_.File("nowhere")}}), ExitCode::kData, "run `dhs regions`");
}

}  // namespace
}  // namespace dhs::selection
