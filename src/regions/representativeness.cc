// SPDX-License-Identifier: Apache-2.0
#include "regions/representativeness.h"

#include <algorithm>
#include <bitset>
#include <cmath>
#include <limits>
#include <vector>

#include "base/thread_pool.h"
#include "regions/radix_sort.h"

namespace dhs::regions {

namespace {

constexpr double kNull = std::numeric_limits<double>::quiet_NaN();
constexpr double kCellDeg = 10.0;
constexpr int kCellsAround = 36;
constexpr int kCellRows = 18;

using SortedBySplit = std::array<std::vector<double>, kSplitNames.size()>;

SortedBySplit SortBySplit(std::span<const Split> split, std::span<const double> values) {
  SortedBySplit sorted;
  for (size_t i = 0; i < values.size(); ++i) {
    if (split[i] != Split::kBuffer && !std::isnan(values[i]))
      sorted[static_cast<size_t>(split[i])].push_back(values[i]);
  }
  for (auto& of_split : sorted) RadixSort(of_split);
  return sorted;
}

PropertyComparison Compare(std::string_view name, std::span<const Split> split, std::span<const double> values) {
  const SortedBySplit sorted = SortBySplit(split, values);
  PropertyComparison comparison{name, {kNull, kNull, kNull}, {}, {}};
  for (size_t s = 0; s < sorted.size(); ++s) {
    if (!sorted[s].empty()) comparison.median[s] = sorted[s][(sorted[s].size() + 1) / 2 - 1];
  }
  for (size_t pair = 0; pair < kSplitPairs.size(); ++pair) {
    const auto& a = sorted[static_cast<size_t>(kSplitPairs[pair][0])];
    const auto& b = sorted[static_cast<size_t>(kSplitPairs[pair][1])];
    comparison.ks[pair] = KolmogorovSmirnovDistance(a, b);
    comparison.p_value[pair] =
        KolmogorovSmirnovPValue(comparison.ks[pair], static_cast<int64_t>(a.size()), static_cast<int64_t>(b.size()));
  }
  return comparison;
}

size_t CellOf(double ra_deg, double dec_deg) {
  const int column = std::clamp(static_cast<int>(ra_deg / kCellDeg), 0, kCellsAround - 1);
  const int row = std::clamp(static_cast<int>((dec_deg + 90.0) / kCellDeg), 0, kCellRows - 1);
  return static_cast<size_t>(row * kCellsAround + column);
}

void AddCoverage(const ComparedBricks& bricks, Representativeness& result) {
  for (SplitCoverage& c : result.coverage) c.ra_min_deg = c.ra_max_deg = c.dec_min_deg = c.dec_max_deg = kNull;
  using Cells = std::bitset<static_cast<size_t>(kCellsAround * kCellRows)>;
  std::array<Cells, kSplitNames.size()> cells;
  for (size_t i = 0; i < bricks.split.size(); ++i) {
    if (bricks.split[i] == Split::kBuffer) continue;
    const auto s = static_cast<size_t>(bricks.split[i]);
    SplitCoverage& c = result.coverage[s];
    const double ra = bricks.ra_deg[i], dec = bricks.dec_deg[i];
    ++c.num_bricks;
    // fmin and fmax leave out the NaN of a split that was empty so far.
    c.ra_min_deg = std::fmin(c.ra_min_deg, ra);
    c.ra_max_deg = std::fmax(c.ra_max_deg, ra);
    c.dec_min_deg = std::fmin(c.dec_min_deg, dec);
    c.dec_max_deg = std::fmax(c.dec_max_deg, dec);
    cells[s].set(CellOf(ra, dec));
  }
  for (size_t s = 0; s < cells.size(); ++s) result.coverage[s].num_cells = static_cast<int64_t>(cells[s].count());
  result.num_cells = static_cast<int64_t>((cells[0] | cells[1] | cells[2]).count());
}

}  // namespace

double KolmogorovSmirnovDistance(std::span<const double> a, std::span<const double> b) {
  if (a.empty() || b.empty()) return kNull;
  const auto num_a = static_cast<double>(a.size()), num_b = static_cast<double>(b.size());
  double greatest = 0;
  size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    const double value = std::min(a[i], b[j]);
    while (i < a.size() && a[i] <= value) ++i;
    while (j < b.size() && b[j] <= value) ++j;
    greatest = std::max(greatest, std::fabs(static_cast<double>(i) / num_a - static_cast<double>(j) / num_b));
  }
  return greatest;
}

double KolmogorovSmirnovPValue(double distance, int64_t num_a, int64_t num_b) {
  if (std::isnan(distance) || num_a <= 0 || num_b <= 0) return kNull;
  const auto a = static_cast<double>(num_a), b = static_cast<double>(num_b);
  const double root = std::sqrt(a * b / (a + b));
  const double lambda = (root + 0.12 + 0.11 / root) * distance;
  // Below this the sum is 1 to double precision, and it converges slowly.
  if (lambda < 0.2) return 1.0;
  double sum = 0;
  for (int k = 1; k <= 100; ++k) {
    const double term = std::exp(-2.0 * k * k * lambda * lambda);
    sum += k % 2 == 1 ? term : -term;
    if (term < 1e-17) break;
  }
  return std::clamp(2.0 * sum, 0.0, 1.0);
}

namespace {

PropertyComparison CompareProperty(const ComparedBricks& bricks, size_t property) {
  switch (property) {
    case 0:
      return Compare("psfsize_r", bricks.split, bricks.psfsize_r_arcsec);
    case 1:
      return Compare("psfdepth_r", bricks.split, bricks.psfdepth_r_mag);
    case 2:
      return Compare("ebv", bricks.split, bricks.ebv_mag);
    default:
      return Compare("lrg_density", bricks.split, bricks.lrg_density);
  }
}

}  // namespace

double PropertyComparison::GreatestKs() const { return std::fmax(ks[0], std::fmax(ks[1], ks[2])); }
double PropertyComparison::LeastPValue() const { return std::fmin(p_value[0], std::fmin(p_value[1], p_value[2])); }

Representativeness CompareSplits(const ComparedBricks& bricks) {
  Representativeness result;
  for (size_t p = 0; p < result.properties.size(); ++p) result.properties[p] = CompareProperty(bricks, p);
  AddCoverage(bricks, result);
  return result;
}

Result<Representativeness> CompareSplits(const ComparedBricks& bricks, int num_threads, const StopToken& stop) {
  Representativeness result;
  const auto num_properties = static_cast<int64_t>(result.properties.size());
  ARROW_RETURN_NOT_OK(base::ParallelFor(num_threads, num_properties + 1, stop, [&](int, int64_t index) {
    if (index == num_properties) {
      AddCoverage(bricks, result);
    } else {
      result.properties[static_cast<size_t>(index)] = CompareProperty(bricks, static_cast<size_t>(index));
    }
    return Status::OK();
  }));
  return result;
}

std::string_view Verdict(double ks_distance, double p_value) {
  if (std::isnan(ks_distance)) return "-";
  if (ks_distance <= 0.03) return "alike";
  if (p_value >= kMaxChance) return "perhaps chance";
  if (ks_distance <= 0.1) return "similar";
  return ks_distance <= 0.2 ? "somewhat different" : "different";
}

}  // namespace dhs::regions
