// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sky/brick_name.h"

namespace dhs::sky {

/// The Legacy Surveys brick tessellation: 662,174 bricks in 721 declination rows of 0.25 deg (desiutil
/// brick.py). A brick is (row, column); everything else is computed from these two integers.
/// RA 0 is always a column edge, so no brick crosses it.
inline constexpr int kNumRows = 721;
inline constexpr int32_t kNumBricks = 662174;

struct Brick {
  int32_t row = 0;  ///< 0 at the south pole
  int32_t col = 0;  ///< 0 at RA 0, rising with RA
  auto operator<=>(const Brick&) const = default;
};

/// Half-open: ra1 <= ra < ra2, dec1 <= dec < dec2 (degrees, ICRS); the last row includes the pole.
struct BrickBounds {
  double ra1_deg, ra2_deg, dec1_deg, dec2_deg;
};

int32_t NumColumns(int32_t row);
/// 1..kNumBricks.
int32_t BrickId(Brick brick);
std::optional<Brick> BrickFromId(int32_t id);
/// BRICKQ, 0..3.
int32_t BrickQ(Brick brick);
BrickName NameOf(Brick brick);
/// Nothing for a name that no brick bears. All names are unique. O(1).
std::optional<Brick> BrickFromName(BrickName name);
/// The brick that holds the point; RA is taken modulo 360, Dec is clipped to +-90. REQUIRES: both finite.
Brick BrickAt(double ra_deg, double dec_deg);
BrickBounds BoundsOf(Brick brick);
/// Centre of the brick: mean of the RA edges, and the row's -90 + 0.25 row.
double CenterRaDeg(Brick brick);
double CenterDecDeg(Brick brick);
/// Exact area between the bounds on the sphere, square degrees.
double AreaDeg2(Brick brick);
/// Bricks that share an edge of positive length, in rising (row, col); found in integers. O(neighbours).
std::vector<Brick> EdgeNeighbors(Brick brick);

/// Area of a box between two parallels: (ra2-ra1) (180/pi) (sin dec2 - sin dec1), square degrees.
double BoxAreaDeg2(const BrickBounds& bounds);
/// The same of sines that were taken before, to the last bit: bricks have few different declinations.
double BoxAreaDeg2(double width_deg, double sin_dec1, double sin_dec2);
/// The sine that BoxAreaDeg2 takes.
double SinDecRounded(double dec_deg);

}  // namespace dhs::sky
