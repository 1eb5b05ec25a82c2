// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <set>

#include <arrow/api.h>
#include <gtest/gtest.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/page_index.h>

#include "catalog/columns.h"
#include "catalog/parquet.h"
#include "testing/faulty_storage.h"
#include "testing/testing.h"

namespace dhs::catalog {
namespace {

using dhs::testing::ReadBytes;
using dhs::testing::TempDir;
using dhs::testing::WriteBytes;

std::shared_ptr<arrow::Schema> SmallSchema() {
  return SchemaOf(ParentTable(), {"brickname", "objid", "ra", "gmag_mw"});
}

// Rows [first, first + count) of an endless table.
std::shared_ptr<arrow::Table> Rows(int64_t first, int64_t count) {
  arrow::StringBuilder name;
  arrow::Int64Builder objid;
  arrow::DoubleBuilder ra;
  arrow::FloatBuilder gmag_mw;
  for (int64_t i = first; i < first + count; ++i) {
    EXPECT_TRUE(name.Append(i < 500 ? "0001m442" : "0003p010").ok());
    EXPECT_TRUE(objid.Append(i).ok());
    EXPECT_TRUE(ra.Append(static_cast<double>(i) / 7).ok());
    if (i % 5 == 0) {
      EXPECT_TRUE(gmag_mw.AppendNull().ok());
    } else {
      EXPECT_TRUE(gmag_mw.Append(i % 5 == 1 ? std::nanf("") : static_cast<float>(i)).ok());
    }
  }
  return arrow::Table::Make(SmallSchema(), {name.Finish().ValueOrDie(), objid.Finish().ValueOrDie(),
                                            ra.Finish().ValueOrDie(), gmag_mw.Finish().ValueOrDie()});
}

TEST(ColumnsTest, EveryTableIsMadeOfKnownColumnsAndEveryColumnIsUsed) {
  std::set<std::string> used;
  for (const TableSpec* table : AllTables()) {
    std::set<std::string> seen;
    for (const std::string& name : table->columns) {
      EXPECT_NE(FindColumn(name), nullptr) << table->name << "." << name;
      EXPECT_TRUE(seen.insert(name).second) << "twice: " << table->name << "." << name;
      used.insert(name);
    }
    EXPECT_EQ(static_cast<size_t>(SchemaOf(*table)->num_fields()), table->columns.size());
  }
  for (const ColumnSpec& column : AllColumns()) {
    EXPECT_TRUE(used.contains(column.name)) << column.name;
    EXPECT_FALSE(column.meaning.empty());
  }
}

TEST(ColumnsTest, ParentHasTheTwentyFiveColumnsInOrder) {
  const auto& columns = ParentTable().columns;
  ASSERT_EQ(columns.size(), 25u);
  EXPECT_EQ(columns.front(), "region_id");
  EXPECT_EQ(columns[18], "maskbits");
  EXPECT_EQ(columns.back(), "is_v5_very_relaxed");
  const auto schema = SchemaOf(ParentTable());
  EXPECT_FALSE(schema->GetFieldByName("gmag")->nullable());
  EXPECT_TRUE(schema->GetFieldByName("zw1_mw")->nullable());
  EXPECT_EQ(schema->GetFieldByName("zmag")->metadata()->Get("unit").ValueOrDie(), "mag");
}

TEST(ParquetTest, ReadsBackWhatWasWritten) {
  TempDir dir;
  const auto rows = Rows(0, 1000);
  DHS_ASSERT_OK(WriteParquet(*LocalStorage(), dir.File("a.parquet"), *rows, {.max_rows_per_group = 300}));
  DHS_ASSERT_OK_AND_ASSIGN(const auto back, ReadParquet(*LocalStorage(), dir.File("a.parquet")));
  EXPECT_TRUE(back->Equals(*rows, arrow::EqualOptions::Defaults().nans_equal(true)));
  EXPECT_EQ(back->schema()->GetFieldByName("ra")->metadata()->Get("unit").ValueOrDie(), "deg");
  DHS_ASSERT_OK_AND_ASSIGN(const auto info, InspectParquet(*LocalStorage(), dir.File("a.parquet")));
  EXPECT_EQ(info.num_rows, 1000);
  EXPECT_EQ(info.num_row_groups, 4);
}

TEST(ParquetTest, BytesDoNotDependOnBatches) {
  TempDir dir;
  for (const int64_t batch : {1, 7, 300, 1000}) {
    DHS_ASSERT_OK_AND_ASSIGN(auto writer, ParquetFileWriter::Open(*LocalStorage(), dir.File(std::to_string(batch)),
                                                                  SmallSchema(), {.max_rows_per_group = 300}));
    for (int64_t first = 0; first < 1000; first += batch) {
      DHS_ASSERT_OK(writer->Write(*Rows(first, std::min<int64_t>(batch, 1000 - first))));
    }
    DHS_ASSERT_OK(writer->Close());
    EXPECT_EQ(writer->num_rows(), 1000);
    EXPECT_TRUE(ReadBytes(dir.File(std::to_string(batch))) == ReadBytes(dir.File("1"))) << batch;
  }
}

TEST(ParquetTest, BytesAndRowsDoNotDependOnThreads) {
  TempDir dir;
  const auto rows = Rows(0, 1000);
  for (const int threads : {1, 2, 8}) {
    const std::string path = dir.File(std::to_string(threads));
    DHS_ASSERT_OK(WriteParquet(*LocalStorage(), path, *rows, {.max_rows_per_group = 300, .num_threads = threads}));
    EXPECT_TRUE(ReadBytes(path) == ReadBytes(dir.File("1"))) << threads;
    DHS_ASSERT_OK_AND_ASSIGN(const auto back, ReadParquet(*LocalStorage(), path, {}, threads));
    EXPECT_TRUE(back->Equals(*rows, arrow::EqualOptions::Defaults().nans_equal(true))) << threads;
  }
}

TEST(ParquetTest, FilesCarryStatisticsPageIndexChecksumAndSorting) {
  TempDir dir;
  DHS_ASSERT_OK(WriteParquet(*LocalStorage(), dir.File("a.parquet"), *Rows(0, 1000),
                             {.sorting_columns = {"brickname", "objid"}}));
  const auto reader = parquet::ParquetFileReader::OpenFile(dir.File("a.parquet"));
  const auto group = reader->metadata()->RowGroup(0);
  EXPECT_EQ(group->sorting_columns().size(), 2u);
  EXPECT_EQ(group->sorting_columns()[1].column_idx, 1);
  for (int c = 0; c < 4; ++c) {
    const auto chunk = group->ColumnChunk(c);
    EXPECT_EQ(chunk->compression(), parquet::Compression::ZSTD);
    EXPECT_TRUE(chunk->is_stats_set()) << c;
    EXPECT_EQ(chunk->has_dictionary_page(), c == 0) << c;
    EXPECT_TRUE(chunk->GetOffsetIndexLocation().has_value()) << c;
  }
}

TEST(ParquetTest, NullInAColumnWithoutNullsIsRefused) {
  TempDir dir;
  arrow::Int64Builder objid;
  DHS_ASSERT_OK(objid.AppendNull());
  const auto schema = SchemaOf(ParentTable(), {"objid"});
  const auto table = arrow::Table::Make(schema, {objid.Finish().ValueOrDie()});
  DHS_EXPECT_ERROR(WriteParquet(*LocalStorage(), dir.File("a.parquet"), *table), ExitCode::kInternal,
                   "1 nulls in column objid");
  EXPECT_EQ(LocalStorage()->Stat(dir.File("a.parquet")).ValueOrDie().kind, FileKind::kNone);
}

TEST(ParquetTest, FolderIsReadInPathOrderWithHiveColumnsAndWithoutBooks) {
  TempDir dir;
  for (const char* sub : {"c/region_split=train/region_id=7", "c/region_split=test/region_id=12", "c/_books"}) {
    DHS_ASSERT_OK(LocalStorage()->MakeDirectories(dir.File(sub)));
    DHS_ASSERT_OK(WriteParquet(*LocalStorage(), dir.File(std::string(sub) + "/p.parquet"), *Rows(0, 2)));
  }
  DHS_ASSERT_OK_AND_ASSIGN(const auto all,
                           ReadParquet(*LocalStorage(), dir.File("c"), {"region_id", "objid", "region_split"}));
  ASSERT_EQ(all->num_rows(), 4);
  EXPECT_EQ(all->schema()->ToString(),
            "region_id: int32 not null\nobjid: int64 not null\nregion_split: string not null");
  EXPECT_EQ(all->column(0)->GetScalar(0).ValueOrDie()->ToString(), "12");
  EXPECT_EQ(all->column(2)->GetScalar(3).ValueOrDie()->ToString(), "train");
}

TEST(ParquetTest, MissingColumnNamesTheFileAndTheNearest) {
  TempDir dir;
  DHS_ASSERT_OK(WriteParquet(*LocalStorage(), dir.File("a.parquet"), *Rows(0, 2)));
  DHS_EXPECT_ERROR(
      ReadParquet(*LocalStorage(), dir.File("a.parquet"), {"objd"}), ExitCode::kData,
      "a.parquet: column objd: no such column; there are: brickname, objid, ra, gmag_mw. Did you mean 'objid'");
}

TEST(ParquetTest, DamagedFilesAreDataErrorsAndNeverCrash) {
  TempDir dir;
  DHS_ASSERT_OK(WriteParquet(*LocalStorage(), dir.File("a.parquet"), *Rows(0, 1000)));
  const std::string good = ReadBytes(dir.File("a.parquet"));
  for (size_t size = 0; size < good.size(); size += 97) {
    WriteBytes(dir.File("cut.parquet"), good.substr(0, size));
    EXPECT_EQ(ExitCodeOf(ReadParquet(*LocalStorage(), dir.File("cut.parquet")).status()), ExitCode::kData) << size;
  }
  DHS_ASSERT_OK_AND_ASSIGN(auto broken_disk, dhs::testing::FaultyStorage(LocalStorage(), "eio@read:2"));
  EXPECT_EQ(ExitCodeOf(ReadParquet(*broken_disk, dir.File("a.parquet")).status()), ExitCode::kEnvironment);
}

// Every type that FlatReader reads, with and without nulls, over several batches and row groups.
TEST(ParquetTest, RowGroupsAreWhatArrowsReaderGives) {
  arrow::FieldVector fields;
  arrow::ArrayVector columns;
  constexpr int64_t kRows = 40'000;
  const auto add = [&](const std::string& name, auto builder, auto value) {
    for (const bool nullable : {false, true}) {
      for (int64_t i = 0; i < kRows; ++i) {
        const bool is_null = nullable && i % 7 == 3;
        ASSERT_TRUE((is_null ? builder.AppendNull() : builder.Append(value(i))).ok());
      }
      columns.push_back(builder.Finish().ValueOrDie());
      fields.push_back(arrow::field(name + (nullable ? "_null" : ""), columns.back()->type(), nullable));
    }
  };
  add("bool", arrow::BooleanBuilder(), [](int64_t i) { return i % 3 == 0; });
  add("int32", arrow::Int32Builder(), [](int64_t i) { return static_cast<int32_t>(i * 7919); });
  add("int64", arrow::Int64Builder(), [](int64_t i) { return i << 33; });
  add("float", arrow::FloatBuilder(), [](int64_t i) { return static_cast<float>(i) / 3; });
  add("double", arrow::DoubleBuilder(), [](int64_t i) { return static_cast<double>(i) / 3; });
  add("string", arrow::StringBuilder(), [](int64_t i) { return std::string(static_cast<size_t>(i % 11), 'x'); });
  const auto table = arrow::Table::Make(arrow::schema(fields), columns);
  const auto int16 = arrow::Table::Make(arrow::schema({arrow::field("int16", arrow::int16())}),
                                        {arrow::MakeArrayFromScalar(arrow::Int16Scalar(-5), 3).ValueOrDie()});
  TempDir dir;
  const auto storage = LocalStorage();
  for (const auto& [name, rows] : {std::pair("flat.parquet", table), std::pair("other.parquet", int16)}) {
    const std::string path = dir.File(name);
    DHS_ASSERT_OK(WriteParquet(*storage, path, *rows, {.max_rows_per_group = 25'000}));
    std::vector<std::shared_ptr<arrow::Table>> groups;
    DHS_ASSERT_OK(ForEachRowGroup(*storage, path, {}, [&](const arrow::Table& group) {
      groups.push_back(arrow::Table::Make(group.schema(), group.columns(), group.num_rows()));
      return group.ValidateFull();
    }));
    DHS_ASSERT_OK_AND_ASSIGN(const auto wanted, ReadParquet(*storage, path));
    DHS_ASSERT_OK_AND_ASSIGN(const auto found, arrow::ConcatenateTables(groups));
    EXPECT_TRUE(found->Equals(*wanted, /*check_metadata=*/true)) << name;
  }
}

TEST(CsvTest, RoundTripsNumbersNullsAndQuotes) {
  TempDir dir;
  arrow::StringBuilder text;
  arrow::DoubleBuilder number;
  arrow::Int64Builder count;
  DHS_ASSERT_OK(text.AppendValues({"a,b", "say \"hi\"", "plain"}));
  DHS_ASSERT_OK(number.AppendValues({0.1, 1e300, -123456.789012345}));
  DHS_ASSERT_OK(count.Append(1));
  DHS_ASSERT_OK(count.AppendNull());
  DHS_ASSERT_OK(count.Append(std::numeric_limits<int64_t>::max()));
  const auto table =
      arrow::Table::Make(arrow::schema({arrow::field("t", arrow::utf8()), arrow::field("x", arrow::float64()),
                                        arrow::field("n", arrow::int64())}),
                         {text.Finish().ValueOrDie(), number.Finish().ValueOrDie(), count.Finish().ValueOrDie()});
  DHS_ASSERT_OK(WriteCsv(*LocalStorage(), dir.File("a.csv"), *table));
  EXPECT_EQ(ReadBytes(dir.File("a.csv")).substr(0, 21), "t,x,n\n\"a,b\",0.1,1\n\"sa");
  DHS_ASSERT_OK_AND_ASSIGN(const auto back, ReadCsv(*LocalStorage(), dir.File("a.csv")));
  EXPECT_TRUE(back->Equals(*table)) << back->ToString();
}

TEST(CsvTest, ReadsGzipByContentAndRefusesRaggedRows) {
  DHS_ASSERT_OK_AND_ASSIGN(const auto counts,
                           ReadCsv(*LocalStorage(), DHS_TEST_DATA("tables/dr10-south-brick-lrg-counts.csv.gz")));
  EXPECT_EQ(counts->num_rows(), 319078);
  TempDir dir;
  WriteBytes(dir.File("bad.csv"), "a,b\n1,2\n3\n");
  DHS_EXPECT_ERROR(ReadCsv(*LocalStorage(), dir.File("bad.csv")), ExitCode::kData, "bad.csv: not a CSV table");
}

}  // namespace
}  // namespace dhs::catalog
