// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "mock/conditions.h"

namespace dhs::mock {

/// Numbers of objects of one brick before their properties are drawn.
struct Population {
  /// LRGs with z < 20.4, 20.4..21.0, 21.0..21.5: the parts of v3, v4 less v3, v5 less v4.
  std::array<int64_t, 3> num_lrg{};
  int64_t num_galaxies = 0;  ///< all other extended sources
  int64_t num_stars = 0;     ///< TYPE PSF
  int64_t num_dup = 0;       ///< TYPE DUP
  int64_t total() const { return num_lrg[0] + num_lrg[1] + num_lrg[2] + num_galaxies + num_stars + num_dup; }
};

/// Draws from the stream of the brick (seed, brick id). A brick without objects has none of any kind.
Population DrawPopulation(uint64_t seed, const BrickConditions& conditions);

/// Expected n_gal (TYPE not PSF, r, z, W1 flux > 0) of the brick, its random scatter included.
double ExpectedGalaxies(uint64_t seed, const BrickConditions& conditions);

/// Share of v3 LRGs that are also v2 (z-W1 > 1.6), in this brick.
double RedShare(const BrickConditions& conditions);

inline constexpr int kNumVariants = 5;
/// Brick counts of a survey without sweeps: n_gal and nested LRG counts of v1..v5, from the same model.
struct BrickCounts {
  int64_t n_gal = 0;
  std::array<int64_t, kNumVariants> n_lrg{};
};
BrickCounts DrawCounts(uint64_t seed, const BrickConditions& conditions);

}  // namespace dhs::mock
