// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dhs::regions {

/// Percentiles are elements of the input. NaN = null (no value; for `std`, fewer than two).
struct Summary {
  double mean, std, p10, p50, p90;
};

/// Of the values that are not NaN. Mean and sample standard deviation (two passes) sum in the order of the input;
/// percentile p is the element at 1-based rank ceil(p n), the rank found in integers.
/// `values` is reordered and its NaNs are removed. Cost: O(n).
Summary Summarize(std::vector<double>& values);

/// The element at 1-based rank ceil(tenths n / 10) of `values` without NaN; NaN if there is none. Reorders `values`.
double PercentileTenths(std::vector<double>& values, int tenths);

}  // namespace dhs::regions
