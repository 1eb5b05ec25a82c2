// SPDX-License-Identifier: Apache-2.0
#include "fits/table_reader.h"

#include <thread>

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <gtest/gtest.h>

#include "fits/cell.h"
#include "testing/fits_builder.h"
#include "testing/testing.h"

namespace dhs::fits {
namespace {

using namespace dhs::testing;

Result<std::unique_ptr<TableReader>> Open(std::string bytes) {
  return TableReader::Open(std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(std::move(bytes))),
                           "a.fits");
}

FitsColumn Counter(int num_rows) {
  FitsColumn column{"N", "J"};
  for (int i = 0; i < num_rows; ++i) column.cells.push_back(FitsI32(i));
  return column;
}

TEST(TableReaderTest, PassesOverOtherHdus) {
  DHS_ASSERT_OK_AND_ASSIGN(const auto reader,
                           Open(FitsBuilder().Image(3000).Image(10).Table({Counter(5)}).Image(1).bytes()));
  EXPECT_EQ(reader->num_rows(), 5);
  EXPECT_EQ(reader->layout().where().hdu, 3);
  EXPECT_EQ(reader->data_offset(), 2880 * (1 + 1 + 2 + 1 + 1 + 1));
  EXPECT_FALSE(reader->is_gzip());
}

TEST(TableReaderTest, TakesTheFirstOfTwoTables) {
  DHS_ASSERT_OK_AND_ASSIGN(const auto reader, Open(FitsBuilder().Table({Counter(5)}).Table({Counter(9)}).bytes()));
  EXPECT_EQ(reader->num_rows(), 5);
}

TEST(TableReaderTest, ReadsBlocksFromSeveralThreads) {
  constexpr int kRows = 10000;
  DHS_ASSERT_OK_AND_ASSIGN(const auto reader, Open(FitsBuilder().Table({Counter(kRows)}).bytes()));
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::vector<uint8_t> block(4 * 100);
      for (int first = 100 * t; first < kRows; first += 400) {
        if (!reader->ReadRows(first, 100, block.data()).ok()) ++wrong[static_cast<size_t>(t)];
        for (int i = 0; i < 100; ++i) wrong[static_cast<size_t>(t)] += LoadI32(block.data() + 4 * i) != first + i;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const int count : wrong) EXPECT_EQ(count, 0);
  EXPECT_TRUE(reader->Prefetch(0, kRows * 2).ok());
}

TEST(TableReaderTest, ReadsFromFrontToBackInPlainAndGzip) {
  const std::string plain = FitsBuilder().Table({Counter(1000)}).bytes();
  for (const std::string& bytes : {plain, GzipStored(plain)}) {
    DHS_ASSERT_OK_AND_ASSIGN(const auto reader, Open(bytes));
    std::vector<uint8_t> block(4 * 7);
    int32_t expected = 0;
    while (true) {
      DHS_ASSERT_OK_AND_ASSIGN(const int64_t count, reader->ReadNextRows(7, block.data()));
      if (count == 0) break;
      for (int64_t i = 0; i < count; ++i) EXPECT_EQ(LoadI32(block.data() + 4 * i), expected++);
    }
    EXPECT_EQ(expected, 1000);
    DHS_ASSERT_OK(reader->Finish());
  }
}

TEST(TableReaderTest, RefusesFilesWithoutATable) {
  DHS_EXPECT_ERROR(Open(""), ExitCode::kData,
                   "HDU 0, byte 0: not a FITS file: it must begin with 'SIMPLE  =', found an empty file");
  DHS_EXPECT_ERROR(Open("hello, world"), ExitCode::kData, "found 'hello, wo'");
  DHS_EXPECT_ERROR(Open(FitsBuilder().bytes()), ExitCode::kData,
                   "the file holds no BINTABLE: its 1 HDU is of other kinds");
  DHS_EXPECT_ERROR(Open(FitsBuilder().Image(5).bytes() + std::string(2880, ' ')), ExitCode::kData,
                   "the file holds no BINTABLE: its 2 HDUs are of other kinds");
}

TEST(TableReaderTest, SaysWhatIsThereOfATruncatedTable) {
  const std::string whole = FitsBuilder().Table({Counter(1000)}).bytes();
  DHS_EXPECT_ERROR(
      Open(whole.substr(0, 2880 * 2 + 402)), ExitCode::kData,
      "a.fits: HDU 1, byte 6162: the table's data are cut short: 1000 rows of 4 bytes take 4000 bytes, found 402 "
      "(100 whole rows)");
  DHS_EXPECT_ERROR(Open(FitsBuilder().Image(5000).bytes().substr(0, 2880 * 2 + 100)), ExitCode::kData,
                   "the data of this HDU are cut short: expected 5000 bytes, found 100");
  // The padding after the last row may be missing: no row is lost with it.
  EXPECT_TRUE(Open(whole.substr(0, 2880 * 2 + 4000)).ok());
}

TEST(TableReaderTest, RefusesRowsBeyondTheTable) {
  DHS_ASSERT_OK_AND_ASSIGN(const auto reader, Open(FitsBuilder().Table({Counter(10)}).bytes()));
  uint8_t block[400];
  EXPECT_FALSE(reader->ReadRows(5, 6, block).ok());
  EXPECT_FALSE(reader->ReadRows(-1, 1, block).ok());
  EXPECT_FALSE(reader->ReadRows(0, INT64_MAX, block).ok());
}

TEST(TableReaderTest, ReadsTheLongHeaderOfARealSweep) {
  DHS_ASSERT_OK_AND_ASSIGN(const auto reader,
                           TableReader::Open(*LocalStorage(), DHS_TEST_DATA("real/sweep-310m005-320p000.fits")));
  EXPECT_EQ(reader->header().cards().size() + 1, 577u);  // with END
  EXPECT_EQ(reader->layout().row_bytes(), 383);
  EXPECT_EQ(reader->layout().columns().size(), 96u);
  EXPECT_EQ(reader->num_rows(), 6);
}

}  // namespace
}  // namespace dhs::fits
