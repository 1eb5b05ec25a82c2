// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include <arrow/array.h>
#include <arrow/compare.h>
#include <arrow/compute/cast.h>
#include <arrow/table.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/columns.h"
#include "catalog/parquet.h"
#include "compact/compact.h"
#include "compact/compact_stage.h"
#include "compact/options.h"
#include "parent/parent.h"
#include "testing/catalog_builder.h"
#include "testing/faulty_storage.h"
#include "testing/stage_run.h"
#include "testing/testing.h"

namespace dhs::compact {
namespace {

using testing::CatalogRow;
using testing::RunStageAlone;
using testing::StageHarness;

constexpr char kVariant[] = "v3_color_relaxed";
const char* const kSplits[] = {"train", "val", "test"};

TEST(FilesOfSplit, NeverMakesFilesOfFewRows) {
  EXPECT_EQ(FilesOfSplit(0, 96), 1);
  EXPECT_EQ(FilesOfSplit(3 * kMinRowsPerFile, 96), 3);
  EXPECT_EQ(FilesOfSplit(16'000'000, 96), 96);
  EXPECT_EQ(FilesOfSplit(16'000'000, 1), 1);
}

class CompactTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::vector<sky::Brick> bricks;
    for (int32_t col = 0; col < 12; ++col) bricks.push_back({300 + col, 5 * col});
    for (CatalogRow row : testing::MakeLrgs(bricks, 50, 23)) {
      if (!row.flags[2]) continue;
      const auto brick = static_cast<size_t>(std::distance(
          bricks.begin(), std::find_if(bricks.begin(), bricks.end(),
                                       [&](sky::Brick b) { return sky::NameOf(b).ToString() == row.brickname; })));
      row.region_id = static_cast<int32_t>(brick / 2);
      row.region_split = kSplits[row.region_id % 3];
      rows_.push_back(std::move(row));
    }
  }

  std::string InputDir() const { return dir_.File("parent"); }
  std::string OutputDir() const { return dir_.File(std::string("out/phase3p5/") + kVariant + "/parent_compact"); }

  // One file a split, or a split and region, as the layout says.
  void WriteParent(const std::vector<CatalogRow>& rows, bool by_region,
                   const std::function<std::shared_ptr<arrow::Table>(std::shared_ptr<arrow::Table>)>& change = {}) {
    std::map<std::string, std::vector<CatalogRow>> files;
    for (const CatalogRow& row : rows) {
      std::string folder = "region_split=" + row.region_split;
      if (by_region) folder += "/region_id=" + std::to_string(row.region_id);
      files[folder].push_back(row);
    }
    std::vector<std::string> columns = parent::ParentFileSchema()->field_names();
    if (by_region) std::erase(columns, "region_id");
    const auto schema = catalog::SchemaOf(catalog::ParentTable(), columns);
    DHS_ASSERT_OK(storage_->Remove(InputDir()));
    for (const auto& [folder, members] : files) {
      const std::string directory = InputDir() + "/" + folder;
      DHS_ASSERT_OK(storage_->MakeDirectories(directory));
      auto table = testing::TableOf(members, schema);
      if (change) table = change(table);
      DHS_ASSERT_OK(catalog::WriteParquet(*storage_, directory + "/part-00000.parquet", *table,
                                          {.sorting_columns = {}, .max_rows_per_group = 64}));
    }
  }

  Result<StageReport> Run(std::vector<std::pair<std::string, std::string>> options = {}, int threads = 1,
                          int64_t memory = int64_t{256} << 20) {
    StageHarness harness(threads, memory);
    options.emplace_back("output", dir_.File("out"));
    options.emplace_back("input", InputDir());
    return RunStageAlone(harness, MakeCompactStage(), options);
  }

  std::map<std::string, std::string> OutputBytes() const {
    std::map<std::string, std::string> bytes;
    const auto files = catalog::ListParquetFiles(*storage_, OutputDir());
    EXPECT_TRUE(files.ok()) << files.status().ToString();
    for (const FileInfo& file : *files) bytes[file.path] = testing::ReadBytes(file.path);
    return bytes;
  }

