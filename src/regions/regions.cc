// SPDX-License-Identifier: Apache-2.0
#include "regions/regions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <span>

namespace dhs::regions {

namespace {

constexpr double kNull = std::numeric_limits<double>::quiet_NaN();
constexpr size_t kV3 = 2;

double ExpRounded(double x) { return static_cast<double>(std::exp(static_cast<long double>(x))); }
double PowRounded(double x, double y) {
  return static_cast<double>(std::pow(static_cast<long double>(x), static_cast<long double>(y)));
}
double CosDegRounded(double deg) {
  return static_cast<double>(std::cos(static_cast<long double>(deg) * std::numbers::pi_v<long double> / 180.0L));
}

std::vector<double> Ratio(const std::vector<int64_t>& counts, const std::vector<double>& area_deg2) {
  std::vector<double> densities(counts.size());
  for (size_t i = 0; i < counts.size(); ++i) densities[i] = static_cast<double>(counts[i]) / area_deg2[i];
  return densities;
}

BrickResults ComputeBricks(const BrickColumns& bricks, Components components) {
  BrickResults results;
  results.gal_density = Ratio(bricks.n_gal, bricks.area_deg2);
  for (size_t v = 0; v < results.lrg_density.size(); ++v) {
    results.lrg_density[v] = Ratio(bricks.n_lrg[v], bricks.area_deg2);
  }
  results.lrg_frac_v3.resize(bricks.size());
  for (size_t i = 0; i < bricks.size(); ++i) {
    results.lrg_frac_v3[i] =
        bricks.n_gal[i] == 0 ? kNull : static_cast<double>(bricks.n_lrg[kV3][i]) / static_cast<double>(bricks.n_gal[i]);
  }
  results.region_id = components.component;
  results.component_id = std::move(components.component);
  results.brick_degree = std::move(components.degree);
  return results;
}

// Rows of each region, in the order of the input: rows[first[r] .. first[r + 1]).
struct RowsByRegion {
  std::vector<int32_t> rows;
  std::vector<size_t> first;

