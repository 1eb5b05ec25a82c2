// SPDX-License-Identifier: Apache-2.0
#include "selection/region_input.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include <arrow/api.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "catalog/columns.h"
#include "catalog/parquet.h"
#include "io/files.h"
#include "regions/arrow_columns.h"
#include "regions/options.h"

namespace dhs::selection {

namespace {

using regions::CountNulls;
using regions::kSplitNames;

constexpr const char* kRepeatedDoubles[] = {"area_deg2",
                                            "lrg_density_v3_areaweighted",
                                            "score_density",
                                            "score_n_lrg",
                                            "score_area_weighted",
                                            "score_psf_weighted",
                                            "psfsize_r_p50",
                                            "psfdepth_r_p50",
                                            "ebv_p50",
                                            "compactness"};
constexpr const char* kCountV3 = "n_lrg_v3_total";

Result<std::vector<regions::Split>> ParseSplits(const std::vector<std::string>& names, const std::string& path) {
  std::vector<regions::Split> splits;
  splits.reserve(names.size());
  for (size_t row = 0; row < names.size(); ++row) {
    const auto found = std::find(kSplitNames.begin(), kSplitNames.end(), names[row]);
    if (found == kSplitNames.end()) {
      return DataError({.path = path, .column = "region_split", .row = static_cast<int64_t>(row)},
                       fmt::format("expected train, val or test, found '{}'", names[row]));
    }
    splits.push_back(static_cast<regions::Split>(found - kSplitNames.begin()));
  }
  return splits;
}

Result<std::vector<int32_t>> ReadRegionIds(const arrow::Table& table, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto wide, regions::ReadCounts(table, "region_id", path, CountNulls::kRefuse));
  std::vector<int32_t> ids;
  ids.reserve(wide.size());
  for (const int64_t id : wide) {
    if (id > std::numeric_limits<int32_t>::max()) {
      return DataError({.path = path, .column = "region_id"}, fmt::format("{} does not fit into 32 bits", id));
    }
    ids.push_back(static_cast<int32_t>(id));
  }
  return ids;
}

template <typename T>
void KeepRows(std::vector<T>& values, const std::vector<size_t>& rows) {
  for (size_t i = 0; i < rows.size(); ++i) values[i] = values[rows[i]];
  values.resize(rows.size());
}

void KeepRows(RegionInput& input, const std::vector<size_t>& rows) {
  KeepRows(input.pool.region_id, rows);
  KeepRows(input.pool.split, rows);
  KeepRows(input.pool.density, rows);
  for (auto& score : input.pool.score) KeepRows(score, rows);
  KeepRows(input.sizes.n_bricks, rows);
  KeepRows(input.sizes.area_deg2, rows);
  KeepRows(input.sizes.n_lrgs, rows);
  KeepRows(input.n_lrg_v3_total, rows);
  for (auto& [name, values] : input.repeated) KeepRows(values, rows);
}

}  // namespace

Result<RegionInput> ReadRegions(Storage& storage, const std::string& regions_dir, int variant,
                                const std::vector<regions::Split>& excluded) {
  const std::string path = io::JoinPath(regions_dir, "region_metrics");
  const std::string density = fmt::format("lrg_density_v{}_areaweighted", variant + 1);
  const std::string count = fmt::format("n_lrg_v{}_total", variant + 1);
  std::vector<std::string> names = {"region_id", "region_split", "n_bricks", kCountV3};
  names.insert(names.end(), std::begin(kRepeatedDoubles), std::end(kRepeatedDoubles));
  for (const std::string& name : {density, count}) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  ARROW_ASSIGN_OR_RAISE(const auto table, catalog::ReadParquet(storage, path, names));

  RegionInput input;
  ARROW_ASSIGN_OR_RAISE(input.pool.region_id, ReadRegionIds(*table, path));
  ARROW_ASSIGN_OR_RAISE(const auto split_names, regions::ReadTexts(*table, "region_split", path));
  ARROW_ASSIGN_OR_RAISE(input.pool.split, ParseSplits(split_names, path));
  ARROW_ASSIGN_OR_RAISE(input.pool.density, regions::ReadDoubles(*table, density, path));
  for (size_t mode = 0; mode < kModeNames.size(); ++mode) {
    ARROW_ASSIGN_OR_RAISE(input.pool.score[mode],
                          regions::ReadDoubles(*table, ScoreColumn(static_cast<RankingMode>(mode)), path));
  }
  ARROW_ASSIGN_OR_RAISE(input.sizes.n_bricks, regions::ReadCounts(*table, "n_bricks", path, CountNulls::kRefuse));
  ARROW_ASSIGN_OR_RAISE(input.sizes.area_deg2, regions::ReadDoubles(*table, "area_deg2", path));
  ARROW_ASSIGN_OR_RAISE(input.sizes.n_lrgs, regions::ReadCounts(*table, count, path, CountNulls::kRefuse));
  ARROW_ASSIGN_OR_RAISE(input.n_lrg_v3_total, regions::ReadCounts(*table, kCountV3, path, CountNulls::kRefuse));
  for (const char* name : kRepeatedDoubles) {
    ARROW_ASSIGN_OR_RAISE(input.repeated[name], regions::ReadDoubles(*table, name, path));
  }
  std::vector<size_t> kept;
  for (size_t row = 0; row < input.pool.size(); ++row) {
    if (std::find(excluded.begin(), excluded.end(), input.pool.split[row]) == excluded.end()) kept.push_back(row);
  }
  input.num_excluded = static_cast<int64_t>(input.pool.size() - kept.size());
  KeepRows(input, kept);
  return input;
}