  void ExpectCatalog(std::vector<CatalogRow> want) {
    std::sort(want.begin(), want.end(), [](const CatalogRow& a, const CatalogRow& b) {
      return std::tie(a.region_split, a.region_id, a.brickname, a.objid) <
             std::tie(b.region_split, b.region_id, b.brickname, b.objid);
    });
    DHS_ASSERT_OK_AND_ASSIGN(const auto found, catalog::ReadParquet(*storage_, OutputDir()));
    const auto table = testing::TableOf(want, catalog::SchemaOf(catalog::ParentCompactTable()));
    const auto nan_equals_nan = arrow::EqualOptions::Defaults().nans_equal(true);
    for (const std::string& name : catalog::ParentCompactTable().columns) {
      EXPECT_TRUE(found->GetColumnByName(name)->Equals(*table->GetColumnByName(name), nan_equals_nan)) << name;
    }
  }

  testing::TempDir dir_;
  std::shared_ptr<Storage> storage_ = LocalStorage();
  std::vector<CatalogRow> rows_;
};

TEST_F(CompactTest, HoldsTheSameRowsSortedWithFlagsAndGmagValid) {
  WriteParent(rows_, /*by_region=*/false);
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run());
  ExpectCatalog(rows_);
  EXPECT_EQ(report.manifest["rows_in"], rows_.size());
  EXPECT_EQ(report.manifest["rows_out"], rows_.size());
  EXPECT_EQ(report.manifest["rows_dropped"], 0);
  EXPECT_EQ(report.manifest["keys_in"], report.manifest["keys_out"]);
  const auto v1 = std::count_if(rows_.begin(), rows_.end(), [](const CatalogRow& r) { return r.flags[0]; });
  EXPECT_EQ(report.manifest["by_variant"]["v1_pure_massive"], v1);
  EXPECT_EQ(report.manifest["by_variant"][kVariant], rows_.size());
  DHS_ASSERT_OK_AND_ASSIGN(const auto on_disk, io::ReadJson(*storage_, OutputDir() + "/_metadata.json"));
  EXPECT_EQ(on_disk, report.manifest);
  DHS_ASSERT_OK_AND_ASSIGN(const auto info, catalog::InspectParquet(*storage_, OutputBytes().begin()->first));
  std::vector<std::string> columns = catalog::ParentCompactTable().columns;
  std::erase(columns, "region_split");
  columns.push_back("region_split");  // from the folder's name
  EXPECT_EQ(info.schema->field_names(), columns);
}