  std::span<const int32_t> Of(size_t region) const {
    return std::span(rows).subspan(first[region], first[region + 1] - first[region]);
  }
};

RowsByRegion GroupRows(const std::vector<int32_t>& region_id, int32_t num_regions) {
  RowsByRegion groups;
  groups.first.assign(static_cast<size_t>(num_regions) + 1, 0);
  for (const int32_t region : region_id) ++groups.first[static_cast<size_t>(region) + 1];
  for (size_t r = 1; r < groups.first.size(); ++r) groups.first[r] += groups.first[r - 1];
  std::vector<size_t> next(groups.first.begin(), groups.first.end() - 1);
  groups.rows.resize(region_id.size());
  for (size_t i = 0; i < region_id.size(); ++i) {
    groups.rows[next[static_cast<size_t>(region_id[i])]++] = static_cast<int32_t>(i);
  }
  return groups;
}

template <typename T>
Summary SummaryOf(const std::vector<T>& column, std::span<const int32_t> rows, std::vector<double>& scratch) {
  scratch.clear();
  if (!column.empty()) {
    for (const int32_t row : rows) {
      const T value = column[static_cast<size_t>(row)];
      if constexpr (std::is_same_v<T, int64_t>) {
        if (value == kNoCount) continue;
      }
      scratch.push_back(static_cast<double>(value));
    }
  }
  return Summarize(scratch);
}

void AddSums(const BrickColumns& bricks, const BrickResults& results, std::span<const int32_t> rows, Region& region) {
  region.n_bricks = static_cast<int64_t>(rows.size());
  region.ra_min_deg = region.dec_min_deg = std::numeric_limits<double>::infinity();
  region.ra_max_deg = region.dec_max_deg = -std::numeric_limits<double>::infinity();
  for (const int32_t row : rows) {
    const auto i = static_cast<size_t>(row);
    region.area_deg2 += bricks.area_deg2[i];
    region.n_gal_total += bricks.n_gal[i];
    region.gal_density_area_sum += results.gal_density[i] * bricks.area_deg2[i];
    for (size_t v = 0; v < region.n_lrg_total.size(); ++v) region.n_lrg_total[v] += bricks.n_lrg[v][i];
    region.ra_min_deg = std::min(region.ra_min_deg, bricks.ra_deg[i]);
    region.ra_max_deg = std::max(region.ra_max_deg, bricks.ra_deg[i]);
    region.dec_min_deg = std::min(region.dec_min_deg, bricks.dec_deg[i]);
    region.dec_max_deg = std::max(region.dec_max_deg, bricks.dec_deg[i]);
  }
  for (size_t v = 0; v < region.n_lrg_total.size(); ++v) {
    region.lrg_density[v] = static_cast<double>(region.n_lrg_total[v]) / region.area_deg2;
  }
  const double mid_dec = (region.dec_min_deg + region.dec_max_deg) / 2;
  const double box =
      (region.ra_max_deg - region.ra_min_deg) * (region.dec_max_deg - region.dec_min_deg) * CosDegRounded(mid_dec);
  region.compactness = box > 0 ? region.area_deg2 / box : kNull;
}

void AddStatistics(const BrickColumns& bricks, const BrickResults& results, std::span<const int32_t> rows,
                   std::vector<double>& scratch, Region& region) {
  auto& s = region.statistics;
  s[kPsfsizeR] = SummaryOf(bricks.psfsize_arcsec[kBandR], rows, scratch);
  s[kPsfdepthR] = SummaryOf(bricks.psfdepth_mag[kBandR], rows, scratch);
  s[kEbv] = SummaryOf(bricks.ebv_mag, rows, scratch);
  s[kBrickDegree] = SummaryOf(results.brick_degree, rows, scratch);
  s[kGalDensity] = SummaryOf(results.gal_density, rows, scratch);
  s[kLrgFracV3] = SummaryOf(results.lrg_frac_v3, rows, scratch);
  for (size_t band = 0; band < kBands.size(); ++band) {
    s[kNexpG + band] = SummaryOf(bricks.nexp[band], rows, scratch);
  }
}

void AddScores(const ScoreOptions& options, size_t variant, Region& region) {
  const double psf = region.statistics[kPsfsizeR].p50;
  const double depth = region.statistics[kPsfdepthR].p50;
  region.w_psf = std::clamp(ExpRounded(-(psf - options.psf_ref_arcsec) / options.psf_sigma_arcsec), 0.0, 1.0);
  region.w_depth = 1.0 / (1.0 + ExpRounded(-(depth - options.depth_ref_mag) / options.depth_sigma_mag));
  region.w_ebv = std::clamp(ExpRounded(-options.ebv_k * region.statistics[kEbv].p50), 0.0, 1.0);
  region.score_density = region.lrg_density[variant];
  region.score_n_lrg = static_cast<double>(region.n_lrg_total[variant]);
  region.score_area_weighted = region.score_density * PowRounded(region.area_deg2, options.area_weighted_alpha);
  region.score_psf_weighted = region.score_density * region.w_psf * region.w_depth * region.w_ebv;
}

void AddSplits(const BrickColumns& bricks, const SplitOptions& options, size_t variant,
               std::span<const std::optional<Split>> earlier, RegionsResult& result) {
  SplitAssignment assignment = AssignSplits({.name = bricks.name,
                                             .region_id = result.bricks.region_id,
                                             .num_regions = static_cast<int32_t>(result.regions.size()),
                                             .area_deg2 = bricks.area_deg2,
                                             .psfsize_r_arcsec = bricks.psfsize_arcsec[kBandR],
                                             .psfdepth_r_mag = bricks.psfdepth_mag[kBandR],
                                             .ebv_mag = bricks.ebv_mag,
                                             .lrg_density = result.bricks.lrg_density[variant]},
                                            options, earlier);
  for (Region& region : result.regions) {
    region.split_u = SplitUniform(region.region_id, static_cast<int32_t>(options.seed));
    region.split = assignment.of_region[static_cast<size_t>(region.region_id)];
  }
  result.bricks.split = std::move(assignment.of_brick);
  result.kept = assignment.kept;
}

}  // namespace

RegionsResult ComputeRegions(const BrickColumns& bricks, const RegionsOptions& options, int score_variant,
                             std::span<const std::optional<Split>> earlier) {
  Components components = ConnectedComponents(static_cast<int32_t>(bricks.size()),
                                              GridAdjacency(bricks.ra_deg, bricks.dec_deg, options.grid));
  const int32_t num_regions = components.num_components;
  RegionsResult result;
  result.bricks = ComputeBricks(bricks, std::move(components));
  const RowsByRegion groups = GroupRows(result.bricks.region_id, num_regions);
  result.regions.reserve(static_cast<size_t>(num_regions));
  std::vector<double> scratch;
  for (int32_t id = 0; id < num_regions; ++id) {
    const auto rows = groups.Of(static_cast<size_t>(id));
    Region region{};
    region.region_id = id;
    region.component_id = result.bricks.component_id[static_cast<size_t>(rows.front())];
    AddSums(bricks, result.bricks, rows, region);
    AddStatistics(bricks, result.bricks, rows, scratch, region);
    AddScores(options.score, static_cast<size_t>(score_variant), region);
    result.regions.push_back(region);
  }
  AddSplits(bricks, options.split, static_cast<size_t>(score_variant), earlier, result);
  return result;
}

}  // namespace dhs::regions
