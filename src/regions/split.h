// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "regions/options.h"
#include "sky/brick_name.h"

namespace dhs::regions {

/// `kBuffer` is of bricks alone: too close to another split, and therefore in none.
enum class Split : uint8_t { kTrain = 0, kVal = 1, kTest = 2, kBuffer = 3 };

/// The splits proper, in the order of Split, which is the order of every table by split.
inline constexpr std::array<std::string_view, 3> kSplitNames = {"train", "val", "test"};
inline std::string_view SplitName(Split split) {
  return split == Split::kBuffer ? "buffer" : kSplitNames[static_cast<size_t>(split)];
}

/// What region_metrics says of a region whose bricks each have a split of their own.
inline constexpr std::string_view kMixedSplitName = "mixed";

/// (|h| mod 1,000,000) / 1,000,000 of h = SparkXxhash64(region_id or brickname, seed); in [0, 1). As in Java, |h| of
/// the least 64-bit number is that number and its remainder is negative.
double SplitUniform(int32_t region_id, int32_t seed);
double SplitUniform(const sky::BrickName& brick, int32_t seed);

/// test if u < test_frac, else val if u < test_frac + val_frac, else train; the sum in double.
Split SplitOf(double u, const SplitOptions& options);

/// Fraction of regions expected in each split, in the order of Split.
std::array<double, 3> ExpectedFractions(const SplitOptions& options);

}  // namespace dhs::regions
