// SPDX-License-Identifier: Apache-2.0
#include "selection/select_stage.h"

#include <algorithm>
#include <utility>

#include <arrow/api.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/thread_pool.h"
#include "catalog/parquet.h"
#include "io/files.h"
#include "photometry/variant.h"
#include "selection/account.h"
#include "selection/options.h"
#include "selection/region_input.h"
#include "selection/selection.h"
#include "selection/survey_bricks.h"

namespace dhs::selection {

namespace {

constexpr const char* kPart = "part-00000.parquet";

class SelectStage : public Stage {
 public:
  std::string_view name() const override { return "select"; }
  std::string_view summary() const override {
    return "Rank regions by their scores and select the best of each split and density bin (stage 3b)";
  }
  std::string_view example() const override {
    return "dhs select --output OUT --ranking-config "
           "n_lrg:100:75,psf_weighted:100:75,density:100:75,area_weighted:100:75";
  }
  void BindOptions(OptionTable& table) override {
    Bind(options_, table);
    table_ = &table;
  }

  Result<StagePlan> Plan(RunContext& context) override;
  Result<StageReport> Run(RunContext& context, const std::string& staging_dir) override;

 private:
  std::string RegionsDir() const {
    return options_.regions.empty() ? io::JoinPath(io::JoinPath(options_.output, "phase3a"), options_.variant)
                                    : options_.regions;
  }
  /// Everything that options alone decide.
  struct Settings {
    int variant;
    SelectionPlan plan;
    std::vector<double> quantiles;
    std::vector<regions::Split> excluded;
    std::vector<std::string> warnings;
  };
  Result<Settings> ParseOptions() const;
  Status ParseRanking(Settings& settings) const;

