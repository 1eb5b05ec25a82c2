// SPDX-License-Identifier: Apache-2.0
#include "map/map.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "map/brick_sheet.h"
#include "map/draw.h"
#include "map/picture.h"
#include "testing/faulty_storage.h"
#include "testing/testing.h"

namespace dhs::map {
namespace {

constexpr size_t kMaxBytes = 3'000'000;

std::string RealTable() { return DHS_TEST_DATA("tables/dr10-south-brick-lrg-counts.csv.gz"); }

Result<Picture> PictureOf(const MapOptions& options) {
  ARROW_ASSIGN_OR_RAISE(const BrickSheet sheet, ReadBrickSheet(*LocalStorage(), options));
  return MakePicture(sheet, options);
}

// Bricks of a patch around row 400, column 30, as a CSV table with a split each.
std::string PatchCsv(int32_t num_rows, int32_t num_columns, bool reversed = false) {
  std::vector<std::string> lines;
  for (int32_t row = 400; row < 400 + num_rows; ++row) {
    for (int32_t col = 30; col < 30 + num_columns; ++col) {
      lines.push_back(fmt::format("{},{},{}\n", sky::NameOf({row, col}).ToString(), (row * 7 + col * 3) % 11,
                                  col % 3 == 0   ? "train"
                                  : col % 3 == 1 ? "val"
                                                 : "buffer"));
    }
  }
  if (reversed) std::reverse(lines.begin(), lines.end());
  std::string text = "brickname,n_gal,brick_split\n";
  for (const std::string& line : lines) text += line;
  return text;
}

class MapTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    testing::WriteBytes(dir_.File(name), text);
    return dir_.File(name);
  }
  testing::TempDir dir_;
};

