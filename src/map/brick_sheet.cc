// SPDX-License-Identifier: Apache-2.0
#include "map/brick_sheet.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <tuple>
#include <unordered_map>

#include <arrow/api.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "catalog/parquet.h"
#include "io/files.h"
#include "regions/arrow_columns.h"
#include "regions/column_names.h"
#include "regions/split.h"
#include "regions/table_source.h"
#include "stage/stage.h"

namespace dhs::map {

namespace {

using regions::ColumnRequest;

// A table with the columns that were found in it.
struct Table {
  std::string path = {};
  std::shared_ptr<arrow::Table> rows = {};
  std::map<std::string, std::string> name_of = {};

  bool Has(const std::string& field) const { return name_of.contains(field); }
  Status Doubles(const std::string& field, std::vector<double>& out) const {
    if (!Has(field)) return Status::OK();
    return regions::ReadDoubles(*rows, name_of.at(field), path).Value(&out);
  }
};

std::vector<ColumnRequest> Requests(const std::string& column) {
  std::vector<ColumnRequest> requests = regions::CountColumns();
  std::erase_if(requests, [](const ColumnRequest& request) {
    return request.field != "brickname" && request.field != "ra" && request.field != "dec";
  });
  for (ColumnRequest& request : requests) request.required = false;
  for (const char* name : {"ra1", "ra2", "dec1", "dec2", "region_id", "brick_split", "region_split"}) {
    requests.push_back({name, {name}, false});
  }
  if (!column.empty()) requests.push_back({"column", {regions::ToLower(column)}, false});
  return requests;
}

Result<Table> OpenTable(Storage& storage, const std::string& path, const std::string& column) {
  ARROW_ASSIGN_OR_RAISE(regions::ChosenTable chosen, regions::ReadChosen(storage, path, Requests(column)));
  Table table{.path = path, .rows = std::move(chosen.table), .name_of = std::move(chosen.choice.name_of)};
  if (!column.empty() && !table.Has("column")) {
    return DataError({.path = path, .column = column},
                     fmt::format("no such column.{} Columns that are there: {}", DidYouMean(column, chosen.available),
                                 fmt::join(chosen.available, ", ")));
  }
  if (!table.Has("brickname") && !table.Has("ra1") && !(table.Has("ra") && table.Has("dec"))) {
    return DataError({.path = path},
                     fmt::format("expected a table with one row a brick, and to find its place brickname, or ra and "
                                 "dec, or ra1, ra2, dec1 and dec2; columns that are there: {}",
                                 fmt::join(chosen.available, ", ")));
  }
  if (table.rows->num_rows() == 0) return DataError({.path = path}, "expected at least one brick, found none");
  return table;
}

// Places of bricks as a table gives them.
struct Places {
  std::vector<sky::BrickName> name;
  std::vector<double> ra_deg, dec_deg, ra1_deg, ra2_deg, dec1_deg, dec2_deg;

