// SPDX-License-Identifier: Apache-2.0
#include "regions/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dhs::regions {

namespace {

constexpr double kNull = std::numeric_limits<double>::quiet_NaN();

// 0-based index of the element at 1-based rank ceil(tenths n / 10). REQUIRES: n > 0, 0 < tenths <= 10.
ptrdiff_t RankIndex(size_t n, int tenths) {
  return static_cast<ptrdiff_t>((n * static_cast<size_t>(tenths) + 9) / 10) - 1;
}

void RemoveNans(std::vector<double>& values) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
}

}  // namespace

Summary Summarize(std::vector<double>& values) {
  RemoveNans(values);
  if (values.empty()) return {kNull, kNull, kNull, kNull, kNull};
  const auto n = static_cast<double>(values.size());
  double sum = 0;
  for (const double value : values) sum += value;
  Summary summary{sum / n, kNull, kNull, kNull, kNull};
  if (values.size() > 1) {
    double squares = 0;
    for (const double value : values) squares += (value - summary.mean) * (value - summary.mean);
    summary.std = std::sqrt(squares / (n - 1));
  }
  const auto begin = values.begin(), end = values.end();
  const auto p10 = begin + RankIndex(values.size(), 1);
  const auto p50 = begin + RankIndex(values.size(), 5);
  const auto p90 = begin + RankIndex(values.size(), 9);
  std::nth_element(begin, p50, end);
  summary.p50 = *p50;
  if (p10 < p50) std::nth_element(begin, p10, p50);
  summary.p10 = *p10;
  if (p90 > p50) std::nth_element(p50 + 1, p90, end);
  summary.p90 = *p90;
  return summary;
}

double PercentileTenths(std::vector<double>& values, int tenths) {
  RemoveNans(values);
  if (values.empty()) return kNull;
  const auto element = values.begin() + RankIndex(values.size(), tenths);
  std::nth_element(values.begin(), element, values.end());
  return *element;
}

}  // namespace dhs::regions
