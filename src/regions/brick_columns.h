// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "dhs/error.h"
#include "dhs/stop_token.h"
#include "photometry/variant.h"
#include "sky/brick_name.h"

namespace dhs::regions {

/// A count that is not known.
inline constexpr int64_t kNoCount = std::numeric_limits<int64_t>::min();

/// No brick holds as many objects, and the sum over 2^31 bricks still fits 64 bits.
inline constexpr int64_t kMaxBrickCount = 1'000'000'000;

/// Bands of the quality columns, in the order of every array below.
inline constexpr std::array<char, 3> kBands = {'g', 'r', 'z'};
inline constexpr size_t kBandR = 1;

/// One row per brick, column by column; every vector that is not empty has the length of `name`.
/// An empty optional vector means that the input lacks the column; NaN or kNoCount that the brick has no value.
struct BrickColumns {
  std::vector<sky::BrickName> name;
  std::vector<double> ra_deg;   ///< 0..360
  std::vector<double> dec_deg;  ///< -90..90
  std::vector<double> area_deg2;
  std::vector<double> ra1_deg, ra2_deg, dec1_deg, dec2_deg;  ///< optional
  std::vector<double> ebv_mag;
  std::array<std::vector<double>, 3> psfsize_arcsec;  ///< FWHM; g and z optional
  std::array<std::vector<double>, 3> psfdepth_mag;    ///< 5-sigma point source, AB; g and z optional
  std::array<std::vector<int64_t>, 3> nexp;           ///< optional
  std::vector<int64_t> n_gal;
  std::array<std::vector<int64_t>, photometry::kNumBuiltinVariants> n_lrg;

  size_t size() const { return name.size(); }
};

/// The rows of `bricks` at `rows`, in that order. REQUIRES: rows in range.
BrickColumns Take(const BrickColumns& bricks, std::span<const int32_t> rows);
/// The same on several threads, a column at a time. Errors: stop.
Result<BrickColumns> Take(const BrickColumns& bricks, std::span<const int32_t> rows, int num_threads,
                          const StopToken& stop);

}  // namespace dhs::regions
