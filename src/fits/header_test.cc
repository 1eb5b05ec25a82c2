// SPDX-License-Identifier: Apache-2.0
#include "fits/header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/fits_builder.h"
#include "testing/testing.h"

namespace dhs::fits {
namespace {

using namespace dhs::testing;

Result<Header> Parse(const std::string& bytes) {
  return Header::Parse(bytes, {.path = "a.fits", .hdu = 1, .byte_offset = 2880});
}

std::string RawCard(std::string text) {
  text.resize(80, ' ');
  return text;
}

TEST(HeaderTest, ReadsValuesOfEveryKind) {
  DHS_ASSERT_OK_AND_ASSIGN(
      const Header header,
      Parse(FitsHeader({RawCard("XTENSION= 'BINTABLE'           / binary table extension"), FitsCard("NAXIS1", "505"),
                        RawCard("NEGATIVE= -7"), RawCard("PLUS    = +7 / seven"), RawCard("REAL    =  1.5D2"),
                        RawCard("LOGICAL =                    T / yes"), RawCard("QUOTED  = 'It''s / here  ' / note"),
                        RawCard("EMPTY   = ''"), RawCard("NOVALUE =                      / nothing"),
                        RawCard("COMMENT = 'no value here'"), RawCard("HISTORY anything"), RawCard("")})));
  EXPECT_EQ(header.Text("XTENSION"), "BINTABLE");
  EXPECT_EQ(header.Find("XTENSION")->comment, "binary table extension");
  EXPECT_EQ(*header.Integer("NAXIS1"), 505);
  EXPECT_EQ(*header.Integer("NEGATIVE"), -7);
  EXPECT_EQ(*header.Integer("PLUS"), 7);
  EXPECT_EQ(**header.OptionalNumber("REAL"), 150.0);
  EXPECT_EQ(header.Text("LOGICAL"), "T");
  EXPECT_EQ(header.Text("QUOTED"), "It's / here");
  EXPECT_EQ(header.Find("QUOTED")->comment, "note");
  EXPECT_EQ(header.Text("EMPTY"), "");
  EXPECT_EQ(header.Text("NOVALUE"), std::nullopt);
  EXPECT_EQ(header.Find("COMMENT"), nullptr);
  EXPECT_EQ(header.cards().size(), 12u);
  EXPECT_EQ(header.cards()[1].byte_offset, 2880 + 80);
  EXPECT_EQ(header.size_bytes(), 2880);
}

TEST(HeaderTest, JoinsContinuedStrings) {
  DHS_ASSERT_OK_AND_ASSIGN(const Header header,
                           Parse(FitsHeader({RawCard("LONG    = 'one &'"), RawCard("CONTINUE  'two &' / first"),
                                             RawCard("CONTINUE  'three' / second"), RawCard("AFTER   = 1")})));
  EXPECT_EQ(header.Text("LONG"), "one two three");
  EXPECT_EQ(header.Find("LONG")->comment, "first second");
  EXPECT_EQ(*header.Integer("AFTER"), 1);
}

TEST(HeaderTest, KeepsTheAmpersandOfAStringThatIsNotContinued) {
  DHS_ASSERT_OK_AND_ASSIGN(const Header header,
                           Parse(FitsHeader({RawCard("A       = 'this & that&'"), RawCard("B       = 2")})));
  EXPECT_EQ(header.Text("A"), "this & that&");
}

TEST(HeaderTest, ToleratesHierarchCards) {
  DHS_ASSERT_OK_AND_ASSIGN(
      const Header header,
      Parse(FitsHeader({RawCard("HIERARCH ESO DET NAME = 'x' / y"), RawCard("HIERARCH no value")})));
  EXPECT_EQ(header.Text("HIERARCH ESO DET NAME"), "x");
}

TEST(HeaderTest, SpansAnyNumberOfBlocks) {
  std::vector<std::string> cards;
  for (int i = 0; i < 700; ++i) cards.push_back(FitsCard("KEY" + std::to_string(i), std::to_string(i)));
  const std::string bytes = FitsHeader(cards);
  DHS_ASSERT_OK_AND_ASSIGN(const Header header, Parse(bytes + "what follows"));
  EXPECT_EQ(header.size_bytes(), static_cast<int64_t>(bytes.size()));
  EXPECT_EQ(*header.Integer("KEY699"), 699);
  EXPECT_EQ(FindHeaderEnd(bytes), 701 * 80);
}

TEST(HeaderTest, TheFirstOfTwoCardsWithOneKeywordCounts) {
  DHS_ASSERT_OK_AND_ASSIGN(const Header header, Parse(FitsHeader({FitsCard("A", "1"), FitsCard("A", "2")})));
  EXPECT_EQ(*header.Integer("A"), 1);
}

TEST(HeaderTest, RefusesWhatIsNoHeaderAndSaysWhere) {
  std::string damaged = FitsHeader({FitsCard("A", "1"), FitsCard("B", "2")});
  damaged[85] = '\x07';
  DHS_EXPECT_ERROR(Parse(damaged), ExitCode::kData, "a.fits: HDU 1, byte 2965: a header card holds the byte 0x07");
  DHS_EXPECT_ERROR(Parse(FitsCard("A", "1")), ExitCode::kData, "byte 2960: the header has no END card within 80 bytes");
  DHS_EXPECT_ERROR(Parse(""), ExitCode::kData, "no END card within 0 bytes");
  DHS_EXPECT_ERROR(Parse(FitsHeader({RawCard("lower   = 1")})), ExitCode::kData, "'lower' is no keyword");
  DHS_EXPECT_ERROR(Parse(FitsHeader({RawCard("A       = 'open")})), ExitCode::kData,
                   "card \"A       = 'open\", byte 2880: the string has no closing quote");
}

TEST(HeaderTest, RefusesValuesOfTheWrongType) {
  DHS_ASSERT_OK_AND_ASSIGN(const Header header,
                           Parse(FitsHeader({RawCard("A       = 1.5"), RawCard("B       = '1'"),
                                             RawCard("C       = 99999999999999999999"), RawCard("D       = x")})));
  DHS_EXPECT_ERROR(header.Integer("A"), ExitCode::kData, "A must be an integer of at most 63 bits, found '1.5'");
  DHS_EXPECT_ERROR(header.Integer("B"), ExitCode::kData, "B must be an integer");
  DHS_EXPECT_ERROR(header.Integer("C"), ExitCode::kData, "C must be an integer");
  DHS_EXPECT_ERROR(header.OptionalNumber("D"), ExitCode::kData, "D must be a number");
  DHS_EXPECT_ERROR(header.Integer("E"), ExitCode::kData, "the header has no E card");
}

}  // namespace
}  // namespace dhs::fits
