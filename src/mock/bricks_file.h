// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "mock/conditions.h"
#include "mock/lrg_model.h"
#include "stage/stage.h"

namespace dhs::mock {

/// "survey-bricks-dr10-south.fits.gz".
std::string BricksFileName(Release release);

/// Columns of the region's bricks file in file order: 59 columns and 430 bytes in DR10, 51 and 300 before (files page
/// of DR10; DR9 file). No units, as in the real files.
const fits::RowLayout& BricksLayout(Release release);

/// Writes the bricks file. `by_type` holds the objects of each brick by TYPE. Bricks with in_bricks_file false are left
/// out; a brick without objects has 0 in every quantity that is a median over objects.
Status WriteBricksFile(RunContext& context, const std::string& path, Release release,
                       std::span<const BrickConditions> conditions,
                       std::span<const std::array<int64_t, kNumTypes>> by_type);

/// Objects by TYPE where none were drawn one by one: the population, LRGs and galaxies split by mean shares.
std::array<int64_t, kNumTypes> ExpectedTypes(uint64_t seed, const BrickConditions& conditions);

}  // namespace dhs::mock
