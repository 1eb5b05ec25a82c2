// SPDX-License-Identifier: Apache-2.0
#include "fits/table.h"

#include <cmath>
#include <cstring>

#include <arrow/array.h>
#include <arrow/io/memory.h>
#include <arrow/table.h>
#include <fitsio.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libdeflate.h>

#include "fits/table_reader.h"
#include "testing/fits_builder.h"
#include "testing/testing.h"

namespace dhs::fits {
namespace {

using namespace dhs::testing;

Result<std::shared_ptr<arrow::Table>> Read(std::string bytes, const std::vector<std::string>& columns = {},
                                           const std::vector<std::string>& optional_columns = {}) {
  return ReadTable(std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(std::move(bytes))), "a.fits",
                   columns, optional_columns);
}

template <typename ArrayType>
const ArrayType& ColumnOf(const arrow::Table& table, const std::string& name) {
  return static_cast<const ArrayType&>(*table.GetColumnByName(name)->chunk(0));
}

std::string Deflate(std::string_view bytes) {
  libdeflate_compressor* compressor = libdeflate_alloc_compressor(6);
  std::string out(libdeflate_gzip_compress_bound(compressor, bytes.size()), '\0');
  out.resize(libdeflate_gzip_compress(compressor, bytes.data(), bytes.size(), out.data(), out.size()));
  libdeflate_free_compressor(compressor);
  return out;
}

/// Two rows of every readable type.
std::string SmallFile() {
  return FitsBuilder()
      .Image(100)
      .Table({{.name = "FLAG", .format = "L", .cells = {"T", std::string(1, '\0')}},
              {.name = "Byte", .format = "B", .cells = {"\x05", "\xff"}},
              {.name = "SHORT", .format = "1I", .cells = {FitsI16(-2), FitsI16(300)}},
              {.name = "int", .format = "J", .cells = {FitsI32(-70000), FitsI32(1)}},
              {.name = "LONG", .format = "K", .cells = {FitsI64(-1), FitsI64(int64_t{1} << 40)}},
              {.name = "REAL", .format = "E", .cells = {FitsF32(1.5f), FitsF32(NAN)}},
              {.name = "DOUBLE", .format = "D", .cells = {FitsF64(-0.25), FitsF64(1e300)}},
              {.name = "NAME", .format = "8A", .cells = {FitsText("ab", 8), FitsText("1126p222", 8)}},
              {.name = "NUL", .format = "4A", .cells = {FitsText("PSF", 4, '\0'), FitsText("", 4, '\0')}},
              {.name = "VECTOR", .format = "2E", .cells = {FitsF32(1) + FitsF32(2), FitsF32(3) + FitsF32(4)}}})
      .bytes();
}

TEST(ReadTableTest, DecodesEveryScalarType) {
  DHS_ASSERT_OK_AND_ASSIGN(const auto table, Read(SmallFile()));
  EXPECT_EQ(table->schema()->ToString(),
            "flag: bool\nbyte: uint8\nshort: int16\nint: int32\nlong: int64\nreal: float\ndouble: double\n"
            "name: string\nnul: string");
  ASSERT_EQ(table->num_rows(), 2);
  EXPECT_TRUE(ColumnOf<arrow::BooleanArray>(*table, "flag").Value(0));
  EXPECT_TRUE(ColumnOf<arrow::BooleanArray>(*table, "flag").IsNull(1));
  EXPECT_EQ(ColumnOf<arrow::UInt8Array>(*table, "byte").Value(1), 255);
  EXPECT_EQ(ColumnOf<arrow::Int16Array>(*table, "short").Value(0), -2);
  EXPECT_EQ(ColumnOf<arrow::Int32Array>(*table, "int").Value(0), -70000);
  EXPECT_EQ(ColumnOf<arrow::Int64Array>(*table, "long").Value(1), int64_t{1} << 40);
  EXPECT_EQ(ColumnOf<arrow::FloatArray>(*table, "real").Value(0), 1.5f);
  EXPECT_TRUE(std::isnan(ColumnOf<arrow::FloatArray>(*table, "real").Value(1)));
  EXPECT_EQ(ColumnOf<arrow::DoubleArray>(*table, "double").Value(0), -0.25);
  EXPECT_EQ(ColumnOf<arrow::StringArray>(*table, "name").GetView(0), "ab");
  EXPECT_EQ(ColumnOf<arrow::StringArray>(*table, "name").GetView(1), "1126p222");
  EXPECT_EQ(ColumnOf<arrow::StringArray>(*table, "nul").GetView(0), "PSF");
  EXPECT_EQ(ColumnOf<arrow::StringArray>(*table, "nul").GetView(1), "");
}

TEST(ReadTableTest, FindsColumnsInAnyCaseAndGivesThemInTheOrderAskedFor) {
  DHS_ASSERT_OK_AND_ASSIGN(const auto table, Read(SmallFile(), {"INT", "byte"}, {"absent", "Real"}));
  EXPECT_THAT(table->ColumnNames(), ::testing::ElementsAre("int", "byte", "real"));
}

TEST(ReadTableTest, AppliesUnsignedConventionsScalesAndNulls) {
  const std::string bytes =
      FitsBuilder()
          .Table(
              {{"U16", "I", {FitsI16(-32768), FitsI16(32767)}, {FitsCard("TZERO1", "32768")}},
               {"U32", "J", {FitsI32(-1), FitsI32(0)}, {FitsCard("TZERO2", "2147483648.0")}},
               {"U64", "K", {FitsI64(-1), FitsI64(0)}, {FitsCard("TZERO3", "9223372036854775808")}},
               {"S8", "B", {std::string(1, '\0'), "\xff"}, {FitsCard("TZERO4", "-128")}},
               {"SCALED", "I", {FitsI16(10), FitsI16(-99)}, {FitsCard("TSCAL5", "0.5D0"), FitsCard("TNULL5", "-99")}},
               {"NULLED", "J", {FitsI32(7), FitsI32(-1)}, {FitsCard("TNULL6", "-1")}}})
          .bytes();
  DHS_ASSERT_OK_AND_ASSIGN(const auto table, Read(bytes));
  EXPECT_EQ(ColumnOf<arrow::Int32Array>(*table, "u16").Value(0), 0);
  EXPECT_EQ(ColumnOf<arrow::Int32Array>(*table, "u16").Value(1), 65535);
  EXPECT_EQ(ColumnOf<arrow::Int64Array>(*table, "u32").Value(0), 2147483647);
  EXPECT_EQ(ColumnOf<arrow::UInt64Array>(*table, "u64").Value(0), 9223372036854775807u);
  EXPECT_EQ(ColumnOf<arrow::UInt64Array>(*table, "u64").Value(1), 9223372036854775808u);
  EXPECT_EQ(ColumnOf<arrow::Int16Array>(*table, "s8").Value(0), -128);
  EXPECT_EQ(ColumnOf<arrow::Int16Array>(*table, "s8").Value(1), 127);
  EXPECT_EQ(ColumnOf<arrow::DoubleArray>(*table, "scaled").Value(0), 5.0);
  EXPECT_TRUE(ColumnOf<arrow::DoubleArray>(*table, "scaled").IsNull(1));
  EXPECT_FALSE(ColumnOf<arrow::Int32Array>(*table, "nulled").IsNull(0));
  EXPECT_TRUE(ColumnOf<arrow::Int32Array>(*table, "nulled").IsNull(1));
}

TEST(ReadTableTest, ReadsTheSameFromGzipAndPlain) {
  const std::string plain = SmallFile();
  DHS_ASSERT_OK_AND_ASSIGN(const auto expected, Read(plain));
  const size_t half = plain.size() / 2;
  const std::string members = Deflate(plain.substr(0, half)) + GzipStored(plain.substr(half));
  for (const std::string& gzip :
       {Deflate(plain), GzipStored(plain), members, Deflate(plain) + std::string(512, '\0')}) {
    DHS_ASSERT_OK_AND_ASSIGN(const auto table, Read(gzip));
    EXPECT_TRUE(table->Equals(*expected, arrow::EqualOptions::Defaults().nans_equal(true)));
  }
}

TEST(ReadTableTest, AcceptsATableWithoutRows) {
  const std::string bytes = FitsBuilder().Table({{"RA", "D"}, {"NAME", "8A"}}).bytes();
  DHS_ASSERT_OK_AND_ASSIGN(const auto table, Read(bytes));
  EXPECT_EQ(table->num_rows(), 0);
  EXPECT_EQ(table->schema()->ToString(), "ra: double\nname: string");
}

TEST(ReadTableTest, RefusesAMissingColumnAndNamesTheNearest) {
  DHS_EXPECT_ERROR(Read(SmallFile(), {"REALL"}), ExitCode::kData,
                   "a.fits: HDU 2, column REALL: there is no such column. Did you mean 'REAL'? The table has: FLAG, "
                   "Byte, SHORT, int, LONG, REAL, DOUBLE, NAME, NUL, VECTOR");
}

TEST(ReadTableTest, RefusesAVectorColumnThatWasAskedFor) {
  DHS_EXPECT_ERROR(Read(SmallFile(), {"vector"}), ExitCode::kData, "found TFORM '2E'");
}

TEST(ReadTableTest, RefusesDamagedGzip) {
  const std::string gzip = Deflate(SmallFile());
  std::string wrong_crc = gzip;
  wrong_crc[wrong_crc.size() - 6] ^= 1;
  DHS_EXPECT_ERROR(Read(wrong_crc), ExitCode::kData, "the checksum of the gzip data is wrong");
  DHS_EXPECT_ERROR(Read(gzip.substr(0, gzip.size() - 3)), ExitCode::kData, "cut short");
  DHS_EXPECT_ERROR(Read(gzip.substr(0, gzip.size() / 2)), ExitCode::kData, "a.fits");
  DHS_EXPECT_ERROR(Read(gzip.substr(0, 5)), ExitCode::kData, "cut short");
  DHS_EXPECT_ERROR(Read(gzip + "garbage"), ExitCode::kData, "bytes that are no gzip member");
}

TEST(ReadTableTest, NeverSucceedsOnATruncatedFileAndNeverCrashes) {
  const std::string whole = SmallFile();
  const std::string gzip = Deflate(whole);
  const size_t rows_end = whole.size() - 2880 + 2 * (1 + 1 + 2 + 4 + 8 + 4 + 8 + 8 + 4 + 8);
  for (size_t size = 0; size < whole.size(); size += 80) {
    EXPECT_EQ(Read(whole.substr(0, size)).ok(), size >= rows_end) << size;
  }
  for (size_t size = 0; size < gzip.size(); ++size) EXPECT_FALSE(Read(gzip.substr(0, size)).ok()) << size;
}

TEST(ReadTableTest, SurvivesBitFlips) {
  const std::string whole = SmallFile();
  const std::string gzip = Deflate(whole);
  uint64_t random = 42;
  const auto next = [&random] { return random = random * 6364136223846793005u + 1442695040888963407u, random >> 33; };
  for (int round = 0; round < 4000; ++round) {
    std::string bytes = round % 2 == 0 ? whole : gzip;
    for (uint64_t flips = next() % 4 + 1; flips > 0; --flips) bytes[next() % bytes.size()] ^= char(1 << (next() % 8));
    const auto table = Read(bytes);  // any outcome but a crash; a gzip stream that reads has its checksum right
    if (table.ok()) {
      EXPECT_GE((*table)->num_rows(), 0);
    }
  }
}

double NumberAt(const arrow::Array& array, int64_t row) {
  switch (array.type_id()) {
    case arrow::Type::UINT8:
      return static_cast<const arrow::UInt8Array&>(array).Value(row);
    case arrow::Type::INT16:
      return static_cast<const arrow::Int16Array&>(array).Value(row);
    case arrow::Type::INT32:
      return static_cast<const arrow::Int32Array&>(array).Value(row);
    case arrow::Type::INT64:
      return static_cast<double>(static_cast<const arrow::Int64Array&>(array).Value(row));
    case arrow::Type::FLOAT:
      return static_cast<const arrow::FloatArray&>(array).Value(row);
    case arrow::Type::DOUBLE:
      return static_cast<const arrow::DoubleArray&>(array).Value(row);
    default:
      ADD_FAILURE() << "unexpected type " << array.type()->ToString();
      return 0;
  }
}

/// Compares every readable column with what CFITSIO delivers.
void CompareWithCfitsio(const std::string& path) {
  SCOPED_TRACE(path);
  DHS_ASSERT_OK_AND_ASSIGN(const auto table, ReadTable(*LocalStorage(), path));
  fitsfile* file = nullptr;
  int status = 0;
  fits_open_table(&file, path.c_str(), READONLY, &status);
  ASSERT_EQ(status, 0);
  long num_rows = 0;
  fits_get_num_rows(file, &num_rows, &status);
  ASSERT_EQ(table->num_rows(), num_rows);
  ASSERT_GT(table->num_columns(), 5);
  for (int i = 0; i < table->num_columns(); ++i) {
    const std::string name = table->field(i)->name();
    int column = 0;
    fits_get_colnum(file, CASEINSEN, const_cast<char*>(name.c_str()), &column, &status);
    ASSERT_EQ(status, 0) << name;
    const arrow::Array& array = *table->column(i)->chunk(0);
    for (long row = 0; row < num_rows; ++row) {
      if (array.type_id() == arrow::Type::STRING) {
        char text[256] = "";
        char* cell = text;
        fits_read_col_str(file, column, row + 1, 1, 1, nullptr, &cell, nullptr, &status);
        std::string expected = text;
        expected.erase(expected.find_last_not_of(' ') + 1);
        EXPECT_EQ(static_cast<const arrow::StringArray&>(array).GetString(row), expected) << name;
      } else if (array.type_id() == arrow::Type::BOOL) {
        char value = 0;
        fits_read_col_log(file, column, row + 1, 1, 1, 0, &value, nullptr, &status);
        EXPECT_EQ(static_cast<const arrow::BooleanArray&>(array).Value(row), value != 0) << name;
      } else {
        double expected = 0;
        fits_read_col_dbl(file, column, row + 1, 1, 1, 0, &expected, nullptr, &status);
        const double value = NumberAt(array, row);
        if (std::isnan(expected)) {
          EXPECT_TRUE(std::isnan(value)) << name;
        } else {
          EXPECT_EQ(value, expected) << name;
        }
      }
      ASSERT_EQ(status, 0) << name;
    }
  }
  fits_close_file(file, &status);
}

TEST(ReadTableTest, AgreesWithCfitsioOnRealFiles) {
  for (const char* name : {"sweep-310m005-320p000.fits", "sweep-320m005-330p000.fits", "tractor-3301m002.fits",
                           "survey-bricks.fits.gz", "survey-bricks-dr6.fits.gz"}) {
    CompareWithCfitsio(DHS_TEST_DATA(std::string("real/") + name));
  }
}

TEST(ReadTableTest, RefusesARealFileThatIsNoFits) {
  DHS_EXPECT_ERROR(ReadTable(*LocalStorage(), DHS_TEST_DATA("real/not_a_sweep_file.txt")), ExitCode::kData,
                   "HDU 0, byte 0: not a FITS file: it must begin with 'SIMPLE  =', found '");
}

}  // namespace
}  // namespace dhs::fits
