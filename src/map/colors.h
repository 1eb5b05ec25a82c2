// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dhs/error.h"

namespace dhs::map {

/// sRGB, 0..1.
struct Color {
  double red, green, blue;
};

/// train, val, test, buffer, in the order of regions::Split: the three colours of Paul Tol's "high contrast" scheme,
/// told apart by readers with any colour vision and in grey print, and a grey.
std::span<const Color> SplitColors();
/// Of a brick that has no value.
inline constexpr Color kNoValueColor = {0.86, 0.86, 0.86};

/// Steps of a colour scale: more could not be told apart, fewer would show as bands.
inline constexpr int kNumLevels = 64;
/// Viridis (S. van der Walt and N. Smith, CC0), perceptually uniform, at `level` of 0..kNumLevels-1.
Color LevelColor(int level);

/// Values to levels. Between `low` and `high` levels are of equal width; values beyond take the end colours.
struct ColorScale {
  double low, high;
  double low_percent = 0, high_percent = 100;  ///< percentiles that low and high are; 0 and 100 = given by the user
  int64_t num_below = 0, num_above = 0, num_without_value = 0;

  /// -1 for NaN.
  int LevelOf(double value) const;
};

/// Scale of `values` (NaN = none): from percentile 1 to 99, each the element at rank ceil(p n), or `range` where given.
/// Equal ends are drawn apart. Nothing if no value is finite. O(n).
std::optional<ColorScale> MakeScale(std::vector<double> values, std::optional<std::pair<double, double>> range);

}  // namespace dhs::map
