// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dhs/error.h"
#include "dhs/option_table.h"
#include "photometry/variant.h"

namespace dhs::regions {

/// Inclusive limits on a brick's quality; a null or NaN fails. Defaults of SPEC 5.
struct QualityLimits {
  double max_ebv_mag = 0.12;
  double max_psf_r_arcsec = 1.6;
  double min_psfdepth_r_mag = 23.6;
};

/// Grid adjacency: buckets of `cell_deg` in RA and Dec, then the two inclusive distances.
struct GridOptions {
  double cell_deg = 0.25;
  double dec_eps_deg = 0.30;
  double ra_eps_deg = 0.30;
};

/// Values of --adjacency.
inline constexpr const char* kGridAdjacency = "grid";
inline constexpr const char* kTessellationAdjacency = "tessellation";

enum class SplitMethod : uint8_t { kHash, kBrick, kBalanced };

/// How splits are assigned (SPEC 5.6). Fractions are of regions with kHash, of bricks with kBrick, of area with
/// kBalanced.
struct SplitOptions {
  std::string method = "hash";  ///< hash, brick or balanced
  std::string from;             ///< an earlier assignment to keep; empty = none
  int64_t seed = 13;
  double test_frac = 0.20;
  double val_frac = 0.10;
};

/// Greatest --split-buffer-deg: beyond it little would be left of any split.
inline constexpr double kMaxSplitBufferDeg = 10.0;

/// Parameters of the region weights and scores (SPEC 5).
struct ScoreOptions {
  double psf_ref_arcsec = 1.25;
  double psf_sigma_arcsec = 0.25;
  double depth_ref_mag = 23.8;
  double depth_sigma_mag = 0.25;
  double ebv_k = 4.0;
  double area_weighted_alpha = 0.5;
};

struct RegionsOptions {
  std::string output;
  std::string variant = std::string(photometry::kDefaultVariantName);
  std::string release = "dr10";
  std::string counts;  ///< empty = {output}/scan/{release}/brick_counts.parquet
  std::string bricks;
  std::vector<std::string> bricks_columns;  ///< empty = every known column that is there
  QualityLimits quality;
  std::string adjacency = kGridAdjacency;
  GridOptions grid;
  std::string tiling = "none";  ///< as ParseTiling takes it
  SplitOptions split;
  double split_buffer_deg = 0;  ///< 0 = none
  bool what_if = false;         ///< compare splits instead
  ScoreOptions score;
};

/// REQUIRES: a method that exists (the option table has checked it).
SplitMethod MethodOf(const SplitOptions& options);

void Bind(RegionsOptions& options, OptionTable& table);

/// UsageError for an unknown variant, a tiling that is none, fractions that add up to more than 1, or `bricks_columns`
/// without one that the quality cuts need.
Status Check(const RegionsOptions& options);

}  // namespace dhs::regions
