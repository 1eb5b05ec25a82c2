// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "regions/brick_join.h"
#include "regions/options.h"
#include "regions/quality_cuts.h"
#include "regions/regions.h"
#include "stage/stage.h"

namespace dhs::regions {

/// What the run found, for the account. Pointers outlive the call.
struct RegionsFindings {
  int64_t num_bricks_file_rows = 0;
  const JoinResult* join = nullptr;  ///< its bricks may be moved from
  int64_t num_bricks = 0;
  const QualityResult* quality = nullptr;
  const BrickColumns* passing = nullptr;  ///< bricks that pass the cuts, parallel to the results
  const RegionsResult* result = nullptr;
  std::vector<std::string> notes = {};
};

/// Fills manifest, figures, account and warnings: bricks in, per cut and out, sources of the geometry, regions, the
/// largest ones, split balance.
void WriteAccount(const RegionsOptions& options, int score_variant, const RegionsFindings& findings,
                  StageReport& report);

}  // namespace dhs::regions
