// SPDX-License-Identifier: Apache-2.0
#include "regions/table_source.h"

#include <string>

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "catalog/parquet.h"
#include "regions/arrow_columns.h"
#include "regions/brick_tables.h"
#include "testing/fits_builder.h"
#include "testing/testing.h"

namespace dhs::regions {
namespace {

constexpr const char* kHeader = "brick,RA_Centroid,N_Objects,count_v1_pure_massive,n_lrg_v2,n_lrg_v3,n_lrg_v4,n_lrg_v5";

class TableSourceTest : public ::testing::Test {
 protected:
  Result<BrickTable> Read(const std::string& text) {
    testing::WriteBytes(dir_.File("counts"), text);
    return ReadCountTable(*storage_, dir_.File("counts"));
  }

  // The table that every format of these tests holds.
  void ExpectTheTwoBricks(const BrickTable& table) {
    ASSERT_EQ(table.columns.size(), 2u);
    EXPECT_EQ(table.columns.name[1].ToString(), "0003p000");
    EXPECT_EQ(table.columns.ra_deg, (std::vector<double>{0.125, 0.375}));
    EXPECT_TRUE(table.columns.dec_deg.empty());
    EXPECT_EQ(table.columns.n_gal, (std::vector<int64_t>{2000, 2100}));
    EXPECT_EQ(table.columns.n_lrg[0], (std::vector<int64_t>{1, 2}));
    EXPECT_EQ(table.columns.n_lrg[4], (std::vector<int64_t>{200, 210}));
  }

