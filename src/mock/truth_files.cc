// SPDX-License-Identifier: Apache-2.0
#include "mock/truth_files.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <vector>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "catalog/columns.h"
#include "catalog/parquet.h"
#include "io/files.h"

namespace dhs::mock {
namespace {

constexpr std::array<const char*, kNumTypes> kTypeKeys = {"PSF", "REX", "EXP", "DEV", "SER", "DUP"};

// Indices of the bricks by rising name.
std::vector<size_t> ByName(std::span<const BrickConditions> conditions) {
  std::vector<std::pair<sky::BrickName, size_t>> names;
  names.reserve(conditions.size());
  for (size_t i = 0; i < conditions.size(); ++i) names.emplace_back(sky::NameOf(conditions[i].brick), i);
  std::sort(names.begin(), names.end());
  std::vector<size_t> order;
  order.reserve(names.size());
  for (const auto& [name, index] : names) order.push_back(index);
  return order;
}

/// Columns of a table, one value per brick of `order`.
class BrickTable {
 public:
  explicit BrickTable(std::vector<size_t> order) : order_(std::move(order)) {}

  template <typename Builder, typename ValueOf>
  Status Add(const std::string& name, const ValueOf& value_of) {
    Builder builder;
    ARROW_RETURN_NOT_OK(builder.Reserve(static_cast<int64_t>(order_.size())));
    for (const size_t index : order_) ARROW_RETURN_NOT_OK(builder.Append(value_of(index)));
    ARROW_ASSIGN_OR_RAISE(auto array, builder.Finish());
    fields_.push_back(arrow::field(name, array->type(), false));
    columns_.push_back(std::move(array));
    return Status::OK();
  }
  std::shared_ptr<arrow::Table> Table() const { return arrow::Table::Make(arrow::schema(fields_), columns_); }
  std::shared_ptr<arrow::Table> Table(std::shared_ptr<arrow::Schema> schema) const {
    return arrow::Table::Make(std::move(schema), columns_);
  }