  // The columns' bounds of a row, if it has all four.
  std::optional<sky::BrickBounds> ColumnBounds(size_t row) const {
    if (ra1_deg.empty() || ra2_deg.empty() || dec1_deg.empty() || dec2_deg.empty()) return std::nullopt;
    const sky::BrickBounds b{ra1_deg[row], ra2_deg[row], dec1_deg[row], dec2_deg[row]};
    if (std::isnan(b.ra1_deg + b.ra2_deg + b.dec1_deg + b.dec2_deg)) return std::nullopt;
    return b;
  }
};

bool Agree(const sky::BrickBounds& a, const sky::BrickBounds& b) {
  constexpr double kLeast = 1e-6;  // of coordinates that were rounded on their way
  return std::abs(a.ra1_deg - b.ra1_deg) < kLeast && std::abs(a.ra2_deg - b.ra2_deg) < kLeast &&
         std::abs(a.dec1_deg - b.dec1_deg) < kLeast && std::abs(a.dec2_deg - b.dec2_deg) < kLeast;
}

Result<sky::BrickBounds> BoundsOfRow(const Places& places, size_t row, const std::string& path) {
  const ErrorLocation where{.path = path, .row = static_cast<int64_t>(row)};
  const std::optional<sky::BrickBounds> given = places.ColumnBounds(row);
  std::optional<sky::Brick> brick;
  if (!places.name.empty()) brick = sky::BrickFromName(places.name[row]);
  if (brick && (!given || Agree(*given, sky::BoundsOf(*brick)))) return sky::BoundsOf(*brick);
  if (given) {
    if (given->ra1_deg < 0 || given->ra2_deg > 360 || !(given->ra1_deg < given->ra2_deg) || given->dec1_deg < -90 ||
        given->dec2_deg > 90 || !(given->dec1_deg < given->dec2_deg)) {
      return DataError(where, fmt::format("expected 0 <= ra1 < ra2 <= 360 and -90 <= dec1 < dec2 <= 90, found ra1 {}, "
                                          "ra2 {}, dec1 {}, dec2 {}",
                                          given->ra1_deg, given->ra2_deg, given->dec1_deg, given->dec2_deg));
    }
    return *given;
  }
  if (!places.ra_deg.empty() && !places.dec_deg.empty() && std::isfinite(places.ra_deg[row]) &&
      std::abs(places.dec_deg[row]) <= 90) {
    return sky::BoundsOf(sky::BrickAt(places.ra_deg[row], places.dec_deg[row]));
  }
  return DataError(where, fmt::format("{} has no place: it has neither ra1, ra2, dec1 and dec2 nor ra and dec{}",
                                      places.name.empty() ? "the brick" : "brick " + places.name[row].ToString(),
                                      places.name.empty() ? "" : ", and is no brick of the tessellation"));
}

Status CheckNoneTwice(const std::vector<sky::BrickBounds>& bounds, const std::string& path) {
  std::vector<size_t> order(bounds.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto key = [&](size_t i) { return std::tie(bounds[i].dec1_deg, bounds[i].ra1_deg); };
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return key(a) == key(b) ? a < b : key(a) < key(b); });
  for (size_t i = 0; i + 1 < order.size(); ++i) {
    if (key(order[i]) == key(order[i + 1])) {
      return DataError({.path = path, .row = static_cast<int64_t>(order[i + 1])},
                       fmt::format("the same brick as in row {} (RA {}, Dec {}); a map needs one row a brick", order[i],
                                   bounds[order[i]].ra1_deg, bounds[order[i]].dec1_deg));
    }
  }
  return Status::OK();
}

Status ReadBounds(const Table& table, BrickSheet& sheet) {
  Places places;
  if (table.Has("brickname")) {
    ARROW_ASSIGN_OR_RAISE(places.name, regions::ReadBrickNames(*table.rows, table.name_of.at("brickname"), table.path));
  }
  ARROW_RETURN_NOT_OK(table.Doubles("ra", places.ra_deg));
  ARROW_RETURN_NOT_OK(table.Doubles("dec", places.dec_deg));
  ARROW_RETURN_NOT_OK(table.Doubles("ra1", places.ra1_deg));
  ARROW_RETURN_NOT_OK(table.Doubles("ra2", places.ra2_deg));
  ARROW_RETURN_NOT_OK(table.Doubles("dec1", places.dec1_deg));
  ARROW_RETURN_NOT_OK(table.Doubles("dec2", places.dec2_deg));
  const auto num_rows = static_cast<size_t>(table.rows->num_rows());
  sheet.bounds.reserve(num_rows);
  for (size_t row = 0; row < num_rows; ++row) {
    ARROW_ASSIGN_OR_RAISE(const sky::BrickBounds bounds, BoundsOfRow(places, row, table.path));
    sheet.bounds.push_back(bounds);
  }
  return CheckNoneTwice(sheet.bounds, table.path);
}

Result<std::vector<uint8_t>> ReadSplits(const Table& table, const std::string& field) {
  const std::string& column = table.name_of.at(field);
  ARROW_ASSIGN_OR_RAISE(const auto names, regions::ReadTexts(*table.rows, column, table.path));
  std::vector<uint8_t> splits;
  splits.reserve(names.size());
  for (size_t row = 0; row < names.size(); ++row) {
    uint8_t split = 0;
    while (split < 4 && regions::SplitName(static_cast<regions::Split>(split)) != names[row]) ++split;
    if (split == 4) {
      return DataError({.path = table.path, .column = column, .row = static_cast<int64_t>(row)},
                       fmt::format("expected train, val, test or buffer, found '{}'", names[row]));
    }
    splits.push_back(split);
  }
  return splits;
}

Result<std::vector<int32_t>> ReadRegionIds(const Table& table) {
  ARROW_ASSIGN_OR_RAISE(const auto wide, regions::ReadCounts(*table.rows, table.name_of.at("region_id"), table.path,
                                                             regions::CountNulls::kRefuse));
  return std::vector<int32_t>(wide.begin(), wide.end());
}

// The split of each brick by that of its region.
Result<std::vector<uint8_t>> JoinSplits(Storage& storage, const std::string& folder,
                                        const std::vector<int32_t>& region_id) {
  Table metrics{.path = io::JoinPath(folder, "region_metrics"),
                .name_of = {{"region_id", "region_id"}, {"region_split", "region_split"}}};
  ARROW_ASSIGN_OR_RAISE(metrics.rows, catalog::ReadParquet(storage, metrics.path, {"region_id", "region_split"}));
  ARROW_ASSIGN_OR_RAISE(const auto ids, ReadRegionIds(metrics));
  ARROW_ASSIGN_OR_RAISE(const auto splits, ReadSplits(metrics, "region_split"));
  std::unordered_map<int32_t, uint8_t> split_of;
  for (size_t i = 0; i < ids.size(); ++i) split_of[ids[i]] = splits[i];
  std::vector<uint8_t> result;
  result.reserve(region_id.size());
  for (const int32_t id : region_id) {
    const auto found = split_of.find(id);
    if (found == split_of.end()) {
      return DataError({.path = metrics.path},
                       fmt::format("no row of region {}, which bricks of bricks_with_region belong to; make both again "
                                   "with dhs regions",
                                   id));
    }
    result.push_back(found->second);
  }
  return result;
}

std::string WithoutSlashAtEnd(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

Result<BrickSheet> ReadBrickSheet(Storage& storage, const MapOptions& options) {
  const std::string path = options.input.empty()
                               ? io::JoinPath(io::JoinPath(options.output, "phase3a"), options.variant)
                               : WithoutSlashAtEnd(options.input);
  const std::string bricks_folder = io::JoinPath(path, "bricks_with_region");
  ARROW_ASSIGN_OR_RAISE(const FileInfo bricks, storage.Stat(bricks_folder));
  const bool is_stage_output = options.input.empty() || bricks.kind == FileKind::kDirectory;
  if (is_stage_output) ARROW_RETURN_NOT_OK(StageOutputInput(storage, "regions", path, "regions").status());
  BrickSheet sheet{.name = io::BaseName(path)};
  ARROW_ASSIGN_OR_RAISE(const Table table, OpenTable(storage, is_stage_output ? bricks_folder : path, options.column));
  ARROW_RETURN_NOT_OK(ReadBounds(table, sheet));
  if (table.Has("region_id")) {
    ARROW_ASSIGN_OR_RAISE(sheet.region_id, ReadRegionIds(table));
  }
  if (table.Has("column")) {
    sheet.column = table.name_of.at("column");
    ARROW_RETURN_NOT_OK(table.Doubles("column", sheet.values));
  } else if (table.Has("brick_split") || table.Has("region_split")) {
    ARROW_ASSIGN_OR_RAISE(sheet.split, ReadSplits(table, table.Has("brick_split") ? "brick_split" : "region_split"));
  } else if (is_stage_output) {
    ARROW_ASSIGN_OR_RAISE(sheet.split, JoinSplits(storage, path, sheet.region_id));
  }
  return sheet;
}

}  // namespace dhs::map
