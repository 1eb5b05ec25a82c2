// SPDX-License-Identifier: Apache-2.0
#include "fits/table_layout.h"

#include <gtest/gtest.h>

#include "testing/fits_builder.h"
#include "testing/testing.h"

namespace dhs::fits {
namespace {

using namespace dhs::testing;

/// The cards of a BINTABLE; a later card of one keyword replaces the default.
struct Cards {
  std::string bitpix = "8", naxis = "2", naxis1 = "0", naxis2 = "3", pcount = "0", gcount = "1";
  std::vector<std::string> formats = {};
  std::vector<std::string> extra = {};
};

Result<Header> MakeHeader(const Cards& cards) {
  std::vector<std::string> all = {
      FitsTextCard("XTENSION", "BINTABLE"), FitsCard("BITPIX", cards.bitpix),
      FitsCard("NAXIS", cards.naxis),       FitsCard("NAXIS1", cards.naxis1),
      FitsCard("NAXIS2", cards.naxis2),     FitsCard("PCOUNT", cards.pcount),
      FitsCard("GCOUNT", cards.gcount),     FitsCard("TFIELDS", std::to_string(cards.formats.size()))};
  for (size_t i = 0; i < cards.formats.size(); ++i) {
    all.push_back(FitsTextCard("TTYPE" + std::to_string(i + 1), "Col_" + std::string(1, char('A' + i))));
    all.push_back(FitsTextCard("TFORM" + std::to_string(i + 1), cards.formats[i]));
  }
  all.insert(all.end(), cards.extra.begin(), cards.extra.end());
  return Header::Parse(FitsHeader(all), {.path = "a.fits", .hdu = 1});
}

Result<TableLayout> Layout(const Cards& cards) {
  ARROW_ASSIGN_OR_RAISE(const Header header, MakeHeader(cards));
  return TableLayout::Parse(header);
}

TEST(TableLayoutTest, ComputesOffsetsOfEveryType) {
  DHS_ASSERT_OK_AND_ASSIGN(const TableLayout layout,
                           Layout({.naxis1 = "129",
                                   .formats = {"L", "11X", "B", "I", "J", "K", "8A", "E", "2D", "C", "M", "1PE(5)",
                                               "QD", "0J", "3J", "16X", "A", "5E"}}));
  const int64_t offsets[] = {0, 1, 3, 4, 6, 10, 18, 26, 30, 46, 54, 70, 78, 94, 94, 106, 108, 109};
  const int64_t widths[] = {1, 2, 1, 2, 4, 8, 8, 4, 16, 8, 16, 8, 16, 0, 12, 2, 1, 20};
  int64_t sum = 0;
  for (size_t i = 0; i < layout.columns().size(); ++i) {
    EXPECT_EQ(layout.columns()[i].offset, offsets[i]) << i;
    EXPECT_EQ(layout.columns()[i].width, widths[i]) << i;
    sum += widths[i];
  }
  EXPECT_EQ(sum, layout.row_bytes());
  EXPECT_EQ(layout.rows_size_bytes(), 3 * layout.row_bytes());
}

TEST(TableLayoutTest, ReadsScalesNullsAndTheHeap) {
  DHS_ASSERT_OK_AND_ASSIGN(
      const TableLayout layout,
      Layout({.naxis1 = "6",
              .pcount = "100",
              .formats = {"I", "J"},
              .extra = {FitsCard("TSCAL1", "0.5"), FitsCard("TZERO1", "32768"), FitsCard("TNULL2", "-1"),
                        FitsTextCard("TUNIT2", "deg"), FitsCard("THEAP", "20")}}));
  EXPECT_EQ(layout.columns()[0].scale, 0.5);
  EXPECT_EQ(layout.columns()[0].zero, 32768.0);
  EXPECT_TRUE(layout.columns()[0].is_scaled());
  EXPECT_FALSE(layout.columns()[1].is_scaled());
  EXPECT_EQ(layout.columns()[1].null_value, -1);
  EXPECT_EQ(layout.columns()[1].unit, "deg");
  EXPECT_EQ(layout.heap_size_bytes(), 100);
  EXPECT_EQ(layout.heap_offset(), 20);
}

TEST(TableLayoutTest, RefusesRowsThatDisagreeWithTheColumns) {
  DHS_EXPECT_ERROR(Layout({.naxis1 = "7", .formats = {"I", "J"}}), ExitCode::kData,
                   "NAXIS1 is 7 bytes but the 2 columns take 6");
}

TEST(TableLayoutTest, RefusesNegativeAndAbsurdSizes) {
  DHS_EXPECT_ERROR(Layout({.naxis1 = "-4", .formats = {"J"}}), ExitCode::kData,
                   "NAXIS1 must not be negative, found -4");
  DHS_EXPECT_ERROR(Layout({.naxis1 = "4", .naxis2 = "-1", .formats = {"J"}}), ExitCode::kData,
                   "NAXIS2 must not be negative");
  DHS_EXPECT_ERROR(Layout({.naxis1 = "4", .naxis2 = "9223372036854775807", .formats = {"J"}}), ExitCode::kData,
                   "card \"NAXIS2  =  9223372036854775807\", byte 320: the header announces more bytes than any file");
  DHS_EXPECT_ERROR(Layout({.naxis1 = "4", .naxis2 = "1000000000000000000", .formats = {"J"}}), ExitCode::kData,
                   "more bytes than any file can hold");
  DHS_EXPECT_ERROR(Layout({.naxis1 = "4", .pcount = "-1", .formats = {"J"}}), ExitCode::kData,
                   "PCOUNT must not be negative");
  DHS_EXPECT_ERROR(Layout({.naxis1 = "1000000000", .formats = {"J"}}), ExitCode::kData, "beyond the limit");
  DHS_EXPECT_ERROR(Layout({.naxis1 = "0", .naxis2 = "5"}), ExitCode::kData, "5 rows of no bytes");
  DHS_EXPECT_ERROR(Layout({.naxis1 = "8", .formats = {"9223372036854775807D"}}), ExitCode::kData, "beyond any row");
  DHS_EXPECT_ERROR(Layout({.naxis1 = "8", .formats = {"99999999999999999999D"}}), ExitCode::kData,
                   "not a sensible number");
  DHS_EXPECT_ERROR(Layout({.naxis1 = "8", .formats = {"9223372036854775807A", "9223372036854775807A"}}),
                   ExitCode::kData, "wider than any row");
}

TEST(TableLayoutTest, RefusesHeadersThatAreNoTable) {
  DHS_EXPECT_ERROR(Layout({.bitpix = "16"}), ExitCode::kData, "a BINTABLE has BITPIX = 8, found 16");
  DHS_EXPECT_ERROR(Layout({.naxis = "1"}), ExitCode::kData, "a BINTABLE has NAXIS = 2, found 1");
  DHS_EXPECT_ERROR(Layout({.gcount = "2"}), ExitCode::kData, "a BINTABLE has GCOUNT = 1, found 2");
  DHS_EXPECT_ERROR(Layout({.naxis1 = "4", .formats = {"Z"}}), ExitCode::kData, "the column format 'Z' is none of");
  DHS_EXPECT_ERROR(Layout({.naxis1 = "4", .formats = {"12"}}), ExitCode::kData, "the column format '12' is none of");
}

TEST(TableLayoutTest, FindsColumnsInAnyCase) {
  DHS_ASSERT_OK_AND_ASSIGN(const TableLayout layout, Layout({.naxis1 = "6", .formats = {"I", "J"}}));
  EXPECT_EQ(layout.Find("COL_b")->offset, 2);
  EXPECT_EQ(layout.Find("COL_bb"), nullptr);
  DHS_EXPECT_ERROR(
      layout.Require("col_a", "JK"), ExitCode::kData,
      "a.fits: HDU 1, column col_a: the column must be one value a row of TFORM type J or K, found TFORM 'I'");
}

TEST(TableLayoutTest, RefusesAColumnThatComesTwiceOnlyIfItIsWanted) {
  DHS_ASSERT_OK_AND_ASSIGN(
      const Header header,
      Header::Parse(FitsHeader({FitsTextCard("XTENSION", "BINTABLE"), FitsCard("BITPIX", "8"), FitsCard("NAXIS", "2"),
                                FitsCard("NAXIS1", "6"), FitsCard("NAXIS2", "0"), FitsCard("PCOUNT", "0"),
                                FitsCard("GCOUNT", "1"), FitsCard("TFIELDS", "3"), FitsTextCard("TTYPE1", "RA"),
                                FitsTextCard("TFORM1", "I"), FitsTextCard("TTYPE2", "ra"), FitsTextCard("TFORM2", "I"),
                                FitsTextCard("TFORM3", "I")}),
                    {}));
  DHS_ASSERT_OK_AND_ASSIGN(const TableLayout layout, TableLayout::Parse(header));
  DHS_EXPECT_ERROR(layout.Require("RA", "I"), ExitCode::kData, "comes twice");
  EXPECT_TRUE(layout.Require("COL3", "I").ok());
}

TEST(DataSizeTest, FollowsTheStandard) {
  const auto size = [](std::vector<std::string> cards) -> Result<int64_t> {
    ARROW_ASSIGN_OR_RAISE(const Header header, Header::Parse(FitsHeader(cards), {}));
    return DataSizeBytes(header);
  };
  EXPECT_EQ(*size({FitsCard("BITPIX", "16"), FitsCard("NAXIS", "0")}), 0);
  EXPECT_EQ(
      *size({FitsCard("BITPIX", "-64"), FitsCard("NAXIS", "2"), FitsCard("NAXIS1", "10"), FitsCard("NAXIS2", "3")}),
      240);
  EXPECT_EQ(*size({FitsCard("BITPIX", "8"), FitsCard("NAXIS", "2"), FitsCard("NAXIS1", "10"), FitsCard("NAXIS2", "3"),
                   FitsCard("PCOUNT", "7"), FitsCard("GCOUNT", "1")}),
            37);
  EXPECT_EQ(*size({FitsCard("BITPIX", "16"), FitsCard("NAXIS", "2"), FitsCard("NAXIS1", "0"), FitsCard("NAXIS2", "3"),
                   FitsCard("GROUPS", "T"), FitsCard("PCOUNT", "2"), FitsCard("GCOUNT", "5")}),
            2 * 5 * (2 + 3));
  EXPECT_FALSE(size({FitsCard("BITPIX", "12"), FitsCard("NAXIS", "0")}).ok());
  EXPECT_FALSE(size({FitsCard("BITPIX", "-9223372036854775808"), FitsCard("NAXIS", "0")}).ok());
}

}  // namespace
}  // namespace dhs::fits