Result<SelectedBricks> ReadSelectedBricks(Storage& storage, const std::string& regions_dir, int variant,
                                          const RegionPool& pool, const std::vector<size_t>& rows,
                                          int64_t& num_survey_bricks) {
  const std::string path = io::JoinPath(regions_dir, "bricks_with_region");
  const std::string density = fmt::format("lrg_density_v{}", variant + 1);
  ARROW_ASSIGN_OR_RAISE(
      const auto table,
      catalog::ReadParquet(storage, path, {"region_id", "ra", "dec", "psfsize_r", "psfdepth_r", "ebv", density}));
  num_survey_bricks = table->num_rows();
  ARROW_ASSIGN_OR_RAISE(const auto region_id, ReadRegionIds(*table, path));
  std::unordered_map<int32_t, regions::Split> split_of;
  for (const size_t row : rows) split_of.emplace(pool.region_id[row], pool.split[row]);

  SelectedBricks bricks;
  std::vector<size_t> kept;
  for (size_t i = 0; i < region_id.size(); ++i) {
    const auto found = split_of.find(region_id[i]);
    if (found == split_of.end()) continue;
    kept.push_back(i);
    bricks.split.push_back(found->second);
  }
  const struct {
    const char* name;
    std::vector<double>& values;
  } columns[] = {{"ra", bricks.ra_deg},
                 {"dec", bricks.dec_deg},
                 {"psfsize_r", bricks.psfsize_r_arcsec},
                 {"psfdepth_r", bricks.psfdepth_r_mag},
                 {"ebv", bricks.ebv_mag},
                 {density.c_str(), bricks.lrg_density}};
  for (const auto& column : columns) {
    ARROW_ASSIGN_OR_RAISE(column.values, regions::ReadDoubles(*table, column.name, path));
    KeepRows(column.values, kept);
  }
  return bricks;
}

Result<std::array<double, 3>> ReadExpectedFractions(Storage& storage, const std::string& regions_dir) {
  std::array<double, 3> fractions = regions::ExpectedFractions(regions::SplitOptions{});
  ARROW_ASSIGN_OR_RAISE(const auto manifest, io::ReadJson(storage, io::JoinPath(regions_dir, "_manifest.json")));
  for (size_t s = 0; s < kSplitNames.size(); ++s) {
    const nlohmann::ordered_json* value = &manifest;
    for (const std::string& key :
         {std::string("splits"), std::string(kSplitNames[s]), std::string("expected_fraction")}) {
      if (value != nullptr) value = value->is_object() && value->contains(key) ? &(*value)[key] : nullptr;
    }
    if (value != nullptr && value->is_number()) fractions[s] = value->get<double>();
  }
  return fractions;
}

Result<std::shared_ptr<arrow::Table>> RegionSelections(const RegionInput& input, const Selection& selection) {
  std::vector<std::string> set_id, strategy, mode, score_column, split;
  std::vector<int32_t> region_id, rank;
  std::vector<std::optional<int32_t>> bin;
  std::vector<int64_t> n_bricks, n_lrg_v3;
  for (const SelectedRegion& row : selection.rows) {
    const SelectionSet& set = selection.sets[row.set];
    set_id.push_back(set.id);
    strategy.emplace_back(StrategyName(set.strategy));
    mode.emplace_back(ModeName(set.mode));
    score_column.push_back(ScoreColumn(set.mode));
    region_id.push_back(input.pool.region_id[row.row]);
    split.emplace_back(SplitName(input.pool.split[row.row]));
    rank.push_back(row.rank);
    bin.push_back(row.bin < 0 ? std::nullopt : std::optional(row.bin));
    n_bricks.push_back(input.sizes.n_bricks[row.row]);
    n_lrg_v3.push_back(input.n_lrg_v3_total[row.row]);
  }
  regions::ColumnSet columns;
  columns.Add("selection_set_id", set_id);
  columns.Add("selection_strategy", strategy);
  columns.Add("ranking_mode", mode);
  columns.Add("ranking_score_col", score_column);
  columns.Add("region_id", region_id);
  columns.Add("region_split", split);
  columns.Add("region_rank", rank);
  columns.Add("density_bin", bin);
  columns.Add("n_bricks", n_bricks);
  columns.Add(kCountV3, n_lrg_v3);
  for (const auto& [name, values] : input.repeated) {
    std::vector<double> selected;
    selected.reserve(selection.rows.size());
    for (const SelectedRegion& row : selection.rows) selected.push_back(values[row.row]);
    columns.Add(name, selected);
  }
  return columns.Finish(catalog::RegionSelectionsTable());
}

}  // namespace dhs::selection
