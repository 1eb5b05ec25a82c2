// SPDX-License-Identifier: Apache-2.0
#include "selection/survey_bricks.h"

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>
#include <utility>

#include <arrow/api.h>
#include <fmt/format.h>

#include "catalog/parquet.h"
#include "io/files.h"
#include "photometry/variant.h"
#include "regions/arrow_columns.h"

namespace dhs::selection {

Result<std::vector<int32_t>> ReadRegionIds(const arrow::Table& table, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto wide, regions::ReadCounts(table, "region_id", path, regions::CountNulls::kRefuse,
                                                             std::numeric_limits<int32_t>::max()));
  return std::vector<int32_t>(wide.begin(), wide.end());
}

Result<SurveyBricks> ReadSurveyBricks(Storage& storage, const std::string& regions_dir, int variant, int num_threads) {
  const std::string path = io::JoinPath(regions_dir, "bricks_with_region");
  const std::string count = photometry::BuiltinVariants()[static_cast<size_t>(variant)].CountColumn();
  ARROW_ASSIGN_OR_RAISE(const auto files, catalog::ListParquetFiles(storage, path));
  ARROW_ASSIGN_OR_RAISE(const auto info, catalog::InspectParquet(storage, files[0].path));
  const bool has_split = info.schema->GetFieldIndex("brick_split") >= 0;
  std::vector<std::string> names = {"region_id", "ra", "dec", "psfsize_r", "psfdepth_r", "ebv"};
  const std::string density = fmt::format("lrg_density_v{}", variant + 1);
  if (has_split) {
    names.insert(names.end(), {"brick_split", "area_deg2", count});
  } else {
    names.push_back(density);
  }
  ARROW_ASSIGN_OR_RAISE(const auto table, catalog::ReadParquet(storage, path, names, num_threads));

  SurveyBricks bricks;
  ARROW_ASSIGN_OR_RAISE(bricks.region_id, ReadRegionIds(*table, path));
  const struct {
    const char* name;
    std::vector<double>& values;
  } columns[] = {{"ra", bricks.ra_deg},
                 {"dec", bricks.dec_deg},
                 {"psfsize_r", bricks.psfsize_r_arcsec},
                 {"psfdepth_r", bricks.psfdepth_r_mag},
                 {"ebv", bricks.ebv_mag}};
  for (const auto& column : columns) {
    ARROW_ASSIGN_OR_RAISE(column.values, regions::ReadDoubles(*table, column.name, path));
  }
  if (!has_split) {
    ARROW_ASSIGN_OR_RAISE(bricks.lrg_density, regions::ReadDoubles(*table, density, path));
    return bricks;
  }
  ARROW_ASSIGN_OR_RAISE(bricks.split, regions::ReadBrickSplits(*table, "brick_split", path));
  ARROW_ASSIGN_OR_RAISE(bricks.area_deg2, regions::ReadDoubles(*table, "area_deg2", path));
  ARROW_ASSIGN_OR_RAISE(bricks.n_lrgs, regions::ReadCounts(*table, count, path, regions::CountNulls::kRefuse));
  bricks.lrg_density.resize(bricks.size());
  for (size_t i = 0; i < bricks.size(); ++i) {
    bricks.lrg_density[i] = static_cast<double>(bricks.n_lrgs[i]) / bricks.area_deg2[i];
  }
  return bricks;
}

SelectedBricks ChooseBricks(const SurveyBricks& bricks, const RegionPool& pool, const std::vector<size_t>& rows) {
  std::unordered_map<int32_t, std::array<bool, regions::kSplitNames.size() + 1>> wanted;
  std::unordered_map<int32_t, regions::Split> split_of;
  for (const size_t row : rows) {
    wanted[pool.region_id[row]][static_cast<size_t>(pool.split[row])] = true;
    split_of.emplace(pool.region_id[row], pool.split[row]);
  }
  SelectedBricks selected;
  std::vector<size_t> chosen;
  chosen.reserve(bricks.size());
  selected.split.reserve(bricks.size());
  for (size_t i = 0; i < bricks.size(); ++i) {
    const auto splits = wanted.find(bricks.region_id[i]);
    if (splits == wanted.end()) continue;
    const regions::Split split = bricks.split.empty() ? split_of.at(bricks.region_id[i]) : bricks.split[i];
    if (!splits->second[static_cast<size_t>(split)]) continue;
    chosen.push_back(i);
    selected.split.push_back(split);
  }
  const auto take = [&chosen](const std::vector<double>& values) {
    std::vector<double> taken(chosen.size());
    for (size_t i = 0; i < chosen.size(); ++i) taken[i] = values[chosen[i]];
    return taken;
  };
  selected.ra_deg = take(bricks.ra_deg);
  selected.dec_deg = take(bricks.dec_deg);
  selected.psfsize_r_arcsec = take(bricks.psfsize_r_arcsec);
  selected.psfdepth_r_mag = take(bricks.psfdepth_r_mag);
  selected.ebv_mag = take(bricks.ebv_mag);
  selected.lrg_density = take(bricks.lrg_density);
  return selected;
}

}  // namespace dhs::selection
