// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "mock/conditions.h"
#include "mock/lrg_model.h"
#include "photometry/magnitude.h"
#include "sky/brick_name.h"

namespace dhs::mock {

/// One row of a mock parent catalog.
struct ParentRow {
  sky::BrickName brick;
  int64_t objid;
  double ra_deg, dec_deg;
  photometry::StoredPhotometry raw;
  photometry::StoredPhotometry corrected;
  int32_t maskbits;
  SourceType type;
  uint8_t flags;  ///< bit i: passes built-in variant i
};

/// Conditions as the bricks of `dhs regions` have them: within its default quality cuts, with images in g, r and z.
BrickConditions GoodConditionsOf(uint64_t seed, sky::Brick brick);

/// Appends `count` LRGs of v3 in one brick, by OBJID, from the model of the mock survey. Depends on the arguments
/// alone.
void DrawParentRows(uint64_t seed, const BrickConditions& conditions, int64_t count, std::vector<ParentRow>* rows);

}  // namespace dhs::mock
