// SPDX-License-Identifier: Apache-2.0
#include "map/cells.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace dhs::map {
namespace {

double AreaOf(const std::vector<Cell>& cells, int32_t value) {
  double sum = 0;
  for (const Cell& cell : cells) sum += cell.value == value ? sky::BoxAreaDeg2(cell.bounds) : 0;
  return sum;
}

// The value at a point; -1 outside all cells. Fails the property if two cells hold it.
int32_t ValueAt(const std::vector<Cell>& cells, double ra_deg, double dec_deg) {
  int32_t value = -1;
  for (const Cell& cell : cells) {
    const sky::BrickBounds& b = cell.bounds;
    if (ra_deg < b.ra1_deg || ra_deg >= b.ra2_deg || dec_deg < b.dec1_deg || dec_deg >= b.dec2_deg) continue;
    RC_ASSERT(value == -1);
    value = cell.value;
  }
  return value;
}

// Bricks of a few rows near `row`, each there with a chance of 5 in 6, with values 0..2, shuffled.
std::vector<Cell> SomeBricks(int32_t row) {
  std::vector<Cell> cells;
  for (int32_t r = std::max(0, row); r < std::min(sky::kNumRows, row + 5); ++r) {
    const int32_t num_columns = sky::NumColumns(r);
    for (int32_t c = 0; c < std::min(num_columns, 12); ++c) {
      // Half of them at the upper end, so that RA 360 is met.
      const int32_t col = c % 2 == 0 ? c / 2 : num_columns - 1 - c / 2;
      const int draw = *rc::gen::inRange(0, 6);
      if (draw > 0) cells.push_back({sky::BoundsOf({r, col}), draw % 3});
    }
  }
  for (size_t i = cells.size(); i > 1; --i) std::swap(cells[i - 1], cells[*rc::gen::inRange<size_t>(0, i)]);
  return cells;
}

RC_GTEST_PROP(MergeCellsTest, CoversTheSameSkyWithTheSameValues, ()) {
  const std::vector<Cell> cells = SomeBricks(*rc::gen::element(0, 1, 200, 358, 715));
  const std::vector<Cell> merged = MergeCells(cells);
  RC_ASSERT(merged.size() <= cells.size());
  for (const int32_t value : {0, 1, 2}) {
    RC_ASSERT(std::abs(AreaOf(merged, value) - AreaOf(cells, value)) <= 1e-12 * AreaOf(cells, value) + 1e-15);
  }
  for (const Cell& cell : cells) {
    const double ra = cell.bounds.ra1_deg + 0.37 * (cell.bounds.ra2_deg - cell.bounds.ra1_deg);
    const double dec = cell.bounds.dec1_deg + 0.61 * (cell.bounds.dec2_deg - cell.bounds.dec1_deg);
    RC_ASSERT(ValueAt(merged, ra, dec) == cell.value);
    RC_ASSERT(ValueAt(merged, cell.bounds.ra1_deg, cell.bounds.dec1_deg) == cell.value);
  }
}

RC_GTEST_PROP(MergeCellsTest, DoesNotDependOnTheOrder, ()) {
  std::vector<Cell> cells = SomeBricks(*rc::gen::element(0, 358));
  const std::vector<Cell> merged = MergeCells(cells);
  std::reverse(cells.begin(), cells.end());
  const std::vector<Cell> again = MergeCells(cells);
  RC_ASSERT(merged.size() == again.size());
  for (size_t i = 0; i < merged.size(); ++i) {
    RC_ASSERT(merged[i].value == again[i].value && merged[i].bounds.ra1_deg == again[i].bounds.ra1_deg &&
              merged[i].bounds.dec1_deg == again[i].bounds.dec1_deg);
  }
}

TEST(MergeCellsTest, MakesOneOfARunAndOfEqualRuns) {
  std::vector<Cell> cells;
  for (int row = 0; row < 3; ++row) {
    for (int col = 0; col < 40; ++col) {
      cells.push_back({{col * 0.25, (col + 1) * 0.25, row * 0.25, (row + 1) * 0.25}, row == 2 && col == 5 ? 1 : 0});
    }
  }
  // Two equal rows, the third in two parts around another value.
  const std::vector<Cell> merged = MergeCells(cells);
  ASSERT_EQ(merged.size(), 4U);
  EXPECT_EQ(merged[0].bounds.ra2_deg, 10);
  EXPECT_EQ(merged[0].bounds.dec2_deg, 0.5);
  EXPECT_EQ(merged[3].value, 1);
}

double LengthOf(const std::vector<Border>& borders) {
  double sum = 0;
  for (const Border& b : borders) sum += std::abs(b.ra2_deg - b.ra1_deg) + std::abs(b.dec2_deg - b.dec1_deg);
  return sum;
}

// Every pair of cells by brute force.
double LengthByPairs(const std::vector<Cell>& cells) {
  double sum = 0;
  for (const Cell& a : cells) {
    for (const Cell& b : cells) {
      if (a.value < 0 || b.value < 0 || a.value == b.value) continue;
      const double height =
          std::min(a.bounds.dec2_deg, b.bounds.dec2_deg) - std::max(a.bounds.dec1_deg, b.bounds.dec1_deg);
      const double width = std::min(a.bounds.ra2_deg, b.bounds.ra2_deg) - std::max(a.bounds.ra1_deg, b.bounds.ra1_deg);
      const bool beside = a.bounds.ra2_deg == b.bounds.ra1_deg || (a.bounds.ra2_deg == 360 && b.bounds.ra1_deg == 0);
      if (beside && height > 0) sum += height;
      if (a.bounds.dec2_deg == b.bounds.dec1_deg && width > 0) sum += width;
    }
  }
  return sum;
}

RC_GTEST_PROP(BordersBetweenTest, FindsEveryEdgeBetweenValuesOnce, ()) {
  std::vector<Cell> cells = SomeBricks(*rc::gen::element(2, 200, 358, 713));
  for (Cell& cell : cells) cell.value -= 1;  // one value is without borders
  const std::vector<Border> borders = BordersBetween(cells);
  RC_ASSERT(std::abs(LengthOf(borders) - LengthByPairs(cells)) < 1e-9);
}

}  // namespace
}  // namespace dhs::map
