// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dhs/error.h"

namespace dhs::selection {

/// ceil(fraction x count), where a product that is a whole number up to rounding error is that number: 0.55 x 100 is 55
/// though the double product is above it.
int64_t CeilOfProduct(double fraction, int64_t count);

/// Sorted without repeats, with 0 and 1. UsageError for one outside 0..1.
Result<std::vector<double>> NormalizeQuantiles(std::vector<double> quantiles);

/// Density bins: [edges[b], edges[b+1]), the last one closed. An empty bin (equal edges) takes nothing.
struct Strata {
  std::vector<double> edges;  ///< rising; one more than bins

  size_t num_bins() const { return edges.empty() ? 0 : edges.size() - 1; }
  /// The first bin that holds the density; -1 if none does (NaN).
  int32_t BinOf(double density) const;
};

/// Edges at the quantiles of the densities that are not NaN: the element at 1-based rank max(1, ceil(q n)).
/// `quantiles` as from NormalizeQuantiles. No edges if there is no density.
Strata MakeStrata(std::span<const double> densities, std::span<const double> quantiles);

/// UsageError unless there is one weight from 0 to 1 for each bin, and one above 0.
Status CheckWeights(std::span<const double> weights, size_t num_bins);

}  // namespace dhs::selection