  SelectionOptions options_;
  const OptionTable* table_ = nullptr;  // tells a given option from a default; outlives Run
};

// --ranking-config wins over the older options; giving both is worth a warning.
Status SelectStage::ParseRanking(Settings& settings) const {
  if (!table_->given("ranking-config")) {
    ARROW_ASSIGN_OR_RAISE(settings.plan.ranking,
                          UniformRankingConfig(options_.ranking_modes, options_.k_top, options_.k_stratified));
    return Status::OK();
  }
  ARROW_ASSIGN_OR_RAISE(settings.plan.ranking, ParseRankingConfig(options_.ranking_config));
  std::vector<std::string> ignored;
  for (const char* name : {"ranking-modes", "k-top", "k-stratified"}) {
    if (table_->given(name)) ignored.push_back(fmt::format("--{}", name));
  }
  if (!ignored.empty()) {
    settings.warnings.push_back(fmt::format("--ranking-config is given, so {} {} no effect", fmt::join(ignored, ", "),
                                            ignored.size() == 1 ? "has" : "have"));
  }
  return Status::OK();
}

Result<SelectStage::Settings> SelectStage::ParseOptions() const {
  Settings settings;
  ARROW_ASSIGN_OR_RAISE(settings.variant, photometry::FindVariant(options_.variant));
  ARROW_RETURN_NOT_OK(ParseRanking(settings));
  ARROW_ASSIGN_OR_RAISE(settings.quantiles, NormalizeQuantiles(options_.strata_quantiles));
  ARROW_RETURN_NOT_OK(CheckWeights(options_.strata_weights, settings.quantiles.size() - 1));
  settings.plan.weights = options_.strata_weights;
  settings.plan.emit_balanced = options_.emit_balanced_stratified;

  const std::vector<std::string> names(regions::kSplitNames.begin(), regions::kSplitNames.end());
  for (const std::string& split : options_.exclude_splits) {
    const auto found = std::find(names.begin(), names.end(), split);
    if (found == names.end()) {
      return UsageError(fmt::format("--exclude-splits: '{}' is not one of {}.{}", split, fmt::join(names, ", "),
                                    DidYouMean(split, names)));
    }
    settings.excluded.push_back(static_cast<regions::Split>(found - names.begin()));
  }
  for (size_t s = 0; s < names.size(); ++s) {
    const auto split = static_cast<regions::Split>(s);
    if (std::find(settings.excluded.begin(), settings.excluded.end(), split) == settings.excluded.end()) {
      settings.plan.splits.push_back(split);
    }
  }
  if (settings.plan.splits.empty()) return UsageError("--exclude-splits leaves no split to select from");
  return settings;
}

Result<StagePlan> SelectStage::Plan(RunContext& context) {
  ARROW_ASSIGN_OR_RAISE(const Settings settings, ParseOptions());
  StagePlan plan;
  plan.output_dir = io::JoinPath(io::JoinPath(options_.output, "phase3b"), options_.variant);
  ARROW_ASSIGN_OR_RAISE(StageInput input, StageOutputInput(*context.storage, "regions", RegionsDir(), "regions"));
  plan.inputs.push_back(std::move(input));
  plan.makes = {fmt::format("region_selections/{}", kPart), "region_selections_csv/region_selections.csv"};
  plan.notes = settings.warnings;
  return plan;
}

Status WriteOutputs(Storage& storage, const std::string& staging_dir, const arrow::Table& rows) {
  const std::string parquet_dir = io::JoinPath(staging_dir, "region_selections");
  const std::string csv_dir = io::JoinPath(staging_dir, "region_selections_csv");
  ARROW_RETURN_NOT_OK(storage.MakeDirectories(parquet_dir));
  ARROW_RETURN_NOT_OK(storage.MakeDirectories(csv_dir));
  ARROW_RETURN_NOT_OK(catalog::WriteParquet(storage, io::JoinPath(parquet_dir, kPart), rows));
  return catalog::WriteCsv(storage, io::JoinPath(csv_dir, "region_selections.csv"), rows);
}

std::vector<std::pair<std::string, int64_t>> NullsOf(const arrow::Table& rows) {
  std::vector<std::pair<std::string, int64_t>> nulls;
  for (int i = 0; i < rows.num_columns(); ++i) {
    const int64_t count = rows.column(i)->null_count();
    if (count > 0) nulls.emplace_back(rows.field(i)->name(), count);
  }
  return nulls;
}

Result<StageReport> SelectStage::Run(RunContext& context, const std::string& staging_dir) {
  Storage& storage = *context.storage;
  ARROW_ASSIGN_OR_RAISE(const Settings settings, ParseOptions());
  const std::string regions_dir = RegionsDir();
  SurveyBricks bricks;
  RegionTable table;
  ARROW_RETURN_NOT_OK(base::ParallelFor(context.num_threads, 2, context.stop, [&](int, int64_t index) {
    return index == 0 ? ReadSurveyBricks(storage, regions_dir, settings.variant, context.num_threads).Value(&bricks)
                      : ReadRegions(storage, regions_dir, settings.variant).Value(&table);
  }));
  ARROW_ASSIGN_OR_RAISE(const RegionInput input, MakePool(std::move(table), bricks, settings.excluded));
  if (input.pool.size() == 0) {
    return DataError(
        {.path = io::JoinPath(regions_dir, "region_metrics")},
        fmt::format("expected regions to select from, found none ({} are in excluded splits)", input.num_excluded));
  }
  ARROW_RETURN_NOT_OK(context.stop.Check());
  const Strata strata = MakeStrata(RegionDensities(input.pool), settings.quantiles);
  const Selection selection = SelectRegions(input.pool, strata, settings.plan);
  ARROW_ASSIGN_OR_RAISE(const auto rows, RegionSelections(input, selection));
  // What is written does not depend on the comparison for the account: one is made while the other is.
  regions::Representativeness comparison;
  ARROW_RETURN_NOT_OK(base::ParallelFor(context.num_threads, 2, context.stop, [&](int, int64_t index) -> Status {
    if (index == 0) return WriteOutputs(storage, staging_dir, *rows);
    const SelectedBricks selected = ChooseBricks(bricks, input.pool, UniqueRows(selection));
    return regions::CompareSplits(selected.View(), context.num_threads, context.stop).Value(&comparison);
  }));

  const auto num_survey_bricks = static_cast<int64_t>(bricks.size());
  ARROW_ASSIGN_OR_RAISE(const auto expected, ReadExpectedFractions(storage, regions_dir));
  StageReport report;
  report.warnings = settings.warnings;
  report.rows_read = static_cast<int64_t>(input.pool.size()) + input.num_excluded + num_survey_bricks;
  context.progress->rows_done = report.rows_read;
  report.definitions["ranking_config"] = FormatRankingConfig(settings.plan.ranking);
  report.definitions["strata_quantiles"] = settings.quantiles;
  report.definitions["strata_weights"] = settings.plan.weights;
  WriteAccount(options_.variant,
               {.pool = input.pool,
                .sizes = input.sizes,
                .strata = strata,
                .plan = settings.plan,
                .selection = selection,
                .comparison = comparison,
                .expected_fractions = expected,
                .num_excluded_regions = input.num_excluded,
                .num_survey_bricks = num_survey_bricks,
                .num_buffer_bricks = std::count(bricks.split.begin(), bricks.split.end(), regions::Split::kBuffer),
                .nulls = NullsOf(*rows)},
               report);
  return report;
}

}  // namespace

std::unique_ptr<Stage> MakeSelectStage() { return std::make_unique<SelectStage>(); }

}  // namespace dhs::selection