// The largest maps there can be: every brick of the release with a colour of its own, and whole.
TEST_F(MapTest, StaysBelowThreeMegabytesOnTheRealSurvey) {
  for (const char* column : {"lrg_count", ""}) {
    DHS_ASSERT_OK_AND_ASSIGN(const Picture picture, PictureOf({.input = RealTable(), .column = column}));
    EXPECT_EQ(picture.num_bricks, 319078);
    for (const ImageFormat format : {ImageFormat::kSvg, ImageFormat::kPng}) {
      DHS_ASSERT_OK_AND_ASSIGN(const Drawing drawing, Draw(picture, {}, format, 1600));
      EXPECT_LT(drawing.bytes.size(), kMaxBytes) << column << ' ' << static_cast<int>(format);
      EXPECT_GT(drawing.bytes.size(), 50'000U);
    }
  }
}

// As --split brick makes them: neighbours differ, so that hardly any two can be merged.
TEST_F(MapTest, StaysBelowThreeMegabytesWithASplitForEachBrick) {
  DHS_ASSERT_OK_AND_ASSIGN(BrickSheet sheet, ReadBrickSheet(*LocalStorage(), {.input = RealTable()}));
  uint64_t state = 1;
  for (size_t i = 0; i < sheet.size(); ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    sheet.split.push_back(static_cast<uint8_t>(state >> 62));
  }
  DHS_ASSERT_OK_AND_ASSIGN(const Picture picture, MakePicture(sheet, {}));
  DHS_ASSERT_OK_AND_ASSIGN(const Drawing drawing, Draw(picture, {}, ImageFormat::kSvg, 1600));
  EXPECT_TRUE(drawing.cells_are_pixels);
  EXPECT_LT(drawing.bytes.size(), kMaxBytes);
}

TEST_F(MapTest, CoversTheSkyOfItsBricks) {
  DHS_ASSERT_OK_AND_ASSIGN(const Picture picture, PictureOf({.input = RealTable()}));
  const View view = View::Choose(picture.cells, {}, 0, 0, 1000);
  ASSERT_TRUE(view.projection().is_mollweide());
  double page_area = 0, sky_area = 0;
  for (const Cell& cell : picture.cells) {
    sky_area += sky::BoxAreaDeg2(cell.bounds);
    for (const std::vector<Point>& outline : OutlinesOf(view, cell.bounds)) {
      double twice = 0;
      for (size_t i = 0; i < outline.size(); ++i) {
        const Point a = outline[i], b = outline[(i + 1) % outline.size()];
        twice += a.x * b.y - a.y * b.x;
      }
      page_area += std::abs(twice) / 2;
    }
  }
  EXPECT_NEAR(picture.area_deg2, 19892, 1);
  EXPECT_NEAR(sky_area, picture.area_deg2, 1e-6);
  // Chords instead of curves cost up to 0.1 page unit of a brick that is 0.7 wide; on the whole far less.
  EXPECT_NEAR(page_area / std::pow(view.UnitsPerDegree(), 2) / sky_area, 1, 1e-3);
}

// So that maps of one footprint, before and after another split, can be laid side by side.
TEST_F(MapTest, ChoosesItsViewByTheFootprintAlone) {
  std::vector<std::vector<Cell>> footprints(3);
  DHS_ASSERT_OK_AND_ASSIGN(const BrickSheet sheet, ReadBrickSheet(*LocalStorage(), {.input = RealTable()}));
  for (const sky::BrickBounds& bounds : sheet.bounds) footprints[0].push_back({bounds, 0});
  for (int32_t row = 0; row < 60; ++row) {
    for (int32_t col = 0; col < sky::NumColumns(row); ++col) footprints[1].push_back({sky::BoundsOf({row, col}), 0});
    for (int32_t col = 30; col < 100; ++col) footprints[2].push_back({sky::BoundsOf({row + 400, col}), 0});
  }
  for (const std::vector<Cell>& cells : footprints) {
    const std::vector<Cell> merged = MergeCells(cells);
    ASSERT_LT(merged.size(), cells.size() / 10);
    const View a = View::Choose(cells, {}, 0, 0, 1000), b = View::Choose(merged, {}, 0, 0, 1000);
    EXPECT_EQ(a.projection().is_mollweide(), b.projection().is_mollweide());
    EXPECT_EQ(a.projection().center().ra_deg, b.projection().center().ra_deg);
    EXPECT_EQ(a.projection().center().dec_deg, b.projection().center().dec_deg);
    EXPECT_NEAR(a.UnitsPerDegree() / b.UnitsPerDegree(), 1, 1e-3);
  }
}

TEST_F(MapTest, DoesNotCutTheSurveyInTheMiddle) {
  DHS_ASSERT_OK_AND_ASSIGN(const Picture picture, PictureOf({.input = RealTable()}));
  // How long the seam is inside the survey. Around the south pole every RA is in it.
  const auto cut_deg = [&](const ViewRequest& request) {
    const View view = View::Choose(picture.cells, request, 0, 0, 1000);
    double sum = 0;
    for (const Cell& cell : picture.cells) {
      if (OutlinesOf(view, cell.bounds).size() > 1) sum += cell.bounds.dec2_deg - cell.bounds.dec1_deg;
    }
    return sum;
  };
  EXPECT_LT(cut_deg({}), 50);
  EXPECT_GT(cut_deg({.center_ra_deg = 150}), 90);
}

TEST_F(MapTest, DrawsTheSameBytesForAnyOrderOfTheRows) {
  const std::string there = Write("a.csv", PatchCsv(9, 9)), back = Write("b.csv", PatchCsv(9, 9, true));
  for (const char* column : {"", "n_gal"}) {
    for (const ImageFormat format : {ImageFormat::kSvg, ImageFormat::kPng}) {
      const MapOptions a{.input = there, .column = column, .title = "t"};
      const MapOptions b{.input = back, .column = column, .title = "t"};
      DHS_ASSERT_OK_AND_ASSIGN(const Picture picture_a, PictureOf(a));
      DHS_ASSERT_OK_AND_ASSIGN(const Picture picture_b, PictureOf(b));
      DHS_ASSERT_OK_AND_ASSIGN(const Drawing drawing_a, Draw(picture_a, {}, format, 800));
      DHS_ASSERT_OK_AND_ASSIGN(const Drawing drawing_b, Draw(picture_b, {}, format, 800));
      EXPECT_TRUE(drawing_a.bytes == drawing_b.bytes) << column << ' ' << static_cast<int>(format);
    }
  }
}

TEST_F(MapTest, ShowsAPatchInALambertView) {
  DHS_ASSERT_OK_AND_ASSIGN(const Picture picture, PictureOf({.input = Write("patch.csv", PatchCsv(8, 10))}));
  const View view = View::Choose(picture.cells, {}, 80, 110, 1440);
  EXPECT_FALSE(view.projection().is_mollweide());
  EXPECT_GT(view.UnitsPerDegree() * 0.25, 80);
  for (const Cell& cell : picture.cells) {
    for (const auto& outline : OutlinesOf(view, cell.bounds)) {
      for (const Point& p : outline) {
        EXPECT_TRUE(p.x > 80 && p.x < 1520 && p.y > 110 && p.y < 110 + view.frame().height);
      }
    }
  }
  DHS_ASSERT_OK_AND_ASSIGN(const Drawing drawing, Draw(picture, {}, ImageFormat::kSvg, 1600));
  EXPECT_FALSE(drawing.cells_are_pixels);
}

TEST_F(MapTest, LabelsMeridiansAndParallelsAroundAPole) {
  for (const bool south : {true, false}) {
    std::vector<Cell> cells;
    for (int32_t row = 0; row <= 40; ++row) {
      const int32_t from_pole = south ? row : sky::kNumRows - 1 - row;
      for (int32_t col = 0; col < sky::NumColumns(from_pole); ++col)
        cells.push_back({sky::BoundsOf({from_pole, col}), 0});
    }
    const View view = View::Choose(cells, {}, 80, 110, 1440);
    ASSERT_FALSE(view.projection().is_mollweide());
    std::vector<std::string> labels;
    for (const GridLine& line : Graticule(view, cells)) {
      if (line.has_label) labels.push_back(line.label);
    }
    for (const char* label : {"0°", "90°", "240°", south ? "−80°" : "+80°", south ? "−85°" : "+85°"}) {
      EXPECT_EQ(std::count(labels.begin(), labels.end(), label), 1) << label << ' ' << south;
    }
  }
}

TEST_F(MapTest, CountsAreaBricksAndRegionsOfEachSplit) {
  const std::string path = Write("r.csv",
                                 "brickname,region_id,brick_split\n0001p000,4,train\n0003p000,4,test\n"
                                 "0006p000,7,train\n0008p000,7,buffer\n");
  DHS_ASSERT_OK_AND_ASSIGN(const Picture picture, PictureOf({.input = path}));
  ASSERT_EQ(picture.legend.size(), 4U);
  EXPECT_EQ(picture.legend[0].num_regions, 2);
  EXPECT_EQ(picture.legend[0].num_bricks, 2);
  EXPECT_NEAR(picture.legend[0].area_deg2, 0.125, 1e-4);
  EXPECT_EQ(picture.legend[1].num_bricks, 0);
  EXPECT_EQ(picture.legend[2].num_regions, 1);
  EXPECT_EQ(picture.legend[3].name, "buffer");
  EXPECT_EQ(picture.borders.size(), 1U);  // between 0003p000 and 0006p000
}

TEST_F(MapTest, FindsBricksByBoundsNamesOrCentres) {
  const sky::BrickBounds expected = sky::BoundsOf(sky::BrickAt(10.1, -20));
  const std::string name = sky::NameOf(sky::BrickAt(10.1, -20)).ToString();
  for (const std::string& text : {fmt::format("BRICK\n{}\n", name), std::string("brick_ra,brick_dec\n10.1,-20\n"),
                                  fmt::format("ra1,ra2,dec1,dec2\n{},{},{},{}\n", expected.ra1_deg, expected.ra2_deg,
                                              expected.dec1_deg, expected.dec2_deg),
                                  fmt::format("brickname,ra1,ra2,dec1,dec2\n{},,,,\n", name)}) {
    DHS_ASSERT_OK_AND_ASSIGN(const BrickSheet sheet, ReadBrickSheet(*LocalStorage(), {.input = Write("t.csv", text)}));
    ASSERT_EQ(sheet.size(), 1U) << text;
    EXPECT_EQ(sheet.bounds[0].ra1_deg, expected.ra1_deg) << text;
    EXPECT_EQ(sheet.bounds[0].dec2_deg, expected.dec2_deg) << text;
  }
}

TEST_F(MapTest, LeavesAnOlderMapAloneWhenTheDiskFails) {
  const std::string out = Write("map.svg", "older");
  const std::string input = Write("patch.csv", PatchCsv(3, 3));
  DHS_ASSERT_OK_AND_ASSIGN(const auto faulty, testing::FaultyStorage(LocalStorage(), "enospc@sync:1"));
  const auto result = WriteMap(*faulty, {.input = input, .out = out});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(ExitCodeOf(result.status()), ExitCode::kEnvironment);
  EXPECT_EQ(testing::ReadBytes(out), "older");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir_.path()), {}), 2);
}

}  // namespace
}  // namespace dhs::map
