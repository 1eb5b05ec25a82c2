// SPDX-License-Identifier: Apache-2.0
#include "scan/scan_stage.h"

#include <array>
#include <string>
#include <vector>

#include <arrow/table.h>
#include <fmt/format.h>

#include "catalog/parquet.h"
#include "io/files.h"
#include "scan/candidate_table.h"
#include "scan/options.h"
#include "scan/sweep_scan.h"

namespace dhs::scan {

namespace {

using nlohmann::ordered_json;

/// Sums over all bricks.
struct Totals {
  int64_t n_gal = 0;
  std::array<int64_t, photometry::kNumBuiltinVariants> n_lrg = {};

  explicit Totals(const std::vector<BrickTally>& bricks) {
    for (const BrickTally& brick : bricks) {
      n_gal += brick.n_gal;
      for (size_t i = 0; i < n_lrg.size(); ++i) n_lrg[i] += brick.n_lrg[i];
    }
  }
};

ordered_json ManifestJson(const ScanOptions& options, const SweepScan& scan, const Totals& totals) {
  ordered_json manifest;
  manifest["stage"] = "scan";
  manifest["release"] = options.release;
  manifest["candidate_variant"] = options.candidate_variant;
  manifest["use_mw_correction"] = options.use_mw_correction;
  PutBooks(scan.books, &manifest);
  manifest["num_bricks"] = static_cast<int64_t>(scan.bricks.size());
  manifest["n_gal"] = totals.n_gal;
  for (size_t i = 0; i < totals.n_lrg.size(); ++i) {
    manifest["n_lrg"][photometry::BuiltinVariants()[i].name] = totals.n_lrg[i];
  }
  manifest["sweeps"] = SweepsJson(scan);
  return manifest;
}

std::string BricksAccount(const SweepScan& scan, const Totals& totals) {
  std::string text = fmt::format("bricks      {} with a source, n_gal {}\n", FormatCount(ssize(scan.bricks)),
                                 FormatCount(totals.n_gal));
  for (size_t i = 0; i < totals.n_lrg.size(); ++i) {
    text += fmt::format("  {:<17} {:>13}\n", photometry::BuiltinVariants()[i].name, FormatCount(totals.n_lrg[i]));
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

Result<StagePlan> ScanStage::Plan(RunContext& context) {
  StagePlan plan{.output_dir = io::JoinPath(io::JoinPath(options_.output, "scan"), options_.release),
                 .makes = {"brick_counts.parquet", "brick_counts.csv", "candidates/part-NNNNN.parquet"}};
  ARROW_RETURN_NOT_OK(AddSweepsToPlan(context, options_, &plan));
  return plan;
}

Result<StageReport> ScanStage::Run(RunContext& context, const std::string& staging_dir) {
  ARROW_ASSIGN_OR_RAISE(const SweepScan scan, ScanSweeps(context, options_, staging_dir));
  const Totals totals(scan.bricks);
  ARROW_ASSIGN_OR_RAISE(const auto counts, BrickCountsTable(scan.bricks));
  ARROW_RETURN_NOT_OK(catalog::WriteParquet(*context.storage, io::JoinPath(staging_dir, "brick_counts.parquet"),
                                            *counts, {.sorting_columns = {"brickname"}}));
  ARROW_RETURN_NOT_OK(catalog::WriteCsv(*context.storage, io::JoinPath(staging_dir, "brick_counts.csv"), *counts));
  ARROW_RETURN_NOT_OK(context.storage->Remove(io::JoinPath(staging_dir, "_sweeps")));

  StageReport report;
  report.manifest = ManifestJson(options_, scan, totals);
  report.figures = {{"sweeps", FormatCount(ssize(scan.sweeps) - scan.num_skipped)},
                    {"rows read", FormatCount(scan.books.rows_read)},
                    {"rows kept", FormatCount(scan.books.rows_kept)},
                    {"rows rejected", FormatCount(scan.books.num_rejected())},
                    {"bad rows", FormatCount(scan.books.num_bad())},
                    {"bricks", FormatCount(ssize(scan.bricks))}};
  report.account = SweepAccount(options_, scan) + BricksAccount(scan, totals);
  ReportSweeps(scan, &report);
  report.rows_read = scan.books.rows_read;
  report.bytes_read = scan.bytes_read;
  return report;
}

}  // namespace

std::unique_ptr<Stage> MakeScanStage() { return std::make_unique<ScanStage>(); }

}  // namespace dhs::scan
