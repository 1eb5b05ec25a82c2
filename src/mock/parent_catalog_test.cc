// SPDX-License-Identifier: Apache-2.0
#include "mock/parent_catalog.h"

#include <algorithm>
#include <map>
#include <set>

#include <arrow/array.h>
#include <arrow/table.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "catalog/parquet.h"
#include "io/files.h"
#include "mock/region_plan.h"
#include "photometry/variant.h"
#include "testing/stage_run.h"
#include "testing/testing.h"

namespace dhs::mock {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCatalog = "phase3c/v3_color_relaxed/parent_union_parquet";

class MockParent : public ::testing::Test {
 protected:
  Result<MockReport> Make(const std::string& name, MockParentOptions options, int num_threads = 2) {
    options.out = dir_.File(name);
    testing::StageHarness harness(num_threads);
    return WriteMockParent(harness.context, options);
  }
  std::shared_ptr<arrow::Table> Read(const std::string& path) {
    const auto table = catalog::ReadParquet(*LocalStorage(), dir_.File(path));
    EXPECT_TRUE(table.ok()) << table.status().ToString();
    return (*table)->CombineChunks().ValueOrDie();
  }
  std::map<std::string, std::string> AllBytes(const std::string& name) {
    std::map<std::string, std::string> bytes;
    for (const auto& entry : fs::recursive_directory_iterator(dir_.File(name))) {
      if (entry.is_regular_file()) {
        bytes[entry.path().lexically_relative(dir_.File(name))] = testing::ReadBytes(entry.path());
      }
    }
    return bytes;
  }
  testing::TempDir dir_;
};

template <typename Array>
const Array& Column(const arrow::Table& table, const std::string& name) {
  return static_cast<const Array&>(*table.GetColumnByName(name)->chunk(0));
}

TEST_F(MockParent, HasTheRowsBricksAndFilesThatItSays) {
  DHS_ASSERT_OK(Make("mock", {.rows = 20'000}).status());
  DHS_ASSERT_OK_AND_ASSIGN(const auto made, io::ReadJson(*LocalStorage(), dir_.File("mock/mock_parent.json")));
  const auto rows = Read(std::string("mock/") + kCatalog);
  EXPECT_EQ(rows->num_rows(), 20'000);
  std::map<std::string, int64_t> by_split;
  std::set<std::string> bricks;
  std::set<int32_t> regions;
  for (int64_t i = 0; i < rows->num_rows(); ++i) {
    ++by_split[Column<arrow::StringArray>(*rows, "region_split").GetString(i)];
    bricks.insert(Column<arrow::StringArray>(*rows, "brickname").GetString(i));
    regions.insert(Column<arrow::Int32Array>(*rows, "region_id").Value(i));
  }
  EXPECT_EQ(by_split, (made["rows_by_split"].get<std::map<std::string, int64_t>>()));
  EXPECT_EQ(static_cast<int64_t>(bricks.size()), made["bricks_with_rows"].get<int64_t>());
  EXPECT_EQ(static_cast<int64_t>(regions.size()), made["selected_regions"].get<int64_t>());
  DHS_ASSERT_OK_AND_ASSIGN(const auto files,
                           catalog::ListParquetFiles(*LocalStorage(), dir_.File(std::string("mock/") + kCatalog)));
  EXPECT_EQ(static_cast<int64_t>(files.size()), made["files"].get<int64_t>());
  EXPECT_EQ(made["files"].get<int64_t>(), 191);  // 20,000 x 188,421 / 19,687,747
}

TEST_F(MockParent, FlagsAreThoseOfTheStoredColumnsAndObjectsLieInTheirBricks) {
  DHS_ASSERT_OK(Make("mock", {.rows = 20'000}).status());
  const auto rows = Read(std::string("mock/") + kCatalog);
  const auto &zmag = Column<arrow::FloatArray>(*rows, "zmag"), &rz = Column<arrow::FloatArray>(*rows, "rz"),
             &zw1 = Column<arrow::FloatArray>(*rows, "zw1");
  std::array<int64_t, photometry::kNumBuiltinVariants> wrong = {};
  int64_t outside = 0;
  std::set<std::pair<std::string, int64_t>> keys;
  for (int64_t i = 0; i < rows->num_rows(); ++i) {
    for (size_t v = 0; v < wrong.size(); ++v) {
      const photometry::Variant& variant = photometry::BuiltinVariants()[v];
      wrong[v] += Column<arrow::BooleanArray>(*rows, variant.FlagColumn()).Value(i) !=
                  photometry::PassesCuts(variant, zmag.Value(i), rz.Value(i), zw1.Value(i));
    }
    const std::string name = Column<arrow::StringArray>(*rows, "brickname").GetString(i);
    keys.emplace(name, Column<arrow::Int64Array>(*rows, "objid").Value(i));
    const auto brick = sky::BrickFromName(*sky::BrickName::Parse(name));
    ASSERT_TRUE(brick.has_value()) << name;
    outside += sky::BrickAt(Column<arrow::DoubleArray>(*rows, "ra").Value(i),
                            Column<arrow::DoubleArray>(*rows, "dec").Value(i)) != *brick;
  }
  EXPECT_THAT(wrong, ::testing::Each(0));
  EXPECT_EQ(outside, 0);
  EXPECT_EQ(static_cast<int64_t>(keys.size()), rows->num_rows());
}

TEST_F(MockParent, TablesOfRegionsAgreeWithTheCatalog) {
  DHS_ASSERT_OK(Make("mock", {.rows = 20'000}).status());
  const auto rows = Read(std::string("mock/") + kCatalog);
  const auto bricks = Read("mock/phase3a/v3_color_relaxed/bricks_with_region");
  const auto metrics = Read("mock/phase3a/v3_color_relaxed/region_metrics");
  const auto selections = Read("mock/phase3b/v3_color_relaxed/region_selections");
  std::map<std::string, std::pair<int32_t, std::string>> place_of;
  std::map<std::string, int64_t> count_of;
  for (int64_t i = 0; i < bricks->num_rows(); ++i) {
    const std::string name = Column<arrow::StringArray>(*bricks, "brickname").GetString(i);
    place_of[name] = {Column<arrow::Int32Array>(*bricks, "region_id").Value(i),
                      Column<arrow::StringArray>(*bricks, "brick_split").GetString(i)};
    count_of[name] = Column<arrow::Int64Array>(*bricks, "n_lrg_v3_color_relaxed").Value(i);
  }
  std::set<int32_t> selected;
  for (int64_t i = 0; i < selections->num_rows(); ++i) {
    selected.insert(Column<arrow::Int32Array>(*selections, "region_id").Value(i));
  }
  std::set<int32_t> found;
  for (int64_t i = 0; i < rows->num_rows(); ++i) {
    const std::string name = Column<arrow::StringArray>(*rows, "brickname").GetString(i);
    const int32_t region = Column<arrow::Int32Array>(*rows, "region_id").Value(i);
    ASSERT_EQ(place_of.at(name), (std::pair(region, Column<arrow::StringArray>(*rows, "region_split").GetString(i))));
    --count_of[name];
    found.insert(region);
  }
  EXPECT_EQ(found, selected);
  for (const auto& [name, left] : count_of) {
    EXPECT_TRUE(left == 0 || !selected.contains(place_of[name].first)) << name;
  }
  int64_t metric_bricks = 0;
  for (int64_t i = 0; i < metrics->num_rows(); ++i) {
    metric_bricks += Column<arrow::Int64Array>(*metrics, "n_bricks").Value(i);
  }
  EXPECT_EQ(metric_bricks, bricks->num_rows());
}

TEST_F(MockParent, BytesDoNotDependOnThreadsAndChangeWithTheSeed) {
  DHS_ASSERT_OK(Make("one", {.rows = 5'000, .seed = 3}, 1).status());
  DHS_ASSERT_OK(Make("three", {.rows = 5'000, .seed = 3}, 3).status());
  DHS_ASSERT_OK(Make("other", {.rows = 5'000, .seed = 4}, 1).status());
  EXPECT_EQ(AllBytes("one"), AllBytes("three"));
  EXPECT_NE(AllBytes("one"), AllBytes("other"));
}

TEST_F(MockParent, TakesTheNumberOfFilesAskedForAndReplacesAnEarlierMock) {
  DHS_ASSERT_OK(Make("mock", {.rows = 5'000, .files = 100}).status());
  DHS_ASSERT_OK(Make("mock", {.rows = 5'000, .files = 60}).status());
  DHS_ASSERT_OK_AND_ASSIGN(const auto files,
                           catalog::ListParquetFiles(*LocalStorage(), dir_.File(std::string("mock/") + kCatalog)));
  EXPECT_EQ(files.size(), 60U);
  DHS_EXPECT_ERROR(Make("mock", {.rows = 5'000, .files = 2}), ExitCode::kUsage, "one for each selected region");
}

TEST(RegionPlan, HasTheFiguresOfTheRealCatalogAtFullScale) {
  DHS_ASSERT_OK_AND_ASSIGN(const RegionPlan plan, PlanRegions(1, kFullScaleRows));
  EXPECT_EQ(plan.regions.size(), 3477U);
  EXPECT_EQ(std::count_if(plan.regions.begin(), plan.regions.end(), [](const auto& r) { return r.selected; }), 811);
  EXPECT_EQ(plan.num_selected_bricks, 256'277);
  EXPECT_EQ(plan.num_empty_bricks, 69);
  EXPECT_EQ(plan.regions[1961].bricks.size(), 115'023U);
  EXPECT_EQ(plan.regions[0].bricks.size(), 91'039U);
  EXPECT_EQ(plan.regions[2659].bricks.size(), 23'885U);
  EXPECT_EQ(plan.regions[2467].bricks.size(), 18'324U);
  EXPECT_EQ(plan.rows_by_split, (std::array<int64_t, 3>{2'208'075, 1'454'614, 16'025'058}));
  size_t num_bricks = 0;
  for (const PlannedRegion& region : plan.regions) {
    num_bricks += region.bricks.size();
    EXPECT_FALSE(region.bricks.empty()) << region.region_id;
    EXPECT_EQ(region.split, regions::SplitOf(regions::SplitUniform(region.region_id, 13), {})) << region.region_id;
  }
  EXPECT_EQ(num_bricks, 261'304U);
}

TEST(RegionPlan, RefusesSizesThatNoCatalogHas) {
  DHS_EXPECT_ERROR(PlanRegions(1, 10), ExitCode::kUsage, "5000 to 19687747");
  DHS_EXPECT_ERROR(PlanRegions(1, kFullScaleRows + 1), ExitCode::kUsage, "5000 to 19687747");
}

}  // namespace
}  // namespace dhs::mock
