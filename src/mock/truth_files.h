// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "mock/options.h"
#include "mock/sweep_files.h"

namespace dhs::mock {

/// truth.parquet: one row per brick, sorted by brickname, bricks without rows included: brickname; n_rows; n_gal;
/// n_lrg_<variant> for v1..v5; ebv, psfsize_r, psfdepth_r as the bricks file has them (float32); ra, dec (deg, of the
/// centre); area_deg2 (exact); in_bricks_file; release.
Status WriteTruthTable(RunContext& context, const std::string& path, std::span<const BrickConditions> conditions,
                       std::span<const Tally> bricks);

/// truth.json: "rows", "n_gal", "n_lrg" and "rejected" by variant, "by_type", "sweeps" (name, rows, bricks, n_lrg,
/// sha256), "bricks", "bricks_with_rows", "seed", "options".
Status WriteTruthJson(RunContext& context, const std::string& path, const MockSurveyOptions& options,
                      std::span<const BrickConditions> conditions, std::span<const Tally> bricks,
                      std::span<const SweepFile> files);

/// brick_counts.parquet and brick_counts.csv in `directory`: what a scan would write, drawn from the model. Bricks
/// without objects have no row.
Status WriteBrickCounts(RunContext& context, const std::string& directory, std::span<const BrickConditions> conditions,
                        std::span<const BrickCounts> counts);

}  // namespace dhs::mock
