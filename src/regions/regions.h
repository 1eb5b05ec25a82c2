// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dhs/error.h"
#include "dhs/stop_token.h"
#include "regions/assign_splits.h"
#include "regions/brick_boxes.h"
#include "regions/brick_columns.h"
#include "regions/options.h"
#include "regions/split.h"
#include "regions/statistics.h"

namespace dhs::regions {

/// Quantities of which every region has a Summary, in the order of the columns of region_metrics.
enum Quantity : size_t {
  kPsfsizeR,
  kPsfdepthR,
  kEbv,
  kBrickDegree,
  kGalDensity,
  kLrgFracV3,
  kNexpG,
  kNexpR,
  kNexpZ,
  kNumQuantities
};

/// Columns that each brick gains (null = NaN).
struct BrickResults {
  std::vector<double> gal_density;  ///< n_gal / area, 1/deg2
  std::array<std::vector<double>, photometry::kNumBuiltinVariants> lrg_density;
  std::vector<double> lrg_frac_v3;  ///< n_lrg_v3 / n_gal; NaN if n_gal is 0
  std::vector<int32_t> region_id;
  std::vector<int32_t> component_id;
  std::vector<int32_t> brick_degree;
  std::vector<Split> split;
};

/// One region. Units as in the column dictionary; NaN = null.
struct Region {
  int32_t region_id;
  int32_t component_id;
  int64_t n_bricks;
  double area_deg2;
  int64_t n_gal_total;
  double gal_density_area_sum;
  std::array<int64_t, photometry::kNumBuiltinVariants> n_lrg_total;
  std::array<double, photometry::kNumBuiltinVariants> lrg_density;
  std::array<Summary, kNumQuantities> statistics;
  /// Of brick centres. RA: with grid adjacency plainly the least and the greatest, else the ends of the shortest arc
  /// that holds them, min > max where it crosses RA 0.
  double ra_min_deg, ra_max_deg, dec_min_deg, dec_max_deg;
  double compactness;  ///< area / (span of RA x of Dec x cos of the mid Dec); NaN where a span is 0
  double split_u;
  std::optional<Split> split;  ///< nothing where each brick has a split of its own
  double w_psf, w_depth, w_ebv;
  double score_density, score_n_lrg, score_area_weighted, score_psf_weighted;
};

/// What --split-buffer-deg took from a split.
struct BufferLoss {
  int64_t num_bricks = 0;
  double area_deg2 = 0;
};

struct RegionsResult {
  BrickResults bricks;          ///< parallel to the input
  std::vector<Region> regions;  ///< by region_id
  KeptSplits kept;              ///< what became of an earlier assignment
  int32_t num_components = 0;
  std::optional<BoxCounts> boxes;            ///< where bounds were needed
  std::array<BufferLoss, 3> lost_to_buffer;  ///< by the split that a brick had
  bool balanced_without_buffer = false;      ///< a buffer too large against the regions for the balance to count on it
};

/// Stage 3a for bricks that passed the quality cuts. REQUIRES: `bricks` sorted by name without repeats, every
/// non-optional column complete and finite, areas > 0; `score_variant` an index into BuiltinVariants(); `earlier` empty
/// or the earlier split of each brick.
/// The result depends on nothing but the input: sums run in the order of brick names, and exponentials are rounded from
/// long double so that they do not depend on the processor's variant of the maths library. Errors: DataError for bounds
/// that are missing or of no tessellation where --adjacency tessellation or --split-buffer-deg needs them; stop.
/// Cost: O(n), and O(n log(tiles)) with a tiling.
Result<RegionsResult> ComputeRegions(const BrickColumns& bricks, const RegionsOptions& options, int score_variant,
                                     std::span<const std::optional<Split>> earlier = {}, int num_threads = 1,
                                     const StopToken& stop = {});

}  // namespace dhs::regions