TEST_F(CompactTest, BothLayoutsThreadsMemoryAndOrderGiveTheSameBytes) {
  WriteParent(rows_, false);
  DHS_ASSERT_OK(Run().status());
  const auto want = OutputBytes();
  ASSERT_EQ(want.size(), 3U);
  WriteParent(rows_, /*by_region=*/true);
  DHS_ASSERT_OK(Run({}, 4).status());
  EXPECT_EQ(OutputBytes(), want);
  std::shuffle(rows_.begin(), rows_.end(), std::mt19937_64(1));
  WriteParent(rows_, false);
  DHS_ASSERT_OK(Run({}, 2, 10'000).status());
  EXPECT_EQ(OutputBytes(), want);
}

TEST_F(CompactTest, DropsRowsThatFailTheVariantAndCorrectsWrongFlags) {
  auto spoilt = rows_;
  spoilt[3].raw.zmag = std::nextafter(20.4F, 21.0F);  // 20.400002: fails z < 20.4, which float32(20.4) passes
  spoilt[9].type = "psf ";
  spoilt[17].flags[2] = false;  // passes all the same
  WriteParent(spoilt, false);
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run());
  EXPECT_EQ(report.manifest["rows_dropped"], 2);
  EXPECT_EQ(report.manifest["rows_out"], rows_.size() - 2);
  EXPECT_NE(report.manifest["keys_in"], report.manifest["keys_out"]);
  EXPECT_THAT(report.warnings, ::testing::ElementsAre(::testing::HasSubstr("2 rows fail v3_color_relaxed")));
  auto want = rows_;
  want.erase(want.begin() + 9);
  want.erase(want.begin() + 3);
  ExpectCatalog(want);
}

TEST_F(CompactTest, ReadsWhatSparkWrites) {
  for (CatalogRow& row : rows_) row.mw.reset(), row.maskbits.reset();
  // int64 region_id, no *_mw columns, a dictionary of types, gmag null where it is not measured.
  WriteParent(rows_, false, [](std::shared_ptr<arrow::Table> table) {
    std::vector<std::shared_ptr<arrow::Field>> fields;
    std::vector<std::shared_ptr<arrow::ChunkedArray>> columns;
    for (const auto& field : table->schema()->fields()) {
      if (field->name().ends_with("_mw")) continue;
      arrow::Datum column = table->GetColumnByName(field->name());
      if (field->name() == "region_id") column = *arrow::compute::Cast(column, arrow::int64());
      if (field->name() == "gmag") {
        arrow::FloatBuilder builder;
        const auto& values = static_cast<const arrow::FloatArray&>(*column.chunked_array()->chunk(0));
        for (int64_t i = 0; i < values.length(); ++i) {
          EXPECT_TRUE((std::isnan(values.Value(i)) ? builder.AppendNull() : builder.Append(values.Value(i))).ok());
        }
        column = std::make_shared<arrow::ChunkedArray>(*builder.Finish());
      }
      fields.push_back(arrow::field(field->name(), column.type()));
      columns.push_back(column.chunked_array());
    }
    return arrow::Table::Make(arrow::schema(fields), columns, table->num_rows());
  });
  DHS_ASSERT_OK(Run().status());
  ExpectCatalog(rows_);
}

TEST_F(CompactTest, WritesAboutAsManyFilesAsAskedFor) {
  std::vector<sky::Brick> bricks;
  for (int32_t col = 0; col < 45; ++col) bricks.push_back({330, col});
  auto rows = testing::MakeLrgs(bricks, 1000, 5);
  std::erase_if(rows, [](const CatalogRow& r) { return !r.flags[2]; });
  WriteParent(rows, false);
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run({{"num-partitions", "3"}}));
  ASSERT_EQ(report.manifest["num_files"], 3);
  for (const auto& file : report.manifest["files"]) {
    EXPECT_NEAR(file["rows"].get<double>(), static_cast<double>(rows.size()) / 3.0, 1000.0);
  }
}

TEST_F(CompactTest, RefusesNullsMissingColumnsAndNamesThatAreNoSplit) {
  WriteParent(rows_, false, [](std::shared_ptr<arrow::Table> table) {
    return *table->RemoveColumn(table->schema()->GetFieldIndex("rz"));
  });
  DHS_EXPECT_ERROR(Run(), ExitCode::kData, "column rz");
  WriteParent(rows_, false, [](std::shared_ptr<arrow::Table> table) {
    const int i = table->schema()->GetFieldIndex("objid");
    return *table->SetColumn(
        i, arrow::field("objid", arrow::int64()),
        std::make_shared<arrow::ChunkedArray>(*arrow::MakeArrayOfNull(arrow::int64(), table->num_rows())));
  });
  DHS_EXPECT_ERROR(Run(), ExitCode::kData, "values are null, expected none");
  rows_[0].region_split = "__HIVE_DEFAULT_PARTITION__";
  WriteParent(rows_, false);
  DHS_EXPECT_ERROR(Run(), ExitCode::kData, "'__HIVE_DEFAULT_PARTITION__' is no name of a split");
}

TEST_F(CompactTest, RefusesAnInputWithFewerRowsThanItsManifestSays) {
  WriteParent(rows_, false);
  DHS_ASSERT_OK(testing::PublishStage(*storage_, InputDir(), {{"rows_written", rows_.size() + 1}}));
  DHS_EXPECT_ERROR(Run(), ExitCode::kData, "but its manifest says that");
}

TEST_F(CompactTest, NamesATruncatedInputAndMissingStages) {
  WriteParent(rows_, false);
  const std::string victim = InputDir() + "/region_split=val/part-00000.parquet";
  const std::string bytes = testing::ReadBytes(victim);
  testing::WriteBytes(victim, bytes.substr(0, bytes.size() / 2));
  DHS_EXPECT_ERROR(Run(), ExitCode::kData, "region_split=val/part-00000.parquet: not a readable Parquet file");
  StageHarness harness;
  DHS_EXPECT_ERROR(RunStageAlone(harness, MakeCompactStage(), {{"output", dir_.File("nothing")}}), ExitCode::kData,
                   "run `dhs parent` first");
}

}  // namespace
}  // namespace dhs::compact
