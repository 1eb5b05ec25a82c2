// SPDX-License-Identifier: Apache-2.0
#include "regions/regions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <span>

#include "base/thread_pool.h"
#include "regions/partition.h"
#include "regions/ra_arc.h"
#include "regions/split_buffer.h"

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

Result<BrickResults> ComputeBricks(const BrickColumns& bricks, Tiles tiles, Components components, int num_threads,
                                   const StopToken& stop) {
  BrickResults results;
  constexpr int64_t kNumVariants = photometry::kNumBuiltinVariants;
  ARROW_RETURN_NOT_OK(base::ParallelFor(num_threads, kNumVariants + 2, stop, [&](int, int64_t column) {
    if (column < kNumVariants) {
      const auto v = static_cast<size_t>(column);
      results.lrg_density[v] = Ratio(bricks.n_lrg[v], bricks.area_deg2);
    } else if (column == kNumVariants) {
      results.gal_density = Ratio(bricks.n_gal, bricks.area_deg2);
    } else {
      results.lrg_frac_v3.resize(bricks.size());
      for (size_t i = 0; i < bricks.size(); ++i) {
        const auto n_gal = static_cast<double>(bricks.n_gal[i]);
        results.lrg_frac_v3[i] = n_gal == 0 ? kNull : static_cast<double>(bricks.n_lrg[kV3][i]) / n_gal;
      }
    }
    return Status::OK();
  }));
  results.region_id = std::move(tiles.region);
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

double RaSpanDeg(const Region& region) { return RaArc{region.ra_min_deg, region.ra_max_deg}.SpanDeg(); }

// `scratch` as SummaryOf.
void AddShape(const BrickColumns& bricks, bool plain_ra, std::span<const int32_t> rows, std::vector<double>& scratch,
              Region& region) {
  if (!plain_ra) {
    scratch.clear();
    for (const int32_t row : rows) scratch.push_back(bricks.ra_deg[static_cast<size_t>(row)]);
    const RaArc arc = ShortestArc(scratch);
    region.ra_min_deg = arc.from_deg;
    region.ra_max_deg = arc.to_deg;
  }
  const double mid_dec = (region.dec_min_deg + region.dec_max_deg) / 2;
  const double box = RaSpanDeg(region) * (region.dec_max_deg - region.dec_min_deg) * CosDegRounded(mid_dec);
  region.compactness = box > 0 ? region.area_deg2 / box : kNull;
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

Status AddSplits(const BrickColumns& bricks, const RegionsOptions& options, size_t variant,
                 std::span<const std::optional<Split>> earlier, const std::optional<BrickRows>& rows, int num_threads,
                 const StopToken& stop, RegionsResult& result) {
  SplitBricks split_bricks = {.name = bricks.name,
                              .region_id = result.bricks.region_id,
                              .num_regions = static_cast<int32_t>(result.regions.size()),
                              .area_deg2 = bricks.area_deg2,
                              .psfsize_r_arcsec = bricks.psfsize_arcsec[kBandR],
                              .psfdepth_r_mag = bricks.psfdepth_mag[kBandR],
                              .ebv_mag = bricks.ebv_mag,
                              .lrg_density = result.bricks.lrg_density[variant]};
  std::optional<BrickGroups> near;
  if (options.split_buffer_deg > 0 && MethodOf(options.split) == SplitMethod::kBalanced) {
    ARROW_ASSIGN_OR_RAISE(
        near, GroupByNearRegions(*rows, result.bricks.region_id, options.split_buffer_deg, num_threads, stop));
    if (near) split_bricks.near = &*near;
    result.balanced_without_buffer = !near;
  }
  ARROW_ASSIGN_OR_RAISE(SplitAssignment assignment, AssignSplits(split_bricks, options.split, earlier, stop));
  for (Region& region : result.regions) {
    region.split_u = SplitUniform(region.region_id, static_cast<int32_t>(options.split.seed));
    region.split = assignment.of_region[static_cast<size_t>(region.region_id)];
  }
  result.bricks.split = std::move(assignment.of_brick);
  result.kept = assignment.kept;
  return Status::OK();
}

// Puts bricks near another split into the buffer; their region keeps its split.
Status AddBuffer(const BrickColumns& bricks, const BrickRows& rows, double buffer_deg, int num_threads,
                 const StopToken& stop, RegionsResult& result) {
  std::vector<Split>& splits = result.bricks.split;
  ARROW_ASSIGN_OR_RAISE(std::vector<Split> marked, MarkBuffer(rows, splits, buffer_deg, num_threads, stop));
  for (size_t i = 0; i < marked.size(); ++i) {
    if (marked[i] == splits[i]) continue;
    BufferLoss& loss = result.lost_to_buffer[static_cast<size_t>(splits[i])];
    ++loss.num_bricks;
    loss.area_deg2 += bricks.area_deg2[i];
  }
  splits = std::move(marked);
  return Status::OK();
}

}  // namespace

Result<RegionsResult> ComputeRegions(const BrickColumns& bricks, const RegionsOptions& options, int score_variant,
                                     std::span<const std::optional<Split>> earlier, int num_threads,
                                     const StopToken& stop) {
  ARROW_ASSIGN_OR_RAISE(const Tiling tiling, ParseTiling(options.tiling));
  ARROW_ASSIGN_OR_RAISE(Neighborhood neighborhood, FindNeighborhood(bricks, options, options.bricks));
  ARROW_ASSIGN_OR_RAISE(Tiles tiles, CutBricks(bricks, neighborhood, tiling, num_threads, stop));
  neighborhood.pairs = {};
  RegionsResult result{};
  result.num_components = neighborhood.components.num_components;
  if (neighborhood.rows) result.boxes = neighborhood.boxes;
  const int32_t num_regions = tiles.num_regions;
  ARROW_ASSIGN_OR_RAISE(result.bricks,
                        ComputeBricks(bricks, std::move(tiles), std::move(neighborhood.components), num_threads, stop));
  const RowsByRegion groups = GroupRows(result.bricks.region_id, num_regions);
  const bool plain_ra = options.adjacency == kGridAdjacency;
  result.regions.resize(static_cast<size_t>(num_regions));
  std::vector<std::vector<double>> scratch(static_cast<size_t>(num_threads));
  ARROW_RETURN_NOT_OK(base::ParallelFor(num_threads, num_regions, stop, [&](int worker, int64_t id) {
    const auto rows = groups.Of(static_cast<size_t>(id));
    Region& region = result.regions[static_cast<size_t>(id)];
    std::vector<double>& values = scratch[static_cast<size_t>(worker)];
    region.region_id = static_cast<int32_t>(id);
    region.component_id = result.bricks.component_id[static_cast<size_t>(rows.front())];
    AddSums(bricks, result.bricks, rows, region);
    AddShape(bricks, plain_ra, rows, values, region);
    AddStatistics(bricks, result.bricks, rows, values, region);
    AddScores(options.score, static_cast<size_t>(score_variant), region);
    return Status::OK();
  }));
  ARROW_RETURN_NOT_OK(AddSplits(bricks, options, static_cast<size_t>(score_variant), earlier, neighborhood.rows,
                                num_threads, stop, result));
  if (options.split_buffer_deg > 0) {
    ARROW_RETURN_NOT_OK(AddBuffer(bricks, *neighborhood.rows, options.split_buffer_deg, num_threads, stop, result));
  }
  return result;
}

}  // namespace dhs::regions
