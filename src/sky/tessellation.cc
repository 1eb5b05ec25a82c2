// SPDX-License-Identifier: Apache-2.0
#include "sky/tessellation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numbers>

namespace dhs::sky {

namespace {

constexpr double kBrickSizeDeg = 0.25;
constexpr int32_t kEquatorRow = 360;  // centred on Dec 0
constexpr int32_t kLastRow = kNumRows - 1;
constexpr long double kDegPerRad = 180.0L / std::numbers::pi_v<long double>;

struct RowTable {
  std::array<int32_t, kNumRows> num_columns{};
  std::array<int32_t, kNumRows + 1> first_id{};  // BRICKID of column 0; the last element is one past the greatest
};

// ncol = 2 ceil(360/s cos(|dec| - s/2) / 2), at least as wide as s where the row is nearest to the equator. The cosine
// is far from a whole number in every row but the equator's, where it is exactly 1, so any libm gives the same table.
RowTable MakeRowTable() {
  RowTable table;
  table.first_id[0] = 1;
  for (int32_t row = 0; row < kNumRows; ++row) {
    const double center_dec = -90.0 + kBrickSizeDeg * row;
    const double dec_low = std::max(0.0, std::fabs(center_dec) - kBrickSizeDeg / 2);
    const double bricks_around = 360.0 / kBrickSizeDeg * std::cos(dec_low * std::numbers::pi / 180.0);
    const bool is_pole = row == 0 || row == kLastRow;
    const auto i = static_cast<size_t>(row);
    table.num_columns[i] = is_pole ? 1 : 2 * static_cast<int32_t>(std::ceil(bricks_around / 2));
    table.first_id[i + 1] = table.first_id[i] + table.num_columns[i];
  }
  return table;
}

const RowTable& Rows() {
  static const RowTable table = MakeRowTable();
  return table;
}

// Edge `index` of numpy.linspace(0, 360, num_columns + 1), bit for bit.
double RaEdgeDeg(int32_t index, int32_t num_columns) {
  return index == num_columns ? 360.0 : static_cast<double>(index) * (360.0 / num_columns);
}

double DecEdgeDeg(int32_t index) {
  if (index == 0) return -90.0;
  if (index == kNumRows) return 90.0;
  return -90.125 + kBrickSizeDeg * index;
}

// The first four digits of RA x 1e4 rounded to the nearest whole number, which is not RA rounded to 0.1 deg; in
// integers, since the double floor(10 ra) is wrong for 470 bricks.
int32_t RaTenths(Brick brick, int32_t num_columns) {
  const int64_t numerator = (2 * static_cast<int64_t>(brick.col) + 1) * 1'800'000;
  return static_cast<int32_t>((2 * numerator + num_columns) / (2 * static_cast<int64_t>(num_columns)) / 1000);
}

int32_t DecTenths(int32_t row) { return std::abs(2500 * row - 900'000) / 1000; }

uint64_t PackDigits(uint64_t packed, int32_t value, int32_t leading) {
  for (int32_t place = leading; place > 0; place /= 10) {
    packed = (packed << 8) | static_cast<uint64_t>('0' + value / place % 10);
  }
  return packed;
}

int32_t UnpackDigits(uint64_t packed, int first_byte, int count) {
  int32_t value = 0;
  for (int index = first_byte; index < first_byte + count; ++index) {
    value = value * 10 + static_cast<int32_t>((packed >> (56 - 8 * index)) & 0xFF) - '0';
  }
  return value;
}

// Columns of a row of `num_columns` that overlap column `col` of a row of `col_of` columns in an open RA interval.
void AppendOverlapping(int32_t row, int32_t col, int32_t col_of, std::vector<Brick>& out) {
  const int64_t num_columns = NumColumns(row);
  const auto first = static_cast<int32_t>(col * num_columns / col_of);
  const auto last = static_cast<int32_t>(((col + 1) * num_columns - 1) / col_of);
  for (int32_t k = first; k <= last; ++k) out.push_back({row, k});
}

}  // namespace

int32_t NumColumns(int32_t row) { return Rows().num_columns[static_cast<size_t>(row)]; }

int32_t BrickId(Brick brick) { return Rows().first_id[static_cast<size_t>(brick.row)] + brick.col; }

std::optional<Brick> BrickFromId(int32_t id) {
  if (id < 1 || id > kNumBricks) return std::nullopt;
  const auto& first_id = Rows().first_id;
  const auto next = std::upper_bound(first_id.begin(), first_id.end(), id);
  const auto row = static_cast<int32_t>(next - first_id.begin()) - 1;
  return Brick{row, id - first_id[static_cast<size_t>(row)]};
}

int32_t BrickQ(Brick brick) { return brick.row == 0 ? 1 : brick.col % 2 + 2 * (brick.row % 2); }

BrickName NameOf(Brick brick) {
  uint64_t packed = PackDigits(0, RaTenths(brick, NumColumns(brick.row)), 1000);
  packed = (packed << 8) | static_cast<uint64_t>(brick.row >= kEquatorRow ? 'p' : 'm');
  return BrickName(PackDigits(packed, DecTenths(brick.row), 100));
}

std::optional<Brick> BrickFromName(BrickName name) {
  if (!name.IsWellFormed()) return std::nullopt;
  // Rows lie 2.5 tenths apart, so the truncated tenths name at most one row on each side of the equator.
  const int32_t rows_from_equator = (2 * UnpackDigits(name.packed(), 5, 3) + 4) / 5;
  if (rows_from_equator > kEquatorRow) return std::nullopt;
  const bool is_north = ((name.packed() >> 24) & 0xFF) == 'p';
  const int32_t row = is_north ? kEquatorRow + rows_from_equator : kEquatorRow - rows_from_equator;
  const int32_t num_columns = NumColumns(row);
  const int64_t ra_tenths = UnpackDigits(name.packed(), 0, 4);
  const auto guess = static_cast<int32_t>(ra_tenths * num_columns / 3600);
  for (int32_t col = std::max(0, guess - 1); col <= std::min(num_columns - 1, guess + 1); ++col) {
    const Brick brick{row, col};
    if (NameOf(brick) == name) return brick;
  }
  return std::nullopt;
}

// The quotients of the published formula may land one ulp on the wrong side of an edge; there the bounds decide.
Brick BrickAt(double ra_deg, double dec_deg) {
  const double dec = std::clamp(dec_deg, -90.0, 90.0);
  auto row = std::clamp(static_cast<int32_t>((dec + 90.125) / kBrickSizeDeg), 0, kLastRow);
  if (dec < DecEdgeDeg(row)) {
    --row;
  } else if (row < kLastRow && dec >= DecEdgeDeg(row + 1)) {
    ++row;
  }
  const int32_t num_columns = NumColumns(row);
  double ra = std::fmod(ra_deg, 360.0);
  if (ra < 0) ra += 360.0;
  if (ra >= 360.0) ra = 0.0;  // a negative number too small to change 360
  auto col = std::clamp(static_cast<int32_t>(ra / 360.0 * num_columns), 0, num_columns - 1);
  if (ra < RaEdgeDeg(col, num_columns)) {
    --col;
  } else if (ra >= RaEdgeDeg(col + 1, num_columns)) {
    ++col;
  }
  return {row, col};
}

BrickBounds BoundsOf(Brick brick) {
  const int32_t num_columns = NumColumns(brick.row);
  return {RaEdgeDeg(brick.col, num_columns), RaEdgeDeg(brick.col + 1, num_columns), DecEdgeDeg(brick.row),
          DecEdgeDeg(brick.row + 1)};
}

double CenterRaDeg(Brick brick) {
  const BrickBounds bounds = BoundsOf(brick);
  return (bounds.ra1_deg + bounds.ra2_deg) / 2;
}

double CenterDecDeg(Brick brick) { return -90.0 + kBrickSizeDeg * brick.row; }

double AreaDeg2(Brick brick) { return BoxAreaDeg2(BoundsOf(brick)); }

std::vector<Brick> EdgeNeighbors(Brick brick) {
  const int32_t num_columns = NumColumns(brick.row);
  std::vector<Brick> neighbors;
  neighbors.reserve(8);
  if (brick.row > 0) AppendOverlapping(brick.row - 1, brick.col, num_columns, neighbors);
  if (num_columns > 1) {
    const int32_t before = (brick.col + num_columns - 1) % num_columns;
    const int32_t after = (brick.col + 1) % num_columns;
    neighbors.push_back({brick.row, std::min(before, after)});
    neighbors.push_back({brick.row, std::max(before, after)});
  }
  if (brick.row < kLastRow) AppendOverlapping(brick.row + 1, brick.col, num_columns, neighbors);
  return neighbors;
}

// The sines are taken in long double and rounded once: the variants of a libm for different processors differ in the
// last bit of a double sine, and with it every density made from the area would.
double SinDecRounded(double dec_deg) {
  return static_cast<double>(std::sin(static_cast<long double>(dec_deg) / kDegPerRad));
}

double BoxAreaDeg2(double width_deg, double sin_dec1, double sin_dec2) {
  return width_deg * static_cast<double>(kDegPerRad) * (sin_dec2 - sin_dec1);
}

double BoxAreaDeg2(const BrickBounds& bounds) {
  return BoxAreaDeg2(bounds.ra2_deg - bounds.ra1_deg, SinDecRounded(bounds.dec1_deg), SinDecRounded(bounds.dec2_deg));
}

}  // namespace dhs::sky
