// SPDX-License-Identifier: Apache-2.0
#include "fits/table_writer.h"

#include <libdeflate.h>

#include <arrow/array.h>
#include <arrow/table.h>
#include <gmock/gmock.h>

#include "fits/table.h"
#include "testing/testing.h"

namespace dhs::fits {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

RowLayout SmallLayout() {
  return *RowLayout::Make(
      {{"NAME", "8A"}, {"FLUX", "E", "nanomaggy"}, {"IDS", "3J"}, {"RA", "D", "deg"}, {"GOOD", "L"}});
}

std::string SmallRows(int64_t count) {
  const RowLayout layout = SmallLayout();
  std::string rows(static_cast<size_t>(count * layout.row_bytes()), '\0');
  for (int64_t i = 0; i < count; ++i) {
    char* row = rows.data() + i * layout.row_bytes();
    std::memcpy(row, "1126p222", 8);
    StoreBigEndian(row + 8, 1.5F * static_cast<float>(i));
    StoreBigEndian(row + 12, int32_t{-7});
    StoreBigEndian(row + 24, 112.625 + static_cast<double>(i));
    row[32] = 'T';
  }
  return rows;
}

std::string Card(const std::string& header, size_t index) { return header.substr(index * 80, 80); }

TEST(RowLayout, PlacesColumnsWithoutPadding) {
  const RowLayout layout = SmallLayout();
  EXPECT_EQ(layout.row_bytes(), 33);
  EXPECT_EQ(layout.OffsetOf("flux"), 8);
  EXPECT_EQ(layout.OffsetOf("IDS"), 12);
  EXPECT_EQ(layout.OffsetOf("RA"), 24);
  EXPECT_EQ(layout.OffsetOf("DEC"), std::nullopt);
}

TEST(RowLayout, RefusesWhatItCannotWrite) {
  DHS_EXPECT_ERROR(RowLayout::Make({}), ExitCode::kUsage, "at least one column");
  DHS_EXPECT_ERROR(RowLayout::Make({{"A", "PE(3)"}}), ExitCode::kUsage, "TFORM 'PE(3)'");
  DHS_EXPECT_ERROR(RowLayout::Make({{"A", "3"}}), ExitCode::kUsage, "TFORM '3'");
  DHS_EXPECT_ERROR(RowLayout::Make({{"A", ""}}), ExitCode::kUsage, "TFORM ''");
  DHS_EXPECT_ERROR(RowLayout::Make({{"A", "E"}, {"a", "E"}}), ExitCode::kUsage, "given twice");
}

TEST(HeaderBuilder, WritesFixedFormatCards) {
  HeaderBuilder cards;
  cards.Logical("SIMPLE", true, "standard");
  cards.Integer("NAXIS2", -5);
  cards.Real("SCALE", 2);
  cards.Real("TINY", 1.5e-300);
  cards.Text("NAME", "it's");
  const std::string header = cards.Finish();
  ASSERT_EQ(header.size(), 2880U);
  EXPECT_EQ(Card(header, 0), "SIMPLE  =                    T / standard" + std::string(39, ' '));
  EXPECT_THAT(Card(header, 1), StartsWith("NAXIS2  =                   -5  "));
  EXPECT_THAT(Card(header, 2), StartsWith("SCALE   =                  2.0  "));
  EXPECT_THAT(Card(header, 3), StartsWith("TINY    =             1.5E-300  "));
  EXPECT_THAT(Card(header, 4), StartsWith("NAME    = 'it''s   '  "));
  EXPECT_THAT(Card(header, 5), StartsWith("END     "));
}

TEST(HeaderBuilder, ContinuesLongTextWithoutCuttingADoubledQuote) {
  for (size_t length : {67, 68, 69, 70, 133, 134, 135, 300}) {
    for (size_t quote_at : {size_t{0}, size_t{65}, size_t{66}, length - 1}) {
      std::string value(length, 'x');
      value[quote_at] = '\'';
      HeaderBuilder cards;
      cards.Text("LONG", value);
      ASSERT_EQ(cards.cards().size() % 80, 0U);
      // Undo the convention: strip quotes and '&', join, halve the quotes.
      std::string joined;
      for (size_t i = 0; i < cards.cards().size() / 80; ++i) {
        std::string card = Card(cards.cards(), i);
        EXPECT_THAT(card, StartsWith(i == 0 ? "LONG    = '" : "CONTINUE  '"));
        card = card.substr(11, card.find_last_of('\'') - 11);
        if (i + 1 < cards.cards().size() / 80) {
          ASSERT_EQ(card.back(), '&');
          card.pop_back();
        }
        joined += card;
      }
      std::string plain;
      for (size_t i = 0; i < joined.size(); ++i) {
        plain += joined[i];
        if (joined[i] != '\'') continue;
        ASSERT_EQ(joined[++i], '\'') << length << " " << quote_at;
      }
      EXPECT_EQ(plain, value) << length << " " << quote_at;
    }
  }
}

TEST(TableWriter, WritesWhatTheReaderReads) {
  const testing::TempDir dir;
  const auto storage = LocalStorage();
  for (const bool gzip : {false, true}) {
    TableWriterOptions options{.extname = "SMALL", .gzip = gzip};
    options.primary_cards.Text("ORIGIN", "test");
    DHS_ASSERT_OK_AND_ASSIGN(const auto writer,
                             TableWriter::Open(*storage, dir.File("t.fits"), SmallLayout(), 3, options));
    DHS_ASSERT_OK(writer->Append(SmallRows(2)));
    DHS_ASSERT_OK(writer->Append(SmallRows(1)));
    DHS_ASSERT_OK(writer->Close());
    EXPECT_TRUE(gzip || testing::ReadBytes(dir.File("t.fits")).size() % 2880 == 0);
    DHS_ASSERT_OK_AND_ASSIGN(const auto table, ReadTable(*storage, dir.File("t.fits"), {"NAME", "FLUX", "RA", "GOOD"}));
    ASSERT_EQ(table->num_rows(), 3);
    const auto flux = std::static_pointer_cast<arrow::FloatArray>(table->GetColumnByName("flux")->chunk(0));
    EXPECT_EQ(flux->Value(1), 1.5F);
    const auto name = std::static_pointer_cast<arrow::StringArray>(table->GetColumnByName("name")->chunk(0));
    EXPECT_EQ(name->GetString(2), "1126p222");
    const auto ra = std::static_pointer_cast<arrow::DoubleArray>(table->GetColumnByName("ra")->chunk(0));
    EXPECT_EQ(ra->Value(1), 113.625);
  }
}

TEST(TableWriter, HoldsTheCallerToTheRowsItPromised) {
  const testing::TempDir dir;
  const auto storage = LocalStorage();
  DHS_ASSERT_OK_AND_ASSIGN(auto writer, TableWriter::Open(*storage, dir.File("t.fits"), SmallLayout(), 2));
  DHS_EXPECT_ERROR(writer->Append("half"), ExitCode::kInternal, "4 bytes appended");
  DHS_EXPECT_ERROR(writer->Append(SmallRows(3)), ExitCode::kInternal, "up to 2 rows");
  DHS_ASSERT_OK(writer->Append(SmallRows(1)));
  DHS_EXPECT_ERROR(writer->Close(), ExitCode::kInternal, "1 rows missing");
  writer.reset();
  EXPECT_FALSE(std::filesystem::exists(dir.File("t.fits")));
  DHS_EXPECT_ERROR(TableWriter::Open(*storage, dir.File("t.fits"), SmallLayout(), -1), ExitCode::kInternal, "-1 rows");
}

TEST(GzipCompress, IsDeterministicAndUnpacks) {
  const std::string plain = SmallRows(1000);
  DHS_ASSERT_OK_AND_ASSIGN(const std::string packed, GzipCompress(plain));
  DHS_ASSERT_OK_AND_ASSIGN(const std::string again, GzipCompress(plain));
  EXPECT_EQ(packed, again);
  EXPECT_EQ(packed.substr(4, 4), std::string(4, '\0')) << "no time stamp";
  EXPECT_LT(packed.size(), plain.size() / 2);
  std::string unpacked(plain.size(), '\0');
  libdeflate_decompressor* decompressor = libdeflate_alloc_decompressor();
  EXPECT_EQ(
      libdeflate_gzip_decompress(decompressor, packed.data(), packed.size(), unpacked.data(), unpacked.size(), nullptr),
      LIBDEFLATE_SUCCESS);
  libdeflate_free_decompressor(decompressor);
  EXPECT_EQ(unpacked, plain);
  DHS_EXPECT_ERROR(GzipCompress(plain, 99), ExitCode::kEnvironment, "level 99");
}

}  // namespace
}  // namespace dhs::fits
