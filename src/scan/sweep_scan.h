// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "scan/options.h"
#include "scan/sweep_index.h"
#include "scan/sweep_result.h"
#include "stage/stage.h"

namespace dhs::scan {

/// What the sweeps of an index add to the plan of a stage that reads them: inputs (the index, then each sweep that
/// exists), rows, bytes, notes on what would be skipped. Errors: Check, a missing sweep with --on-missing error, a bad
/// one with --on-bad-sweep error.
Status AddSweepsToPlan(RunContext& context, const ScanOptions& options, StagePlan* plan);

/// One pass over the sweeps of an index.
struct SweepScan {
  std::vector<ListedSweep> sweeps;
  std::vector<SweepResult> results;  ///< parallel
  Books books;                       ///< of all; they balance
  std::vector<BrickTally> bricks;    ///< of all, sorted by name, no name twice
  int64_t bytes_read = 0;
  int64_t num_skipped = 0;  ///< sweeps
};

/// Scans the sweeps into `directory`: candidates/part-NNNNN.parquet, and under _sweeps/ a record of each finished one,
/// so that a scan that is begun again does not read it again. Errors: as AddSweepsToPlan, and those of SweepPass::Run.
Result<SweepScan> ScanSweeps(RunContext& context, const ScanOptions& options, const std::string& directory);

/// The sweeps in a manifest: path, size, books, bad rows, what went wrong.
nlohmann::ordered_json SweepsJson(const SweepScan& scan);

/// Sweeps, rows and the reasons why rows were left out, several lines.
std::string SweepAccount(const ScanOptions& options, const SweepScan& scan);

/// Seconds of each sweep, warnings for those skipped, exit code 3 if any was.
void ReportSweeps(const SweepScan& scan, StageReport* report);

}  // namespace dhs::scan
