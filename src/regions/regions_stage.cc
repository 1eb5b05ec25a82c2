// SPDX-License-Identifier: Apache-2.0
#include "regions/regions_stage.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>

#include <arrow/api.h>
#include <fmt/format.h>

#include "base/thread_pool.h"
#include "catalog/parquet.h"
#include "io/files.h"
#include "regions/account.h"
#include "regions/brick_join.h"
#include "regions/brick_tables.h"
#include "regions/earlier_splits.h"
#include "regions/options.h"
#include "regions/output_tables.h"
#include "regions/quality_cuts.h"
#include "regions/regions.h"
#include "regions/what_if.h"
#include "regions/what_if_report.h"

namespace dhs::regions {

namespace {

constexpr const char* kPart = "part-00000.parquet";

class RegionsStage : public Stage {
 public:
  std::string_view name() const override { return "regions"; }
  std::string_view summary() const override {
    return "Join brick counts with brick quality, cut, connect bricks into regions, split and score them (stage 3a)";
  }
  std::string_view example() const override {
    return "dhs regions --output OUT --variant v3_color_relaxed --bricks survey-bricks-dr10-south.fits.gz";
  }
  void BindOptions(OptionTable& table) override { Bind(options_, table); }

  Result<StagePlan> Plan(RunContext& context) override;
  Result<StageReport> Run(RunContext& context, const std::string& staging_dir) override;
  bool IsQuestion() const override { return options_.what_if; }
  Result<StageAnswer> Answer(RunContext& context) override;

 private:
  // What is read, and what is left of it to work on.
  struct Prepared {
    RegionsFindings findings;  // points to the members that follow
    JoinResult join;
    QualityResult quality;
    BrickColumns passing;
    std::vector<std::optional<Split>> earlier;
    double read_seconds = 0;
  };
  Result<StagePlan> MakePlan(RunContext& context) const;
  Status Prepare(RunContext& context, Prepared& prepared) const;

  std::string CountsPath() const {
    return options_.counts.empty() ? io::JoinPath(ScanDir(), "brick_counts.parquet") : options_.counts;
  }
  std::string ScanDir() const { return io::JoinPath(io::JoinPath(options_.output, "scan"), options_.release); }

