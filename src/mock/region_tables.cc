// SPDX-License-Identifier: Apache-2.0
#include "mock/region_tables.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include <arrow/table.h>
#include <fmt/format.h>

#include "catalog/columns.h"
#include "catalog/parquet.h"
#include "io/files.h"
#include "regions/arrow_columns.h"
#include "regions/output_tables.h"
#include "regions/regions.h"

namespace dhs::mock {
namespace {

constexpr int kScoreVariant = 2;  // v3
constexpr const char* kPart = "part-00000.parquet";

// Sorted by name.
regions::BrickColumns ColumnsOf(std::span<const CountedBrick* const> bricks) {
  regions::BrickColumns columns;
  constexpr std::array<Band, 3> kBandsOfQuality = {kG, kR, kZ};
  for (const CountedBrick* brick : bricks) {
    const BrickConditions& c = brick->conditions;
    columns.name.push_back(sky::NameOf(c.brick));
    columns.ra_deg.push_back(sky::CenterRaDeg(c.brick));
    columns.dec_deg.push_back(sky::CenterDecDeg(c.brick));
    columns.area_deg2.push_back(c.area_deg2);
    columns.ra1_deg.push_back(c.bounds.ra1_deg);
    columns.ra2_deg.push_back(c.bounds.ra2_deg);
    columns.dec1_deg.push_back(c.bounds.dec1_deg);
    columns.dec2_deg.push_back(c.bounds.dec2_deg);
    columns.ebv_mag.push_back(c.ebv);
    for (size_t band = 0; band < kBandsOfQuality.size(); ++band) {
      columns.psfsize_arcsec[band].push_back(c.psfsize_arcsec[kBandsOfQuality[band]]);
      columns.psfdepth_mag[band].push_back(c.psfdepth_mag[kBandsOfQuality[band]]);
      columns.nexp[band].push_back(c.nexp[kBandsOfQuality[band]]);
    }
    columns.n_gal.push_back(brick->counts.n_gal);
    for (size_t v = 0; v < kNumVariants; ++v) columns.n_lrg[v].push_back(brick->counts.n_lrg[v]);
  }
  return columns;
}

// Stage 3a numbers regions by their smallest name; the plan has the numbers that the real survey gave its large ones.
void Renumber(const RegionPlan& plan, std::span<const CountedBrick* const> bricks, regions::RegionsResult& result) {
  std::vector<const PlannedRegion*> planned(result.regions.size());
  for (size_t i = 0; i < bricks.size(); ++i) {
    const PlannedRegion& region = plan.regions[bricks[i]->region];
    planned[static_cast<size_t>(result.bricks.region_id[i])] = &region;
    result.bricks.region_id[i] = result.bricks.component_id[i] = region.region_id;
    result.bricks.split[i] = region.split;
  }
  for (size_t r = 0; r < planned.size(); ++r) {
    regions::Region& region = result.regions[r];
    region.region_id = region.component_id = planned[r]->region_id;
    region.split = planned[r]->split;
    region.split_u = regions::SplitUniform(region.region_id, static_cast<int32_t>(regions::SplitOptions{}.seed));
  }
  std::sort(result.regions.begin(), result.regions.end(),
            [](const regions::Region& a, const regions::Region& b) { return a.region_id < b.region_id; });
}

struct Mode {
  std::string_view name;
  double regions::Region::* score;
};
constexpr std::array<Mode, 4> kModes = {
    Mode{"n_lrg", &regions::Region::score_n_lrg}, Mode{"psf_weighted", &regions::Region::score_psf_weighted},
    Mode{"density", &regions::Region::score_density}, Mode{"area_weighted", &regions::Region::score_area_weighted}};

struct Strategy {
  std::string_view name, prefix;
  size_t size;
  std::vector<size_t> bins;  // regions in each density bin; empty = no bins
};

// One row of region_selections.
struct SelectionRow {
  std::string set_id;
  std::string_view strategy, mode, split;
  std::string score_column;
  const regions::Region* region;
  int32_t rank;
  std::optional<int32_t> bin;
};

// The next `count` regions of a pool, going round.
std::vector<const regions::Region*> TakeTurns(const std::vector<const regions::Region*>& pool, size_t count,
                                              size_t* next) {
  std::vector<const regions::Region*> taken;
  for (size_t i = 0; i < std::min(count, pool.size()); ++i) taken.push_back(pool[(*next)++ % pool.size()]);
  return taken;
}

void AppendSet(const Strategy& strategy, const Mode& mode, std::string_view split,
               std::vector<const regions::Region*> taken, std::vector<SelectionRow>* rows) {
  const auto by = [](double regions::Region::* value) {
    return [value](const regions::Region* a, const regions::Region* b) {
      return a->*value != b->*value ? a->*value > b->*value : a->region_id < b->region_id;
    };
  };
  const auto append = [&](std::span<const regions::Region*> group, std::optional<int32_t> bin) {
    std::sort(group.begin(), group.end(), by(mode.score));
    int32_t rank = 0;
    for (const regions::Region* region : group) {
      rows->push_back({fmt::format("{}_{}_k{}", strategy.prefix, mode.name, strategy.size), strategy.name, mode.name,
                       split, fmt::format("score_{}", mode.name), region, ++rank, bin});
    }
  };
  if (strategy.bins.empty()) return append(taken, std::nullopt);
  std::sort(taken.rbegin(), taken.rend(), by(&regions::Region::score_density));
  size_t start = 0;
  for (size_t bin = 0; bin < strategy.bins.size(); ++bin) {
    const size_t count = std::min(strategy.bins[bin], taken.size() - start);
    append(std::span(taken).subspan(start, count), static_cast<int32_t>(bin));
    start += count;
  }
}

std::vector<SelectionRow> SelectionRows(const RegionPlan& plan, const std::vector<regions::Region>& regions) {
  const std::array<Strategy, 3> strategies = {Strategy{"topk", "topk", 100, {}},
                                              Strategy{"stratified_custom", "strat_custom", 75, {15, 30, 30}},
                                              Strategy{"stratified_balanced", "strat_balanced", 75, {25, 25, 25}}};
  std::array<std::vector<const regions::Region*>, 3> pools;
  for (const regions::Region& region : regions) {
    if (plan.regions[static_cast<size_t>(region.region_id)].selected) {
      pools[static_cast<size_t>(*region.split)].push_back(&region);
    }
  }
  std::array<size_t, 3> next = {};
  std::vector<SelectionRow> rows;
  for (const Mode& mode : kModes) {
    for (const Strategy& strategy : strategies) {
      for (size_t s = 0; s < pools.size(); ++s) {
        AppendSet(strategy, mode, regions::kSplitNames[s], TakeTurns(pools[s], strategy.size, &next[s]), &rows);
      }
    }
  }
  return rows;
}

Result<std::shared_ptr<arrow::Table>> SelectionTable(const std::vector<SelectionRow>& rows) {
  const auto each = [&rows](auto get) {
    std::vector<std::decay_t<decltype(get(rows[0]))>> values;
    values.reserve(rows.size());
    for (const SelectionRow& row : rows) values.push_back(get(row));
    return values;
  };
  regions::ColumnSet columns;
  columns.Add("selection_set_id", each([](const SelectionRow& row) { return row.set_id; }));
  columns.Add("selection_strategy", each([](const SelectionRow& row) { return row.strategy; }));
  columns.Add("ranking_mode", each([](const SelectionRow& row) { return row.mode; }));
  columns.Add("ranking_score_col", each([](const SelectionRow& row) { return row.score_column; }));
  columns.Add("region_id", each([](const SelectionRow& row) { return row.region->region_id; }));
  columns.Add("region_split", each([](const SelectionRow& row) { return row.split; }));
  columns.Add("region_rank", each([](const SelectionRow& row) { return row.rank; }));
  columns.Add("density_bin", each([](const SelectionRow& row) { return row.bin; }));
  columns.Add("n_bricks", each([](const SelectionRow& row) { return row.region->n_bricks; }));
  columns.Add("n_lrg_v3_total", each([](const SelectionRow& row) { return row.region->n_lrg_total[kScoreVariant]; }));
  columns.Add("lrg_density_v3_areaweighted",
              each([](const SelectionRow& row) { return row.region->lrg_density[kScoreVariant]; }));
  columns.Add("psfsize_r_p50",
              each([](const SelectionRow& row) { return row.region->statistics[regions::kPsfsizeR].p50; }));
  columns.Add("psfdepth_r_p50",
              each([](const SelectionRow& row) { return row.region->statistics[regions::kPsfdepthR].p50; }));
  columns.Add("ebv_p50", each([](const SelectionRow& row) { return row.region->statistics[regions::kEbv].p50; }));
  constexpr std::pair<const char*, double regions::Region::*> kPlain[] = {
      {"area_deg2", &regions::Region::area_deg2},
      {"score_density", &regions::Region::score_density},
      {"score_n_lrg", &regions::Region::score_n_lrg},
      {"score_area_weighted", &regions::Region::score_area_weighted},
      {"score_psf_weighted", &regions::Region::score_psf_weighted},
      {"compactness", &regions::Region::compactness}};
  for (const auto& [name, member] : kPlain) {
    columns.Add(name, each([member](const SelectionRow& row) { return row.region->*member; }));
  }
  return columns.Finish(catalog::RegionSelectionsTable());
}

// `name`/part-00000.parquet and, with `with_csv`, `name`_csv/`name`.csv.
Status WriteTable(Storage& storage, const std::string& directory, const std::string& name, const arrow::Table& rows,
                  bool with_csv) {
  const std::string folder = io::JoinPath(directory, name);
  ARROW_RETURN_NOT_OK(storage.MakeDirectories(folder));
  ARROW_RETURN_NOT_OK(catalog::WriteParquet(storage, io::JoinPath(folder, kPart), rows));
  if (!with_csv) return Status::OK();
  const std::string csv_folder = io::JoinPath(directory, name + "_csv");
  ARROW_RETURN_NOT_OK(storage.MakeDirectories(csv_folder));
  return catalog::WriteCsv(storage, io::JoinPath(csv_folder, name + ".csv"), rows);
}

}  // namespace

Status WriteRegionTables(RunContext& context, const std::string& out, const std::string& variant,
                         const RegionPlan& plan, std::span<const CountedBrick> bricks) {
  Storage& storage = *context.storage;
  std::vector<const CountedBrick*> by_name;
  by_name.reserve(bricks.size());
  for (const CountedBrick& brick : bricks) by_name.push_back(&brick);
  std::sort(by_name.begin(), by_name.end(), [](const CountedBrick* a, const CountedBrick* b) {
    return sky::NameOf(a->conditions.brick) < sky::NameOf(b->conditions.brick);
  });
  const regions::BrickColumns columns = ColumnsOf(by_name);
  regions::RegionsOptions options;
  options.adjacency = regions::kTessellationAdjacency;
  ARROW_ASSIGN_OR_RAISE(regions::RegionsResult result, regions::ComputeRegions(columns, options, kScoreVariant, {},
                                                                               context.num_threads, context.stop));
  if (result.regions.size() != plan.regions.size()) {
    return InternalError(
        fmt::format("{} regions were planned, but the bricks make {}", plan.regions.size(), result.regions.size()));
  }
  Renumber(plan, by_name, result);

  const std::string metrics_dir = io::JoinPath(out, "phase3a/" + variant);
  const std::string selections_dir = io::JoinPath(out, "phase3b/" + variant);
  for (const std::string& directory : {metrics_dir, selections_dir}) ARROW_RETURN_NOT_OK(storage.Remove(directory));
  ARROW_ASSIGN_OR_RAISE(const auto brick_rows, regions::BricksWithRegion(columns, result.bricks));
  ARROW_ASSIGN_OR_RAISE(const auto region_rows, regions::RegionMetrics(columns, result.regions));
  ARROW_ASSIGN_OR_RAISE(const auto selection_rows, SelectionTable(SelectionRows(plan, result.regions)));
  ARROW_RETURN_NOT_OK(WriteTable(storage, metrics_dir, "bricks_with_region", *brick_rows, /*with_csv=*/false));
  ARROW_RETURN_NOT_OK(WriteTable(storage, metrics_dir, "region_metrics", *region_rows, /*with_csv=*/true));
  ARROW_RETURN_NOT_OK(WriteTable(storage, selections_dir, "region_selections", *selection_rows, /*with_csv=*/true));
  for (const std::string& directory : {metrics_dir, selections_dir}) {
    ARROW_RETURN_NOT_OK(io::WriteFileAtomic(storage, io::JoinPath(directory, "_SUCCESS"), ""));
  }
  return Status::OK();
}

}  // namespace dhs::mock
