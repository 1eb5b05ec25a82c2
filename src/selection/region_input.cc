// SPDX-License-Identifier: Apache-2.0
#include "selection/region_input.h"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <utility>

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

// What one split has of one region.
struct Content {
  int64_t n_bricks = 0, n_lrgs = 0;
  double area_deg2 = 0;
};
using ContentBySplit = std::array<Content, kSplitNames.size() + 1>;  // the buffer last

// By region, summed in the order of the bricks.
std::unordered_map<int32_t, ContentBySplit> SumBricks(const SurveyBricks& bricks) {
  std::unordered_map<int32_t, ContentBySplit> contents;
  for (size_t i = 0; i < bricks.size(); ++i) {
    Content& content = contents[bricks.region_id[i]][static_cast<size_t>(bricks.split[i])];
    ++content.n_bricks;
    content.n_lrgs += bricks.n_lrgs[i];
    content.area_deg2 += bricks.area_deg2[i];
  }
  return contents;
}

// A split of one region at row `region` of the table.
struct PoolRow {
  size_t region;
  regions::Split split;
  Content content;
};

// Rows by the split that region_metrics names, for tables without brick_split.
Result<std::vector<PoolRow>> RowsByRegion(const std::vector<std::string>& split_names, const RegionSizes& sizes,
                                          const std::string& path) {
  std::vector<PoolRow> rows;
  for (size_t r = 0; r < split_names.size(); ++r) {
    const auto found = std::find(kSplitNames.begin(), kSplitNames.end(), split_names[r]);
    if (found == kSplitNames.end()) {
      return DataError({.path = path, .column = "region_split", .row = static_cast<int64_t>(r)},
                       fmt::format("expected train, val or test, found '{}' (bricks_with_region has no brick_split)",
                                   split_names[r]));
    }
    rows.push_back({r,
                    static_cast<regions::Split>(found - kSplitNames.begin()),
                    {sizes.n_bricks[r], sizes.n_lrgs[r], sizes.area_deg2[r]}});
  }
  return rows;
}

Status WrongSplit(const std::string& path, size_t region, const std::string& found, std::string_view of_bricks) {
  return DataError(
      {.path = path, .column = "region_split", .row = static_cast<int64_t>(region)},
      fmt::format("expected {} or mixed, as its bricks in bricks_with_region, found '{}'. The two tables are "
                  "of different runs: run `dhs regions --force`",
                  of_bricks, found));
}

// Rows by the splits of the bricks.
Result<std::vector<PoolRow>> RowsByBrick(const std::vector<int32_t>& region_id,
                                         const std::vector<std::string>& split_names, const SurveyBricks& bricks,
                                         const std::string& path) {
  const auto contents = SumBricks(bricks);
  if (contents.size() != region_id.size()) {
    return DataError({.path = path},
                     fmt::format("{} regions here but {} in bricks_with_region beside it. The two tables "
                                 "are of different runs: run `dhs regions --force`",
                                 region_id.size(), contents.size()));
  }
  std::vector<PoolRow> rows;
  for (size_t r = 0; r < region_id.size(); ++r) {
    const auto content = contents.find(region_id[r]);
    if (content == contents.end()) {
      return DataError({.path = path, .column = "region_id", .row = static_cast<int64_t>(r)},
                       fmt::format("region {} has no brick in bricks_with_region beside it. The two tables are of "
                                   "different runs: run `dhs regions --force`",
                                   region_id[r]));
    }
    for (size_t s = 0; s < kSplitNames.size(); ++s) {
      if (content->second[s].n_bricks == 0) continue;
      if (split_names[r] != kSplitNames[s] && split_names[r] != regions::kMixedSplitName) {
        return WrongSplit(path, r, split_names[r], kSplitNames[s]);
      }
      rows.push_back({r, static_cast<regions::Split>(s), content->second[s]});
    }
  }
  return rows;
}

Status CheckRegionsOnce(std::vector<int32_t> region_id, const std::string& path) {
  std::sort(region_id.begin(), region_id.end());
  const auto twice = std::adjacent_find(region_id.begin(), region_id.end());
  if (twice == region_id.end()) return Status::OK();
  return DataError({.path = path, .column = "region_id"}, fmt::format("region {} comes more than once", *twice));
}

template <typename T>
void TakeRows(std::vector<T>& values, const std::vector<PoolRow>& rows) {
  std::vector<T> taken;
  taken.reserve(rows.size());
  for (const PoolRow& row : rows) taken.push_back(values[row.region]);
  values = std::move(taken);
}

// Gives each row the values of its region, and its own split and sizes.
void TakeRows(RegionInput& input, const std::vector<PoolRow>& rows) {
  TakeRows(input.pool.region_id, rows);
  TakeRows(input.pool.density, rows);
  for (auto& score : input.pool.score) TakeRows(score, rows);
  TakeRows(input.n_bricks, rows);
  TakeRows(input.n_lrg_v3_total, rows);
  for (auto& [name, values] : input.repeated) TakeRows(values, rows);
  input.sizes = {};
  for (const PoolRow& row : rows) {
    input.pool.split.push_back(row.split);
    input.sizes.n_bricks.push_back(row.content.n_bricks);
    input.sizes.area_deg2.push_back(row.content.area_deg2);
    input.sizes.n_lrgs.push_back(row.content.n_lrgs);
  }
}

}  // namespace

Result<RegionTable> ReadRegions(Storage& storage, const std::string& regions_dir, int variant) {
  const std::string path = io::JoinPath(regions_dir, "region_metrics");
  const std::string density = fmt::format("lrg_density_v{}_areaweighted", variant + 1);
  const std::string count = fmt::format("n_lrg_v{}_total", variant + 1);
  std::vector<std::string> names = {"region_id", "region_split", "n_bricks", kCountV3};
  names.insert(names.end(), std::begin(kRepeatedDoubles), std::end(kRepeatedDoubles));
  for (const std::string& name : {density, count}) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  ARROW_ASSIGN_OR_RAISE(const auto table, catalog::ReadParquet(storage, path, names));

  RegionTable result;
  result.path = path;
  RegionInput& input = result.input;
  ARROW_ASSIGN_OR_RAISE(input.pool.region_id, ReadRegionIds(*table, path));
  ARROW_ASSIGN_OR_RAISE(result.split_names, regions::ReadTexts(*table, "region_split", path));
  ARROW_RETURN_NOT_OK(CheckRegionsOnce(input.pool.region_id, path));
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
  input.n_bricks = input.sizes.n_bricks;
  return result;
}

Result<RegionInput> MakePool(RegionTable table, const SurveyBricks& bricks,
                             const std::vector<regions::Split>& excluded) {
  RegionInput input = std::move(table.input);
  ARROW_ASSIGN_OR_RAISE(std::vector<PoolRow> rows,
                        bricks.split.empty()
                            ? RowsByRegion(table.split_names, input.sizes, table.path)
                            : RowsByBrick(input.pool.region_id, table.split_names, bricks, table.path));
  input.num_excluded = static_cast<int64_t>(std::erase_if(rows, [&](const PoolRow& row) {
    return std::find(excluded.begin(), excluded.end(), row.split) != excluded.end();
  }));
  TakeRows(input, rows);
  return input;
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
    n_bricks.push_back(input.n_bricks[row.row]);
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