 private:
  std::vector<size_t> order_;
  arrow::FieldVector fields_;
  arrow::ArrayVector columns_;
};

nlohmann::ordered_json LrgJson(const Tally& tally) {
  nlohmann::ordered_json json;
  for (size_t v = 0; v < kNumVariants; ++v) json[std::string(kTruthVariants[v].name)] = tally.n_lrg[v];
  return json;
}

nlohmann::ordered_json TallyJson(const Tally& tally) {
  nlohmann::ordered_json json;
  json["rows"] = tally.num_rows;
  json["n_gal"] = tally.n_gal;
  json["n_lrg"] = LrgJson(tally);
  for (size_t t = 0; t < kNumTypes; ++t) json["by_type"][kTypeKeys[t]] = tally.by_type[t];
  for (size_t v = 0; v < kNumVariants; ++v) {
    nlohmann::ordered_json& rejected = json["rejected"][std::string(kTruthVariants[v].name)];
    for (size_t cut = 0; cut < kCutNames.size(); ++cut) rejected[std::string(kCutNames[cut])] = tally.rejected[v][cut];
  }
  return json;
}

}  // namespace

Status WriteTruthTable(RunContext& context, const std::string& path, std::span<const BrickConditions> conditions,
                       std::span<const Tally> bricks) {
  BrickTable table(ByName(conditions));
  const auto empty = [&](size_t i) { return bricks[i].num_rows == 0; };
  ARROW_RETURN_NOT_OK(table.Add<arrow::StringBuilder>(
      "brickname", [&](size_t i) { return sky::NameOf(conditions[i].brick).ToString(); }));
  ARROW_RETURN_NOT_OK(table.Add<arrow::Int64Builder>("n_rows", [&](size_t i) { return bricks[i].num_rows; }));
  ARROW_RETURN_NOT_OK(table.Add<arrow::Int64Builder>("n_gal", [&](size_t i) { return bricks[i].n_gal; }));
  for (size_t v = 0; v < kNumVariants; ++v) {
    ARROW_RETURN_NOT_OK(table.Add<arrow::Int64Builder>(fmt::format("n_lrg_{}", kTruthVariants[v].name),
                                                       [&](size_t i) { return bricks[i].n_lrg[v]; }));
  }
  ARROW_RETURN_NOT_OK(
      table.Add<arrow::FloatBuilder>("ebv", [&](size_t i) { return empty(i) ? 0.0F : conditions[i].ebv; }));
  ARROW_RETURN_NOT_OK(table.Add<arrow::FloatBuilder>(
      "psfsize_r", [&](size_t i) { return empty(i) ? 0.0F : conditions[i].psfsize_arcsec[kR]; }));
  ARROW_RETURN_NOT_OK(table.Add<arrow::FloatBuilder>(
      "psfdepth_r", [&](size_t i) { return empty(i) ? 0.0F : conditions[i].psfdepth_mag[kR]; }));
  ARROW_RETURN_NOT_OK(
      table.Add<arrow::DoubleBuilder>("ra", [&](size_t i) { return sky::CenterRaDeg(conditions[i].brick); }));
  ARROW_RETURN_NOT_OK(
      table.Add<arrow::DoubleBuilder>("dec", [&](size_t i) { return sky::CenterDecDeg(conditions[i].brick); }));
  ARROW_RETURN_NOT_OK(table.Add<arrow::DoubleBuilder>("area_deg2", [&](size_t i) { return conditions[i].area_deg2; }));
  ARROW_RETURN_NOT_OK(
      table.Add<arrow::BooleanBuilder>("in_bricks_file", [&](size_t i) { return conditions[i].in_bricks_file; }));
  ARROW_RETURN_NOT_OK(
      table.Add<arrow::Int32Builder>("release", [&](size_t i) { return static_cast<int32_t>(conditions[i].release); }));
  ARROW_RETURN_NOT_OK(
      catalog::WriteParquet(*context.storage, path + ".part", *table.Table(), {.sorting_columns = {"brickname"}}));
  return context.storage->Rename(path + ".part", path);
}

Status WriteTruthJson(RunContext& context, const std::string& path, const MockSurveyOptions& options,
                      std::span<const BrickConditions> conditions, std::span<const Tally> bricks,
                      std::span<const SweepFile> files) {
  Tally total;
  int64_t bricks_with_rows = 0;
  for (const Tally& brick : bricks) {
    total += brick;
    if (brick.num_rows > 0) ++bricks_with_rows;
  }
  nlohmann::ordered_json json = TallyJson(total);
  json["bricks"] = conditions.size();
  json["bricks_with_rows"] = bricks_with_rows;
  json["bricks_in_file"] =
      std::count_if(conditions.begin(), conditions.end(), [](const BrickConditions& c) { return c.in_bricks_file; });
  json["sweeps"] = nlohmann::ordered_json::array();
  for (const SweepFile& file : files) {
    nlohmann::ordered_json sweep;
    sweep["name"] = file.name();
    sweep["sha256"] = file.sha256;
    sweep["bricks"] = file.bricks.size();
    sweep.update(TallyJson(file.tally));
    json["sweeps"].push_back(std::move(sweep));
  }
  json["seed"] = options.seed;
  json["options"] = {{"bricks", options.num_bricks},
                     {"footprint", options.footprint},
                     {"brick_list", io::BaseName(options.brick_list)},
                     {"release", options.release},
                     {"no_sweeps", options.no_sweeps},
                     {"hard_cases", options.hard_cases}};
  return io::WriteJsonAtomic(*context.storage, path, json);
}

Status WriteBrickCounts(RunContext& context, const std::string& directory, std::span<const BrickConditions> conditions,
                        std::span<const BrickCounts> counts) {
  std::vector<size_t> order = ByName(conditions);
  std::erase_if(order, [&](size_t i) { return conditions[i].no_objects; });
  BrickTable table(std::move(order));
  ARROW_RETURN_NOT_OK(table.Add<arrow::StringBuilder>(
      "brickname", [&](size_t i) { return sky::NameOf(conditions[i].brick).ToString(); }));
  ARROW_RETURN_NOT_OK(table.Add<arrow::Int64Builder>("n_gal", [&](size_t i) { return counts[i].n_gal; }));
  for (size_t v = 0; v < kNumVariants; ++v) {
    ARROW_RETURN_NOT_OK(table.Add<arrow::Int64Builder>(fmt::format("n_lrg_{}", kTruthVariants[v].name),
                                                       [&](size_t i) { return counts[i].n_lrg[v]; }));
  }
  const auto rows = table.Table(catalog::SchemaOf(catalog::BrickCountsTable()));
  const std::string parquet = io::JoinPath(directory, "brick_counts.parquet");
  const std::string csv = io::JoinPath(directory, "brick_counts.csv");
  ARROW_RETURN_NOT_OK(
      catalog::WriteParquet(*context.storage, parquet + ".part", *rows, {.sorting_columns = {"brickname"}}));
  ARROW_RETURN_NOT_OK(context.storage->Rename(parquet + ".part", parquet));
  ARROW_RETURN_NOT_OK(catalog::WriteCsv(*context.storage, csv + ".part", *rows));
  return context.storage->Rename(csv + ".part", csv);
}

}  // namespace dhs::mock
