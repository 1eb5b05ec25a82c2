// SPDX-License-Identifier: Apache-2.0
#include "selection/strata.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dhs::selection {

namespace {

// A decimal fraction and one product each err by at most half an ulp, together below 3.4e-16 of the product; a true
// product that is no whole number is at least 1e-9 away from one for fractions of up to nine digits.
constexpr double kRelativeRoundingError = 1e-12;

}  // namespace

int64_t CeilOfProduct(double fraction, int64_t count) {
  const double product = fraction * static_cast<double>(count);
  const double nearest = std::round(product);
  const bool is_whole = std::fabs(product - nearest) <= kRelativeRoundingError * std::max(1.0, nearest);
  return static_cast<int64_t>(is_whole ? nearest : std::ceil(product));
}

Result<std::vector<double>> NormalizeQuantiles(std::vector<double> quantiles) {
  for (const double q : quantiles) {
    if (!(q >= 0.0 && q <= 1.0)) {
      return UsageError(fmt::format("--strata-quantiles: {} is outside 0 to 1, in {}; e.g. 0,0.5,0.9,1", q,
                                    fmt::join(quantiles, ",")));
    }
  }
  quantiles.push_back(0.0);
  quantiles.push_back(1.0);
  std::sort(quantiles.begin(), quantiles.end());
  quantiles.erase(std::unique(quantiles.begin(), quantiles.end()), quantiles.end());
  return quantiles;
}

int32_t Strata::BinOf(double density) const {
  for (size_t bin = 0; bin < num_bins(); ++bin) {
    const bool is_last = bin + 1 == num_bins();
    if (density >= edges[bin] && (density < edges[bin + 1] || (is_last && density == edges[bin + 1]))) {
      return static_cast<int32_t>(bin);
    }
  }
  return -1;
}

Strata MakeStrata(std::span<const double> densities, std::span<const double> quantiles) {
  std::vector<double> sorted(densities.begin(), densities.end());
  std::erase_if(sorted, [](double density) { return std::isnan(density); });
  Strata strata;
  if (sorted.empty()) return strata;
  std::sort(sorted.begin(), sorted.end());
  const auto n = static_cast<int64_t>(sorted.size());
  for (const double q : quantiles) {
    const int64_t rank = std::clamp<int64_t>(CeilOfProduct(q, n), 1, n);
    strata.edges.push_back(sorted[static_cast<size_t>(rank - 1)]);
  }
  return strata;
}

Status CheckWeights(std::span<const double> weights, size_t num_bins) {
  if (weights.size() != num_bins) {
    return UsageError(fmt::format(
        "--strata-weights: found {} weights ({}), expected {}, one for each density bin of --strata-quantiles; e.g. "
        "--strata-quantiles 0,0.5,0.9,1 --strata-weights 0.2,0.4,0.4",
        weights.size(), fmt::join(weights, ","), num_bins));
  }
  for (const double w : weights) {
    if (!(w >= 0.0 && w <= 1.0)) {
      return UsageError(fmt::format("--strata-weights: {} is not a weight from 0 to 1, in {}; e.g. 0.2,0.4,0.4", w,
                                    fmt::join(weights, ",")));
    }
  }
  if (std::all_of(weights.begin(), weights.end(), [](double w) { return w == 0.0; })) {
    return UsageError("--strata-weights: every weight is 0, so nothing would be selected; e.g. 0.2,0.4,0.4");
  }
  return Status::OK();
}

}  // namespace dhs::selection
