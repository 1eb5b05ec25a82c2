// SPDX-License-Identifier: Apache-2.0
#include "scan/scan_stage.h"

#include <string>
#include <utility>
#include <vector>

#include <arrow/table.h>
#include <fmt/format.h>

#include "base/thread_pool.h"
#include "catalog/parquet.h"
#include "io/files.h"
#include "scan/candidate_table.h"
#include "scan/options.h"
#include "scan/sweep_index.h"
#include "scan/sweep_pass.h"

namespace dhs::scan {

namespace {

using nlohmann::ordered_json;

/// All sweeps together.
struct Totals {
  Books books;
  std::vector<BrickTally> bricks;
  int64_t n_gal = 0;
  std::array<int64_t, photometry::kNumBuiltinVariants> n_lrg = {};
  int64_t bytes_read = 0;
  int64_t num_skipped = 0;
};

Totals Sum(const std::vector<ListedSweep>& sweeps, const std::vector<SweepResult>& results) {
  Totals totals;
  std::vector<BrickTally> bricks;
  for (size_t i = 0; i < results.size(); ++i) {
    totals.books.Add(results[i].books);
    bricks.insert(bricks.end(), results[i].bricks.begin(), results[i].bricks.end());
    if (results[i].finished) {
      totals.bytes_read += sweeps[i].info.size_bytes;
    } else {
      ++totals.num_skipped;
    }
  }
  totals.bricks = MergeBricks(std::move(bricks));
  for (const BrickTally& brick : totals.bricks) {
    totals.n_gal += brick.n_gal;
    for (size_t i = 0; i < totals.n_lrg.size(); ++i) totals.n_lrg[i] += brick.n_lrg[i];
  }
  return totals;
}

ordered_json SweepJson(const ListedSweep& sweep, const SweepResult& result, size_t number) {
  ordered_json entry;
  entry["path"] = sweep.listed;
  entry["size_bytes"] = sweep.info.size_bytes;
  PutBooks(result.books, &entry);
  entry["bad_rows"] = BadRowsJson(result.bad_rows);
  entry["part"] = result.books.rows_kept > 0 ? ordered_json(PartName(number)) : ordered_json(nullptr);
  entry["error"] = result.finished ? ordered_json(nullptr) : ordered_json(result.error);
  return entry;
}

ordered_json ManifestJson(const ScanOptions& options, const std::vector<ListedSweep>& sweeps,
                          const std::vector<SweepResult>& results, const Totals& totals) {
  ordered_json manifest;
  manifest["stage"] = "scan";
  manifest["release"] = options.release;
  manifest["candidate_variant"] = options.candidate_variant;
  manifest["use_mw_correction"] = options.use_mw_correction;
  PutBooks(totals.books, &manifest);
  manifest["num_bricks"] = static_cast<int64_t>(totals.bricks.size());
  manifest["n_gal"] = totals.n_gal;
  for (size_t i = 0; i < totals.n_lrg.size(); ++i) {
    manifest["n_lrg"][photometry::BuiltinVariants()[i].name] = totals.n_lrg[i];
  }
  manifest["sweeps"] = ordered_json::array();
  for (size_t i = 0; i < sweeps.size(); ++i) manifest["sweeps"].push_back(SweepJson(sweeps[i], results[i], i));
  return manifest;
}

std::string Account(const ScanOptions& options, const std::vector<ListedSweep>& sweeps,
                    const std::vector<SweepResult>& results, const Totals& totals) {
  const Books& books = totals.books;
  std::string text = fmt::format("sweeps      {} listed, {} scanned, {} skipped\n", FormatCount(ssize(sweeps)),
                                 FormatCount(ssize(sweeps) - totals.num_skipped), FormatCount(totals.num_skipped));
  text += fmt::format("rows        {} read = {} kept + {} rejected + {} bad\n", FormatCount(books.rows_read),
                      FormatCount(books.rows_kept), FormatCount(books.num_rejected()), FormatCount(books.num_bad()));
  text += fmt::format("rejected by the first cut of {} that fails:\n", options.candidate_variant);
  for (size_t i = 0; i < books.rejected.size(); ++i) {
    text += fmt::format("  {:<15} {:>15}\n", kRejectNames[i], FormatCount(books.rejected[i]));
  }
  if (books.num_bad() > 0) {
    text += "bad rows by check:\n";
    for (size_t i = 0; i < books.bad.size(); ++i) {
      text += fmt::format("  {:<15} {:>15}\n", kBadNames[i], FormatCount(books.bad[i]));
    }
    text += "the first bad rows of every sweep are listed in _manifest.json\n";
  }
  text += fmt::format("bricks      {} with a source, n_gal {}\n", FormatCount(ssize(totals.bricks)),
                      FormatCount(totals.n_gal));
  for (size_t i = 0; i < totals.n_lrg.size(); ++i) {
    text += fmt::format("  {:<17} {:>13}\n", photometry::BuiltinVariants()[i].name, FormatCount(totals.n_lrg[i]));
  }
  for (size_t i = 0; i < sweeps.size(); ++i) {
    if (!results[i].finished) text += fmt::format("skipped {}: {}\n", sweeps[i].listed, results[i].error);
  }
  return text;
}

class ScanStage : public Stage {
 public:
  std::string_view name() const override { return "scan"; }
  std::string_view summary() const override { return "Read the sweeps once; write brick counts and LRG candidates"; }
  std::string_view example() const override { return "dhs scan --sweep-index sweeps.txt --output out"; }
  void BindOptions(OptionTable& table) override { Bind(options_, table); }

  Result<StagePlan> Plan(RunContext& context) override;
  Result<StageReport> Run(RunContext& context, const std::string& staging_dir) override;

