// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "fits/table_reader.h"
#include "scan/arena.h"
#include "scan/scan.h"
#include "scan/sweep_index.h"
#include "scan/sweep_result.h"
#include "stage/stage.h"

namespace dhs::scan {

/// Reads sweeps once and leaves, for each, its part file and then its record in the staging directory.
///
/// A plain sweep is cut into units of some MB that the threads draw from one cursor over (sweep, unit), so that all of
/// them work on one file as well as on many; a unit is read and tested in pieces that stay in a core's L2 cache. A gzip
/// sweep is one unit: the thread that decompresses it also tests the rows while they are in cache, which costs it 3 %
/// of its time (the test runs at 20 GB/s, ISA-L at 0.6 to 0.9), less than handing them to another thread. Nothing of a
/// result depends on who did what: counts are sums of integers, lists are sorted at the end.
class SweepPass {
 public:
  /// `context`, `sweeps` and `rules` outlive the pass. Existing sweeps only are opened.
  SweepPass(RunContext* context, const std::vector<ListedSweep>* sweeps, const ScanRules* rules,
            const ScanOptions* options, std::string staging_dir);
  ~SweepPass();

  /// Scans what no record tells of. Errors: of the first sweep that is bad (or, with --on-bad-sweep skip, none: the
  /// reason is in its result), of the storage, InterruptedError.
  Status Run();
  /// After Run: one per listed sweep, in that order.
  std::vector<SweepResult>& results() { return results_; }

  /// Looks at the header of one sweep. DataError if it is no sweep that can be scanned.
  struct Inspection {
    int64_t num_rows = 0;
    bool is_gzip = false;
    SweepColumns columns = {};
    std::optional<int64_t> release = {};  ///< RELEASE of the first row; nothing without rows or such a column
  };
  static Result<Inspection> Inspect(Storage& storage, const std::string& path, const ScanRules& rules);

 private:
  struct Job;
  Status PrepareJobs();
  /// Opens the photo-z companion of a sweep, if it is to have one.
  Status OpenPhotoz(Job* job);
  /// Skips or fails on sweeps whose carried columns have other names or types than those of the first; their jobs go.
  Status CheckCarriedColumnsAgree(std::vector<std::unique_ptr<Job>>& jobs);
  RowScanner MakeScanner(const Job& job) const;
  Status ScanJobs(size_t first_job, size_t end_job);
  Status ScanUnit(int worker, Job* job, int64_t unit);
  Status ScanPlainUnit(Job* job, int64_t unit, Arena* arena, SweepTally* tally);
  Status ScanGzip(Job* job, Arena* arena, SweepTally* tally);
  Status OpenReader(Job* job, std::shared_ptr<fits::TableReader>* reader);
  /// Asks the storage for the units after `unit`: of this sweep, and at its end of the next one.
  void PrefetchAhead(const fits::TableReader& reader, Job* job, int64_t unit);
  void PrefetchUnits(const fits::TableReader& reader, Job* job, int64_t unit);
  Status Finish(Job* job);
  /// OK if the sweep may be skipped (and notes why), else the error.
  Status SkipOrFail(size_t sweep, const Status& error);

  RunContext* context_;
  const std::vector<ListedSweep>* sweeps_;
  const ScanRules* rules_;
  const ScanOptions* options_;
  std::string staging_dir_;
  std::vector<SweepResult> results_;
  std::vector<std::unique_ptr<Job>> jobs_;
  std::vector<std::unique_ptr<Arena>> arenas_;  // one per worker
  std::vector<SweepTally> tallies_;             // one per worker
};

}  // namespace dhs::scan