  RegionsOptions options_;
};

// A run that replaces what it was told to keep would find something else the next time.
Status CheckNotOwnOutput(const std::vector<StageInput>& inputs, const std::string& output_dir) {
  const auto normal = [](const std::string& path) {
    std::error_code error;  // of a working folder that is gone: then paths are compared as they are
    const std::filesystem::path absolute = std::filesystem::absolute(path, error);
    return (error ? std::filesystem::path(path) : absolute).lexically_normal().string();
  };
  const std::string folder = normal(output_dir + "/");
  for (const StageInput& input : inputs) {
    if (!normal(input.path).starts_with(folder)) continue;
    return UsageError(
        fmt::format("--split-from {} is what this run would replace; keep a copy of it elsewhere, or give another "
                    "--output",
                    input.path));
  }
  return Status::OK();
}

Result<std::vector<StageInput>> EarlierInputs(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto tables, EarlierTablePaths(storage, path));
  std::vector<StageInput> inputs;
  for (const std::string& table : tables) {
    ARROW_ASSIGN_OR_RAISE(const auto files, TableInputs(storage, "split_from", table));
    inputs.insert(inputs.end(), files.begin(), files.end());
  }
  return inputs;
}

Result<StagePlan> RegionsStage::Plan(RunContext& context) {
  if (options_.what_if) {
    return UsageError("--what-if writes nothing and is no part of a run; give it to `dhs regions` alone");
  }
  return MakePlan(context);
}

Result<StagePlan> RegionsStage::MakePlan(RunContext& context) const {
  ARROW_RETURN_NOT_OK(Check(options_));
  Storage& storage = *context.storage;
  StagePlan plan;
  plan.output_dir = io::JoinPath(io::JoinPath(options_.output, "phase3a"), options_.variant);
  if (options_.counts.empty()) {
    ARROW_ASSIGN_OR_RAISE(StageInput counts, StageOutputInput(storage, "counts", ScanDir(), "scan"));
    plan.inputs.push_back(std::move(counts));
  } else {
    ARROW_ASSIGN_OR_RAISE(plan.inputs, TableInputs(storage, "counts", options_.counts));
  }
  ARROW_ASSIGN_OR_RAISE(auto bricks, TableInputs(storage, "bricks", options_.bricks));
  plan.inputs.insert(plan.inputs.end(), bricks.begin(), bricks.end());
  if (!options_.split.from.empty()) {
    ARROW_ASSIGN_OR_RAISE(const auto earlier, EarlierInputs(storage, options_.split.from));
    ARROW_RETURN_NOT_OK(CheckNotOwnOutput(earlier, plan.output_dir));
    plan.inputs.insert(plan.inputs.end(), earlier.begin(), earlier.end());
  }
  plan.num_bytes = 0;
  for (const StageInput& input : plan.inputs) plan.num_bytes += input.size_bytes;
  plan.makes = {fmt::format("bricks_with_region/{}", kPart), fmt::format("region_metrics/{}", kPart),
                "region_metrics_csv/region_metrics.csv"};
  return plan;
}

// The two tables do not depend on each other: one is made while the other is.
Status WriteOutputs(RunContext& context, const std::string& staging_dir, const BrickColumns& bricks,
                    const RegionsResult& result) {
  Storage& storage = *context.storage;
  const auto make_folder = [&](const char* name) -> Result<std::string> {
    std::string path = io::JoinPath(staging_dir, name);
    ARROW_RETURN_NOT_OK(storage.MakeDirectories(path));
    return path;
  };
  const auto write_bricks = [&]() -> Status {
    ARROW_ASSIGN_OR_RAISE(const auto rows, BricksWithRegion(bricks, result.bricks));
    ARROW_ASSIGN_OR_RAISE(const std::string folder, make_folder("bricks_with_region"));
    return catalog::WriteParquet(storage, io::JoinPath(folder, kPart), *rows,
                                 {.sorting_columns = {"brickname"}, .num_threads = context.num_threads});
  };
  const auto write_metrics = [&]() -> Status {
    ARROW_ASSIGN_OR_RAISE(const auto rows, RegionMetrics(bricks, result.regions));
    ARROW_ASSIGN_OR_RAISE(const std::string folder, make_folder("region_metrics"));
    ARROW_RETURN_NOT_OK(
        catalog::WriteParquet(storage, io::JoinPath(folder, kPart), *rows, {.sorting_columns = {"region_id"}}));
    ARROW_ASSIGN_OR_RAISE(const std::string csv_folder, make_folder("region_metrics_csv"));
    return catalog::WriteCsv(storage, io::JoinPath(csv_folder, "region_metrics.csv"), *rows);
  };
  return base::ParallelFor(context.num_threads, 2, context.stop,
                           [&](int, int64_t index) { return index == 0 ? write_bricks() : write_metrics(); });
}

Status CheckAnyPasses(const QualityResult& quality, int64_t num_bricks, const std::string& counts_path) {
  if (!quality.passing.empty()) return Status::OK();
  if (num_bricks == 0) return DataError({.path = counts_path}, "expected at least one brick, found none");
  return DataError(
      {.path = counts_path},
      fmt::format("none of {} bricks passes the quality cuts: {} fail ebv ({} without a value), {} fail "
                  "psfsize_r ({}), {} fail psfdepth_r ({}); check that --bricks is the file of the same "
                  "release",
                  FormatCount(num_bricks), FormatCount(quality.ebv.failed), FormatCount(quality.ebv.without_value),
                  FormatCount(quality.psf_r.failed), FormatCount(quality.psf_r.without_value),
                  FormatCount(quality.depth_r.failed), FormatCount(quality.depth_r.without_value)));
}

// The earlier split of each brick; empty without --split-from.
Result<std::vector<std::optional<Split>>> ReadEarlier(Storage& storage, const std::string& path,
                                                      const std::vector<sky::BrickName>& names,
                                                      RegionsFindings& findings) {
  std::vector<std::optional<Split>> splits;
  if (path.empty()) return splits;
  ARROW_ASSIGN_OR_RAISE(const EarlierSplits earlier, ReadEarlierSplits(storage, path));
  for (const std::string& note : earlier.notes) findings.notes.push_back("--split-from: " + note);
  splits = SplitsOf(earlier, names);
  const auto num_known =
      std::count_if(splits.begin(), splits.end(), [](const auto& split) { return split.has_value(); });
  findings.earlier = EarlierCounts{.num_bricks = static_cast<int64_t>(earlier.name.size()),
                                   .num_in_buffer = earlier.num_in_buffer,
                                   .num_gone = static_cast<int64_t>(earlier.name.size()) - num_known};
  if (num_known > 0) return splits;
  return DataError({.path = path},
                   fmt::format("--split-from: none of its {} bricks with a split is among the {} that pass the quality "
                               "cuts; is it of another footprint?",
                               FormatCount(static_cast<int64_t>(earlier.name.size())),
                               FormatCount(static_cast<int64_t>(names.size()))));
}

// Seconds since the last call, for `measured`.
class Stopwatch {
 public:
  double Lap() {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    return seconds;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

Status RegionsStage::Prepare(RunContext& context, Prepared& prepared) const {
  Storage& storage = *context.storage;
  Stopwatch watch;
  const std::string counts_path = CountsPath();
  BrickTable counts, bricks;
  ARROW_RETURN_NOT_OK(base::ParallelFor(context.num_threads, 2, context.stop, [&](int, int64_t index) {
    return index == 0 ? ReadBricksFile(storage, options_.bricks, options_.bricks_columns).Value(&bricks)
                      : ReadCountTable(storage, counts_path).Value(&counts);
  }));
  context.progress->rows_total = static_cast<int64_t>(counts.columns.size() + bricks.columns.size());
  prepared.read_seconds = watch.Lap();

  RegionsFindings& findings = prepared.findings;
  findings.num_bricks_file_rows = static_cast<int64_t>(bricks.columns.size());
  for (const std::string& note : counts.notes) findings.notes.push_back("counts: " + note);
  for (const std::string& note : bricks.notes) findings.notes.push_back("bricks file: " + note);
  ARROW_ASSIGN_OR_RAISE(prepared.join, JoinBricks(counts.columns, counts_path, bricks.columns, options_.bricks,
                                                  context.num_threads, context.stop));
  counts.columns = bricks.columns = {};
  findings.num_bricks = static_cast<int64_t>(prepared.join.bricks.size());
  prepared.quality = ApplyQualityCuts(prepared.join.bricks, options_.quality);
  ARROW_RETURN_NOT_OK(CheckAnyPasses(prepared.quality, findings.num_bricks, counts_path));
  ARROW_ASSIGN_OR_RAISE(prepared.passing,
                        Take(prepared.join.bricks, prepared.quality.passing, context.num_threads, context.stop));
  prepared.join.bricks = {};
  findings.join = &prepared.join;
  findings.quality = &prepared.quality;
  findings.passing = &prepared.passing;
  ARROW_RETURN_NOT_OK(context.stop.Check());
  return ReadEarlier(storage, options_.split.from, prepared.passing.name, findings).Value(&prepared.earlier);
}

Result<StageReport> RegionsStage::Run(RunContext& context, const std::string& staging_dir) {
  ARROW_ASSIGN_OR_RAISE(const int variant, photometry::FindVariant(options_.variant));
  Stopwatch watch;
  Prepared prepared;
  ARROW_RETURN_NOT_OK(Prepare(context, prepared));
  StageReport report;
  report.rows_read = context.progress->rows_total;
  report.measured["read_seconds"] = prepared.read_seconds;
  ARROW_ASSIGN_OR_RAISE(
      const RegionsResult result,
      ComputeRegions(prepared.passing, options_, variant, prepared.earlier, context.num_threads, context.stop));
  ARROW_RETURN_NOT_OK(context.stop.Check());
  report.measured["compute_seconds"] = watch.Lap() - prepared.read_seconds;

  ARROW_RETURN_NOT_OK(WriteOutputs(context, staging_dir, prepared.passing, result));
  report.measured["write_seconds"] = watch.Lap();
  context.progress->rows_done = report.rows_read;
  prepared.findings.result = &result;
  WriteAccount(options_, variant, prepared.findings, report);
  return report;
}

Result<StageAnswer> RegionsStage::Answer(RunContext& context) {
  ARROW_RETURN_NOT_OK(MakePlan(context).status());
  ARROW_ASSIGN_OR_RAISE(const int variant, photometry::FindVariant(options_.variant));
  Prepared prepared;
  ARROW_RETURN_NOT_OK(Prepare(context, prepared));
  ARROW_ASSIGN_OR_RAISE(const WhatIf what_if, CompareSplitChoices(prepared.passing, options_, variant, prepared.earlier,
                                                                  context.num_threads, context.stop));
  return StageAnswer{FormatWhatIf(what_if), WhatIfJson(what_if)};
}

}  // namespace

std::unique_ptr<Stage> MakeRegionsStage() { return std::make_unique<RegionsStage>(); }

}  // namespace dhs::regions
