// SPDX-License-Identifier: Apache-2.0
#include "regions/output_tables.h"

#include <arrow/api.h>
#include <fmt/format.h>

#include "catalog/columns.h"
#include "regions/arrow_columns.h"

namespace dhs::regions {

namespace {

struct QuantityColumn {
  Quantity quantity;
  const char* name;
  bool is_whole;
};
constexpr QuantityColumn kQuantityColumns[] = {
    {kPsfsizeR, "psfsize_r", false},
    {kPsfdepthR, "psfdepth_r", false},
    {kEbv, "ebv", false},
    {kBrickDegree, "brick_degree", true},
    {kGalDensity, "gal_density", false},
    {kLrgFracV3, "lrg_frac_v3", false},
    {kNexpG, "nexp_g", true},
    {kNexpR, "nexp_r", true},
    {kNexpZ, "nexp_z", true},
};

std::string ShortName(size_t variant) { return fmt::format("v{}", variant + 1); }

template <typename T>
void AddIfPresent(ColumnSet& columns, const std::string& name, const std::vector<T>& values) {
  if (!values.empty()) columns.Add(name, values);
}

// One value of each region.
template <typename Get>
auto Each(const std::vector<Region>& regions, Get get) {
  std::vector<std::decay_t<decltype(get(regions[0]))>> values;
  values.reserve(regions.size());
  for (const Region& region : regions) values.push_back(get(region));
  return values;
}

void AddStatistics(ColumnSet& columns, const QuantityColumn& column, const std::vector<Region>& regions) {
  const auto summary = [&](const Region& r) -> const Summary& { return r.statistics[column.quantity]; };
  const std::string name = column.name;
  columns.Add(name + "_mean", Each(regions, [&](const Region& r) { return summary(r).mean; }));
  columns.Add(name + "_std", Each(regions, [&](const Region& r) { return summary(r).std; }));
  const auto add = [&](const char* suffix, double Summary::* member) {
    const auto values = Each(regions, [&](const Region& r) { return summary(r).*member; });
    if (column.is_whole) {
      columns.AddWhole(name + suffix, values);
    } else {
      columns.Add(name + suffix, values);
    }
  };
  add("_p10", &Summary::p10);
  add("_p50", &Summary::p50);
  add("_p90", &Summary::p90);
}

void AddDoubles(ColumnSet& columns, const std::vector<Region>& regions) {
  constexpr struct {
    const char* name;
    double Region::* member;
  } kDoubles[] = {{"area_deg2", &Region::area_deg2},
                  {"gal_density_area_sum", &Region::gal_density_area_sum},
                  {"ra_min", &Region::ra_min_deg},
                  {"ra_max", &Region::ra_max_deg},
                  {"dec_min", &Region::dec_min_deg},
                  {"dec_max", &Region::dec_max_deg},
                  {"compactness", &Region::compactness},
                  {"split_u", &Region::split_u},
                  {"w_psf", &Region::w_psf},
                  {"w_depth", &Region::w_depth},
                  {"w_ebv", &Region::w_ebv},
                  {"score_density", &Region::score_density},
                  {"score_n_lrg", &Region::score_n_lrg},
                  {"score_area_weighted", &Region::score_area_weighted},
                  {"score_psf_weighted", &Region::score_psf_weighted}};
  for (const auto& column : kDoubles) {
    columns.Add(column.name, Each(regions, [&](const Region& r) { return r.*column.member; }));
  }
}

std::vector<std::string_view> SplitNamesOf(const std::vector<Split>& splits) {
  std::vector<std::string_view> names;
  names.reserve(splits.size());
  for (const Split split : splits) names.push_back(SplitName(split));
  return names;
}

}  // namespace

Result<std::shared_ptr<arrow::Table>> BricksWithRegion(const BrickColumns& bricks, const BrickResults& results) {
  ColumnSet columns;
  columns.Add("brickname", bricks.name);
  columns.Add("ra", bricks.ra_deg);
  columns.Add("dec", bricks.dec_deg);
  AddIfPresent(columns, "ra1", bricks.ra1_deg);
  AddIfPresent(columns, "ra2", bricks.ra2_deg);
  AddIfPresent(columns, "dec1", bricks.dec1_deg);
  AddIfPresent(columns, "dec2", bricks.dec2_deg);
  columns.Add("area_deg2", bricks.area_deg2);
  columns.Add("ebv", bricks.ebv_mag);
  for (size_t band = 0; band < kBands.size(); ++band) {
    AddIfPresent(columns, fmt::format("psfsize_{}", kBands[band]), bricks.psfsize_arcsec[band]);
    AddIfPresent(columns, fmt::format("psfdepth_{}", kBands[band]), bricks.psfdepth_mag[band]);
    AddIfPresent(columns, fmt::format("nexp_{}", kBands[band]), bricks.nexp[band]);
  }
  columns.Add("n_gal", bricks.n_gal);
  columns.Add("gal_density", results.gal_density);
  for (size_t v = 0; v < bricks.n_lrg.size(); ++v) {
    columns.Add(photometry::BuiltinVariants()[v].CountColumn(), bricks.n_lrg[v]);
    columns.Add("lrg_density_" + ShortName(v), results.lrg_density[v]);
  }
  columns.Add("lrg_frac_v3", results.lrg_frac_v3);
  columns.Add("region_id", results.region_id);
  columns.Add("component_id", results.component_id);
  columns.Add("brick_degree", results.brick_degree);
  columns.Add("brick_split", SplitNamesOf(results.split));
  return columns.Finish(catalog::BricksWithRegionTable());
}

Result<std::shared_ptr<arrow::Table>> RegionMetrics(const BrickColumns& bricks, const std::vector<Region>& regions) {
  ColumnSet columns;
  columns.Add("region_id", Each(regions, [](const Region& r) { return r.region_id; }));
  columns.Add("component_id", Each(regions, [](const Region& r) { return r.component_id; }));
  columns.Add("n_bricks", Each(regions, [](const Region& r) { return r.n_bricks; }));
  columns.Add("n_gal_total", Each(regions, [](const Region& r) { return r.n_gal_total; }));
  columns.Add("region_split",
              Each(regions, [](const Region& r) { return r.split ? SplitName(*r.split) : kMixedSplitName; }));
  for (size_t v = 0; v < bricks.n_lrg.size(); ++v) {
    columns.Add(fmt::format("n_lrg_{}_total", ShortName(v)),
                Each(regions, [v](const Region& r) { return r.n_lrg_total[v]; }));
    columns.Add(fmt::format("lrg_density_{}_areaweighted", ShortName(v)),
                Each(regions, [v](const Region& r) { return r.lrg_density[v]; }));
  }
  AddDoubles(columns, regions);
  for (const QuantityColumn& column : kQuantityColumns) {
    const bool is_nexp = column.quantity >= kNexpG;
    if (is_nexp && bricks.nexp[column.quantity - kNexpG].empty()) continue;
    AddStatistics(columns, column, regions);
  }
  return columns.Finish(catalog::RegionMetricsTable());
}

}  // namespace dhs::regions
