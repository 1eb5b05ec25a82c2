// SPDX-License-Identifier: Apache-2.0
#include "scan/sweep_scan.h"

#include <utility>

#include <fmt/format.h>

#include "base/thread_pool.h"
#include "io/files.h"
#include "scan/object_keys.h"
#include "scan/photoz.h"
#include "scan/sweep_pass.h"

namespace dhs::scan {

namespace {

using nlohmann::ordered_json;

void Sum(SweepScan* scan) {
  std::vector<BrickTally> bricks;
  for (size_t i = 0; i < scan->results.size(); ++i) {
    const SweepResult& result = scan->results[i];
    scan->books.Add(result.books);
    bricks.insert(bricks.end(), result.bricks.begin(), result.bricks.end());
    if (result.finished) {
      scan->bytes_read += scan->sweeps[i].info.size_bytes;
    } else {
      ++scan->num_skipped;
    }
  }
  scan->bricks = MergeBricks(std::move(bricks));
}

ordered_json SweepJson(const ListedSweep& sweep, const SweepResult& result, size_t number) {
  ordered_json entry;
  entry["path"] = sweep.listed;
  entry["size_bytes"] = sweep.info.size_bytes;
  entry["release"] = result.release ? ordered_json(*result.release) : ordered_json(nullptr);
  PutBooks(result.books, &entry);
  entry["bad_rows"] = BadRowsJson(result.bad_rows);
  entry["part"] = result.books.rows_kept > 0 ? ordered_json(PartName(number)) : ordered_json(nullptr);
  entry["error"] = result.finished ? ordered_json(nullptr) : ordered_json(result.error);
  return entry;
}

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

}  // namespace

Status AddSweepsToPlan(RunContext& context, const ScanOptions& options, StagePlan* plan) {
  ARROW_RETURN_NOT_OK(Check(options));
  ARROW_ASSIGN_OR_RAISE(const auto sweeps, ReadSweepIndex(*context.storage, options.sweep_index, context.stop));
  if (options.on_missing == "error") ARROW_RETURN_NOT_OK(CheckNoneMissing(sweeps, options.sweep_index));
  plan->num_rows = 0;
  plan->num_bytes = 0;
  ARROW_ASSIGN_OR_RAISE(auto index, FileInput(*context.storage, "sweep index", options.sweep_index));
  plan->inputs.push_back(std::move(index));
  const ScanRules rules = ScanRules::From(options);
  ARROW_ASSIGN_OR_RAISE(const auto inspections, InspectAll(context, sweeps, rules));
  int64_t num_missing = 0, num_bad = 0;
  for (size_t i = 0; i < sweeps.size(); ++i) {
    const ListedSweep& sweep = sweeps[i];
    if (sweep.info.kind != FileKind::kFile) {
      ++num_missing;
      continue;
    }
    plan->inputs.push_back({"sweep", sweep.path, sweep.info.size_bytes, sweep.info.mtime_ns, {}, sweep.info.etag});
    plan->num_bytes += sweep.info.size_bytes;
    if (!options.photo_z.empty()) {
      const std::string path = PhotozPath(options.photo_z, sweep.path);
      ARROW_ASSIGN_OR_RAISE(const FileInfo info, context.storage->Stat(path));
      if (info.kind != FileKind::kFile) {
        return DataError({.path = path},
                         fmt::format("there is no such file, the photo-z companion of {}", sweep.listed));
      }
      plan->inputs.push_back({"photo-z", path, info.size_bytes, info.mtime_ns, {}, info.etag});
      plan->num_bytes += info.size_bytes;
    }
    const Result<SweepPass::Inspection>& inspection = inspections[i];
    if (inspection.ok()) {
      plan->num_rows += inspection->num_rows;
    } else if (options.on_bad_sweep == "skip" && ExitCodeOf(inspection.status()) == ExitCode::kData) {
      ++num_bad;
    } else {
      return inspection.status();
    }
  }
  if (num_missing > 0) plan->notes.push_back(fmt::format("{} sweeps do not exist and will be skipped", num_missing));
  if (num_bad > 0) plan->notes.push_back(fmt::format("{} sweeps cannot be read and will be skipped", num_bad));
  return Status::OK();
}

Result<SweepScan> ScanSweeps(RunContext& context, const ScanOptions& options, const std::string& directory) {
  ARROW_RETURN_NOT_OK(Check(options));
  SweepScan scan;
  ARROW_ASSIGN_OR_RAISE(scan.sweeps, ReadSweepIndex(*context.storage, options.sweep_index, context.stop));
  if (options.on_missing == "error") ARROW_RETURN_NOT_OK(CheckNoneMissing(scan.sweeps, options.sweep_index));
  const ScanRules rules = ScanRules::From(options);
  SweepPass pass(&context, &scan.sweeps, &rules, &options, directory);
  ARROW_RETURN_NOT_OK(pass.Run());
  scan.results = std::move(pass.results());
  Sum(&scan);
  ARROW_RETURN_NOT_OK(scan.books.CheckBalance());
  ARROW_RETURN_NOT_OK(CheckNoObjectTwice(context, scan, directory));
  return scan;
}

ordered_json SweepsJson(const SweepScan& scan) {
  ordered_json entries = ordered_json::array();
  for (size_t i = 0; i < scan.sweeps.size(); ++i) entries.push_back(SweepJson(scan.sweeps[i], scan.results[i], i));
  return entries;
}

std::string SweepAccount(const ScanOptions& options, const SweepScan& scan) {
  const Books& books = scan.books;
  std::string text = fmt::format("sweeps      {} listed, {} scanned, {} skipped\n", FormatCount(ssize(scan.sweeps)),
                                 FormatCount(ssize(scan.sweeps) - scan.num_skipped), FormatCount(scan.num_skipped));
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
  return text;
}

void ReportSweeps(const SweepScan& scan, StageReport* report) {
  report->measured["sweep_seconds"] = ordered_json::object();
  for (size_t i = 0; i < scan.sweeps.size(); ++i) {
    const SweepResult& result = scan.results[i];
    report->measured["sweep_seconds"][scan.sweeps[i].listed] = result.seconds;
    if (result.finished) continue;
    report->warnings.push_back(fmt::format("sweep {} was skipped: {}", scan.sweeps[i].listed, result.error));
    report->account += fmt::format("skipped {}: {}\n", scan.sweeps[i].listed, result.error);
  }
  report->something_skipped = scan.num_skipped > 0;
}

}  // namespace dhs::scan
