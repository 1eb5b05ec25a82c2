// SPDX-License-Identifier: Apache-2.0
#include "selection/representativeness.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "regions/split_balance.h"
#include "stage/stage.h"

namespace dhs::selection {

namespace {

using regions::kSplitNames;

constexpr double kNull = std::numeric_limits<double>::quiet_NaN();
constexpr double kCellDeg = 10.0;
constexpr int kCellsAround = 36;

using SortedBySplit = std::array<std::vector<double>, kSplitNames.size()>;

SortedBySplit SortBySplit(const SelectedBricks& bricks, const std::vector<double>& values) {
  SortedBySplit sorted;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!std::isnan(values[i])) sorted[static_cast<size_t>(bricks.split[i])].push_back(values[i]);
  }
  for (auto& of_split : sorted) std::sort(of_split.begin(), of_split.end());
  return sorted;
}

PropertyComparison Compare(std::string_view name, const SelectedBricks& bricks, const std::vector<double>& values) {
  const SortedBySplit sorted = SortBySplit(bricks, values);
  PropertyComparison comparison{name, {kNull, kNull, kNull}, kNull, kNull, kNull};
  for (size_t s = 0; s < sorted.size(); ++s) {
    if (!sorted[s].empty()) comparison.median[s] = sorted[s][(sorted[s].size() + 1) / 2 - 1];
  }
  comparison.ks_train_val = KolmogorovSmirnovDistance(sorted[0], sorted[1]);
  comparison.ks_train_test = KolmogorovSmirnovDistance(sorted[0], sorted[2]);
  comparison.ks_val_test = KolmogorovSmirnovDistance(sorted[1], sorted[2]);
  return comparison;
}

int CellOf(double ra_deg, double dec_deg) {
  const int column = std::clamp(static_cast<int>(ra_deg / kCellDeg), 0, kCellsAround - 1);
  const int row = std::clamp(static_cast<int>((dec_deg + 90.0) / kCellDeg), 0, kCellsAround / 2 - 1);
  return row * kCellsAround + column;
}

void AddCoverage(const SelectedBricks& bricks, Representativeness& result) {
  for (SplitCoverage& c : result.coverage) c.ra_min_deg = c.ra_max_deg = c.dec_min_deg = c.dec_max_deg = kNull;
  std::array<std::set<int>, kSplitNames.size()> cells;
  std::set<int> all_cells;
  for (size_t i = 0; i < bricks.split.size(); ++i) {
    const auto s = static_cast<size_t>(bricks.split[i]);
    SplitCoverage& c = result.coverage[s];
    const double ra = bricks.ra_deg[i], dec = bricks.dec_deg[i];
    ++c.num_bricks;
    // fmin and fmax leave out the NaN of a split that was empty so far.
    c.ra_min_deg = std::fmin(c.ra_min_deg, ra);
    c.ra_max_deg = std::fmax(c.ra_max_deg, ra);
    c.dec_min_deg = std::fmin(c.dec_min_deg, dec);
    c.dec_max_deg = std::fmax(c.dec_max_deg, dec);
    cells[s].insert(CellOf(ra, dec));
    all_cells.insert(CellOf(ra, dec));
  }
  for (size_t s = 0; s < cells.size(); ++s) result.coverage[s].num_cells = static_cast<int64_t>(cells[s].size());
  result.num_cells = static_cast<int64_t>(all_cells.size());
}

std::string Number(double value) { return std::isnan(value) ? "-" : fmt::format("{:.3f}", value); }

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

double PropertyComparison::greatest_ks() const {
  return std::fmax(ks_train_val, std::fmax(ks_train_test, ks_val_test));
}

Representativeness CompareSplits(const SelectedBricks& bricks) {
  Representativeness result;
  result.properties = {Compare("psfsize_r", bricks, bricks.psfsize_r_arcsec),
                       Compare("psfdepth_r", bricks, bricks.psfdepth_r_mag), Compare("ebv", bricks, bricks.ebv_mag)};
  AddCoverage(bricks, result);
  return result;
}

std::string_view Verdict(double ks_distance) {
  if (std::isnan(ks_distance)) return "-";
  if (ks_distance <= 0.1) return "alike";
  return ks_distance <= 0.2 ? "somewhat different" : "different";
}

std::string FormatRepresentativeness(const Representativeness& comparison) {
  std::string text = "Representativeness of the selected bricks (medians; Kolmogorov-Smirnov distances)\n";
  text += fmt::format("  {:<10} {:>8} {:>8} {:>8}  {:>9} {:>10} {:>8}  {}\n", "", "train", "val", "test", "train-val",
                      "train-test", "val-test", "verdict");
  for (const PropertyComparison& p : comparison.properties) {
    text += fmt::format("  {:<10} {:>8} {:>8} {:>8}  {:>9} {:>10} {:>8}  {}\n", p.name, Number(p.median[0]),
                        Number(p.median[1]), Number(p.median[2]), Number(p.ks_train_val), Number(p.ks_train_test),
                        Number(p.ks_val_test), Verdict(p.greatest_ks()));
  }
  text += fmt::format("Coverage (cells of 10 x 10 deg that hold selected bricks: {})\n", comparison.num_cells);
  for (size_t s = 0; s < kSplitNames.size(); ++s) {
    const SplitCoverage& c = comparison.coverage[s];
    if (c.num_bricks == 0) {
      text += fmt::format("  {:<6} no bricks\n", kSplitNames[s]);
      continue;
    }
    text +=
        fmt::format("  {:<6} {:>10} bricks, RA {:.2f}..{:.2f}, Dec {:+.2f}..{:+.2f}, {} of the cells\n", kSplitNames[s],
                    FormatCount(c.num_bricks), c.ra_min_deg, c.ra_max_deg, c.dec_min_deg, c.dec_max_deg,
                    regions::FormatShare(static_cast<double>(c.num_cells), static_cast<double>(comparison.num_cells)));
  }
  return text;
}

}  // namespace dhs::selection