 private:
  ScanOptions options_;
};

/// The header of each sweep that exists, or why it cannot be read.
Result<std::vector<Result<SweepPass::Inspection>>> InspectAll(RunContext& context,
                                                              const std::vector<ListedSweep>& sweeps,
                                                              const ScanRules& rules) {
  std::vector<Result<SweepPass::Inspection>> inspections(sweeps.size(), SweepPass::Inspection());
  ARROW_RETURN_NOT_OK(base::ParallelFor(LookThreads(sweeps, context.num_threads), static_cast<int64_t>(sweeps.size()),
                                        context.stop, [&](int, int64_t index) {
                                          const auto i = static_cast<size_t>(index);
                                          if (sweeps[i].info.kind != FileKind::kFile) return Status::OK();
                                          inspections[i] = SweepPass::Inspect(*context.storage, sweeps[i].path, rules);
                                          return Status::OK();
                                        }));
  return inspections;
}

Result<StagePlan> ScanStage::Plan(RunContext& context) {
  ARROW_RETURN_NOT_OK(Check(options_));
  ARROW_ASSIGN_OR_RAISE(const auto sweeps, ReadSweepIndex(*context.storage, options_.sweep_index, context.stop));
  if (options_.on_missing == "error") ARROW_RETURN_NOT_OK(CheckNoneMissing(sweeps, options_.sweep_index));
  StagePlan plan{.output_dir = io::JoinPath(io::JoinPath(options_.output, "scan"), options_.release),
                 .num_rows = 0,
                 .num_bytes = 0,
                 .makes = {"brick_counts.parquet", "brick_counts.csv", "candidates/part-NNNNN.parquet"}};
  ARROW_ASSIGN_OR_RAISE(auto index, FileInput(*context.storage, "sweep index", options_.sweep_index));
  plan.inputs.push_back(std::move(index));
  const ScanRules rules = ScanRules::From(options_);
  ARROW_ASSIGN_OR_RAISE(const auto inspections, InspectAll(context, sweeps, rules));
  int64_t num_missing = 0, num_bad = 0;
  for (size_t i = 0; i < sweeps.size(); ++i) {
    const ListedSweep& sweep = sweeps[i];
    if (sweep.info.kind != FileKind::kFile) {
      ++num_missing;
      continue;
    }
    plan.inputs.push_back({"sweep", sweep.path, sweep.info.size_bytes, sweep.info.mtime_ns, {}, sweep.info.etag});
    plan.num_bytes += sweep.info.size_bytes;
    const Result<SweepPass::Inspection>& inspection = inspections[i];
    if (inspection.ok()) {
      plan.num_rows += inspection->num_rows;
    } else if (options_.on_bad_sweep == "skip" && ExitCodeOf(inspection.status()) == ExitCode::kData) {
      ++num_bad;
    } else {
      return inspection.status();
    }
  }
  if (num_missing > 0) plan.notes.push_back(fmt::format("{} sweeps do not exist and will be skipped", num_missing));
  if (num_bad > 0) plan.notes.push_back(fmt::format("{} sweeps cannot be read and will be skipped", num_bad));
  return plan;
}

Result<StageReport> ScanStage::Run(RunContext& context, const std::string& staging_dir) {
  ARROW_RETURN_NOT_OK(Check(options_));
  ARROW_ASSIGN_OR_RAISE(const auto sweeps, ReadSweepIndex(*context.storage, options_.sweep_index, context.stop));
  if (options_.on_missing == "error") ARROW_RETURN_NOT_OK(CheckNoneMissing(sweeps, options_.sweep_index));
  const ScanRules rules = ScanRules::From(options_);
  SweepPass pass(&context, &sweeps, &rules, &options_, staging_dir);
  ARROW_RETURN_NOT_OK(pass.Run());
  const std::vector<SweepResult>& results = pass.results();
  const Totals totals = Sum(sweeps, results);
  ARROW_RETURN_NOT_OK(totals.books.CheckBalance());

  ARROW_ASSIGN_OR_RAISE(const auto counts, BrickCountsTable(totals.bricks));
  ARROW_RETURN_NOT_OK(catalog::WriteParquet(*context.storage, io::JoinPath(staging_dir, "brick_counts.parquet"),
                                            *counts, {.sorting_columns = {"brickname"}}));
  ARROW_RETURN_NOT_OK(catalog::WriteCsv(*context.storage, io::JoinPath(staging_dir, "brick_counts.csv"), *counts));
  ARROW_RETURN_NOT_OK(context.storage->Remove(io::JoinPath(staging_dir, "_sweeps")));

  StageReport report;
  report.manifest = ManifestJson(options_, sweeps, results, totals);
  report.measured["sweep_seconds"] = ordered_json::object();
  for (size_t i = 0; i < sweeps.size(); ++i) {
    report.measured["sweep_seconds"][sweeps[i].listed] = results[i].seconds;
    if (!results[i].finished) {
      report.warnings.push_back(fmt::format("sweep {} was skipped: {}", sweeps[i].listed, results[i].error));
    }
  }
  report.figures = {{"sweeps", FormatCount(ssize(sweeps) - totals.num_skipped)},
                    {"rows read", FormatCount(totals.books.rows_read)},
                    {"rows kept", FormatCount(totals.books.rows_kept)},
                    {"rows rejected", FormatCount(totals.books.num_rejected())},
                    {"bad rows", FormatCount(totals.books.num_bad())},
                    {"bricks", FormatCount(ssize(totals.bricks))}};
  report.account = Account(options_, sweeps, results, totals);
  report.rows_read = totals.books.rows_read;
  report.bytes_read = totals.bytes_read;
  report.something_skipped = totals.num_skipped > 0;
  return report;
}

}  // namespace

std::unique_ptr<Stage> MakeScanStage() { return std::make_unique<ScanStage>(); }

}  // namespace dhs::scan
