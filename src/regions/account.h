// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "regions/brick_join.h"
#include "regions/options.h"
#include "regions/quality_cuts.h"
#include "regions/regions.h"
#include "stage/stage.h"

namespace dhs::regions {

/// Bricks of an earlier assignment.
struct EarlierCounts {
  int64_t num_bricks;     ///< that had a split
  int64_t num_in_buffer;  ///< that were in none, and are new
  int64_t num_gone;       ///< that had a split and are not among those that pass now
};

/// What the run found, for the account. Pointers outlive the call.
struct RegionsFindings {
  int64_t num_bricks_file_rows = 0;
  const JoinResult* join = nullptr;  ///< its bricks may be moved from
  int64_t num_bricks = 0;
  const QualityResult* quality = nullptr;
  const BrickColumns* passing = nullptr;  ///< bricks that pass the cuts, parallel to the results
  const RegionsResult* result = nullptr;
  std::optional<EarlierCounts> earlier = {};
  std::vector<std::string> notes = {};
};

/// Fills manifest, figures, account and warnings: bricks in, per cut and out, sources of the geometry, regions, the
/// largest ones, split balance.
void WriteAccount(const RegionsOptions& options, int score_variant, const RegionsFindings& findings,
                  StageReport& report);

}  // namespace dhs::regions