  testing::TempDir dir_;
  std::shared_ptr<Storage> storage_ = LocalStorage();
};

TEST_F(TableSourceTest, ReadsCsvAsOtherProgramsWriteIt) {
  const std::string plain =
      std::string(kHeader) + "\n0001p000,0.125,2000,1,2,70,90,200\n0003p000,0.375,2100,2,3,75,95,210\n";
  DHS_ASSERT_OK_AND_ASSIGN(const BrickTable table, Read(plain));
  ExpectTheTwoBricks(table);
  DHS_ASSERT_OK_AND_ASSIGN(const BrickTable with_mark, Read("\xef\xbb\xbf" + plain));
  ExpectTheTwoBricks(with_mark);
  DHS_ASSERT_OK_AND_ASSIGN(
      const BrickTable quoted,
      Read("\"brick\", ra_centroid ,\"n_objects\",count_v1_pure_massive,n_lrg_v2,n_lrg_v3,n_lrg_v4,n_lrg_v5\r\n"
           "\"0001p000\",\"0.125\", 2000 ,1,2,70,90,200\r\n\"0003p000\", 0.375,2100.0,2,3,75,95,2.1e2\r\n"));
  ExpectTheTwoBricks(quoted);
}

TEST_F(TableSourceTest, ReadsFitsAndParquetByTheSameNames) {
  const std::string csv =
      std::string(kHeader) + "\n0001p000,0.125,2000,1,2,70,90,200\n0003p000,0.375,2100,2,3,75,95,210\n";
  testing::WriteBytes(dir_.File("counts.csv"), csv);
  DHS_ASSERT_OK_AND_ASSIGN(const auto rows, catalog::ReadCsv(*storage_, dir_.File("counts.csv")));
  DHS_ASSERT_OK(catalog::WriteParquet(*storage_, dir_.File("counts.parquet"), *rows));
  DHS_ASSERT_OK_AND_ASSIGN(const BrickTable parquet, ReadCountTable(*storage_, dir_.File("counts.parquet")));
  ExpectTheTwoBricks(parquet);

  using testing::FitsF64, testing::FitsI16, testing::FitsI32, testing::FitsText;
  std::vector<testing::FitsColumn> columns = {
      {"BRICK", "8A", {FitsText("0001p000", 8), FitsText("0003p000", 8)}},
      {"RA_CENTROID", "D", {FitsF64(0.125), FitsF64(0.375)}},
      {"N_OBJECTS", "J", {FitsI32(2000), FitsI32(2100)}},
      {"COUNT_V1_PURE_MASSIVE", "I", {FitsI16(1), FitsI16(2)}},
      {"N_LRG_V2", "I", {FitsI16(2), FitsI16(3)}},
      {"n_lrg_v3_color_relaxed", "I", {FitsI16(70), FitsI16(75)}},
      {"N_LRG_V4", "I", {FitsI16(90), FitsI16(95)}},
      {"N_LRG_V5", "D", {FitsF64(200), FitsF64(210)}},
  };
  const std::string bytes = testing::FitsBuilder().Table(columns).bytes();
  for (const std::string& file : {bytes, testing::GzipStored(bytes), testing::GzipStored(csv), csv}) {
    DHS_ASSERT_OK_AND_ASSIGN(const BrickTable table, Read(file));
    ExpectTheTwoBricks(table);
  }
  columns[2].cells[1] = FitsI32(-1);
  DHS_EXPECT_ERROR(Read(testing::FitsBuilder().Table(columns).bytes()), ExitCode::kData,
                   "column n_objects, row 1: expected a whole number from 0 to 1000000000, found -1");
  columns.pop_back();
  DHS_EXPECT_ERROR(Read(testing::FitsBuilder().Table(columns).bytes()), ExitCode::kData,
                   "column n_lrg_v5_very_relaxed is missing (accepted names: n_lrg_v5_very_relaxed, n_lrg_v5,");
}

TEST_F(TableSourceTest, EqualColumnsOfOneFieldAreNoted) {
  const std::string header = "brickname,n_gal,n_galaxies,ra,ra_center,n_lrg_v1,n_lrg_v2,n_lrg_v3,n_lrg_v4,n_lrg_v5\n";
  DHS_ASSERT_OK_AND_ASSIGN(const BrickTable table, Read(header + "0001p000,2000,2000,0.125,0.1250001,1,2,70,90,200\n"
                                                                 "0003p000,2100,,0.375,0.375,1,3,75,95,210\n"));
  ASSERT_EQ(table.notes.size(), 2u);
  EXPECT_EQ(table.notes[0], "columns ra, ra_center could all be ra; 'ra' is used");
  EXPECT_EQ(table.notes[1], "columns n_gal, n_galaxies could all be n_gal; 'n_gal' is used");
  DHS_EXPECT_ERROR(Read(header + "0001p000,2000,2001,0.125,0.125,1,2,70,90,200\n"), ExitCode::kData,
                   "columns n_gal and n_galaxies can both be n_gal and contradict each other: 2000 and 2001");
}

// A centroid of objects is no centre, and all objects are more than galaxies.
TEST_F(TableSourceTest, OtherQuantitiesInPlaceOfAFieldMayDiffer) {
  DHS_ASSERT_OK_AND_ASSIGN(const BrickTable table,
                           Read("brickname,n_total,n_objects,ra_centroid,ra_center,n_lrg_v1,n_lrg_v2,n_lrg_v3,n_lrg_v4,"
                                "n_lrg_v5\n0001p000,9000,2000,0.13,0.125,1,2,70,90,200\n"
                                "0003p000,2100,2100,0.36,0.375,1,3,75,95,210\n"));
  EXPECT_EQ(table.columns.ra_deg, (std::vector<double>{0.125, 0.375}));
  EXPECT_EQ(table.columns.n_gal, (std::vector<int64_t>{2000, 2100}));
  ASSERT_EQ(table.notes.size(), 4u);
  EXPECT_EQ(table.notes[0], "columns ra_center, ra_centroid could all be ra; 'ra_center' is used");
  EXPECT_EQ(table.notes[2], "columns n_objects and n_total are different quantities and differ in 1 of 2 rows");
  EXPECT_EQ(table.notes[3], "columns ra_center and ra_centroid are different quantities and differ in 2 of 2 rows");
}

TEST_F(TableSourceTest, CountsThatAreNotNestedAreNoted) {
  DHS_ASSERT_OK_AND_ASSIGN(const BrickTable table,
                           Read("brickname,n_gal,n_lrg_v1,n_lrg_v2,n_lrg_v3,n_lrg_v4,n_lrg_v5\n"
                                "0003p000,2000,1,2,90,70,2001\n0001p000,2000,1,2,95,70,2001\n"));
  ASSERT_EQ(table.notes.size(), 2u);
  EXPECT_EQ(
      table.notes[0],
      "n_lrg_v3_color_relaxed is greater than n_lrg_v4_mag_relaxed in 2 bricks, first 0001p000: 95 and 70; are the "
      "columns mixed up?");
  EXPECT_EQ(table.notes[1].substr(0, 46), "n_lrg_v5_very_relaxed is greater than n_gal in");
}

template <typename Builder>
std::shared_ptr<arrow::Table> TextTable(std::initializer_list<const char*> cells) {
  Builder builder;
  for (const char* cell : cells) EXPECT_TRUE(builder.Append(cell).ok());
  const auto array = builder.Finish().ValueOrDie();
  return arrow::Table::Make(arrow::schema({arrow::field("n", array->type())}), {array});
}

TEST_F(TableSourceTest, TextsAreNoNumbers) {
  for (const auto& table : {TextTable<arrow::StringBuilder>({"1", " 2.5 ", "-", "x"}),
                            TextTable<arrow::LargeStringBuilder>({"1", "2", "-"})}) {
    DHS_EXPECT_ERROR(ReadDoubles(*table, "n", "t"), ExitCode::kData, "column n, row 2: expected a number, found '-'");
  }
  DHS_EXPECT_ERROR(ReadDoubles(*TextTable<arrow::StringBuilder>({"1", "2"}), "n", "t"), ExitCode::kData,
                   "expected numbers, not numbers written as texts, found type string");
}

}  // namespace
}  // namespace dhs::regions
