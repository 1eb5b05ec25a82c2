// SPDX-License-Identifier: Apache-2.0
#include "scan/sweep_pass.h"

#include <algorithm>
#include <utility>

#include <arrow/table.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>

#include "base/thread_pool.h"
#include "catalog/parquet.h"
#include "fits/cell.h"
#include "io/files.h"
#include "scan/candidate_table.h"
#include "scan/photoz.h"

namespace dhs::scan {

namespace {

// Handed to a thread at a time. Scanned in place, a cached sweep of 1.80 GB takes 0.109 s with 4 MiB, 0.091 s with 8
// and 0.089 s with 16 (2 threads, the whole process).
constexpr int64_t kUnitBytes = int64_t{8} << 20;
constexpr int64_t kReadBytes = int64_t{256} << 10;  // read and tested at a time: half of a 512 kB L2
constexpr int64_t kUnitsAhead = 4;                  // asked of the storage ahead of the readers

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

/// One sweep at work.
struct SweepPass::Job {
  size_t sweep = 0;  ///< index into the list
  Inspection inspection = {};
  SweepColumns columns = {};  ///< those of the inspection, and of the photo-z companion
  std::optional<sky::SurveyHalf> only_half = {};
  int64_t rows_per_unit = 1;
  int64_t num_units = 1;
  std::atomic<int64_t> units_left{0};
  std::atomic<int64_t> units_prefetched{0};
  std::atomic<bool> skipped{false};
  Job* next = nullptr;  ///< the sweep after this one in the same task
  std::atomic<bool> next_asked_for{false};

  std::mutex mutex;  // for all below
  std::shared_ptr<fits::TableReader> reader;
  std::unique_ptr<PhotozFile> photoz;  // open while the reader is: there are more sweeps than files may be open
  std::chrono::steady_clock::time_point started;
  Books books;
  std::unordered_map<sky::BrickName, BrickTally> bricks;
  std::vector<CandidateChunk> candidates;  // a chunk per block that had any
  std::vector<BadRow> bad_rows;

  void Merge(SweepTally* tally) {
    const std::lock_guard<std::mutex> lock(mutex);
    books.Add(tally->books);
    for (const BrickTally& brick : tally->bricks) {
      BrickTally& sum = bricks[brick.name];
      sum.name = brick.name;
      sum.Add(brick);
    }
    if (!tally->kept.candidates.empty()) candidates.push_back(std::exchange(tally->kept, {}));
    bad_rows.insert(bad_rows.end(), tally->bad_rows.begin(), tally->bad_rows.end());
    if (bad_rows.size() > 100 * kMaxListedBadRows) CutBadRows();
    tally->Clear();
  }
  void CutBadRows() {
    std::sort(bad_rows.begin(), bad_rows.end(), [](const BadRow& a, const BadRow& b) { return a.row < b.row; });
    if (bad_rows.size() > kMaxListedBadRows) bad_rows.resize(kMaxListedBadRows);
  }
};

SweepPass::SweepPass(RunContext* context, const std::vector<ListedSweep>* sweeps, const ScanRules* rules,
                     const ScanOptions* options, std::string staging_dir)
    : context_(context),
      sweeps_(sweeps),
      rules_(rules),
      options_(options),
      staging_dir_(std::move(staging_dir)),
      results_(sweeps->size()) {}

SweepPass::~SweepPass() = default;

Result<SweepPass::Inspection> SweepPass::Inspect(Storage& storage, const std::string& path, const ScanRules& rules) {
  ARROW_ASSIGN_OR_RAISE(const auto reader, fits::TableReader::Open(storage, path));
  Inspection inspection{.num_rows = reader->num_rows(), .is_gzip = reader->is_gzip()};
  ARROW_ASSIGN_OR_RAISE(inspection.columns,
                        SweepColumns::FromLayout(reader->layout(), rules.use_mw_correction, rules.extra_columns));
  if (inspection.columns.release == SweepColumns::kAbsent || inspection.num_rows == 0) return inspection;
  std::vector<uint8_t> row(static_cast<size_t>(inspection.columns.row_bytes));
  if (inspection.is_gzip) {
    ARROW_RETURN_NOT_OK(reader->ReadNextRows(1, row.data()).status());
  } else {
    ARROW_RETURN_NOT_OK(reader->ReadRows(0, 1, row.data()));
  }
  inspection.release = fits::LoadInteger(row.data() + inspection.columns.release, inspection.columns.release_type);
  return inspection;
}

Status SweepPass::SkipOrFail(size_t sweep, const Status& error) {
  if (options_->on_bad_sweep != "skip" || ExitCodeOf(error) != ExitCode::kData) return error;
  // The manifest names sweeps as they were listed, wherever the index lies.
  std::string text = error.message();
  const ListedSweep& listed = (*sweeps_)[sweep];
  if (text.starts_with(listed.path)) text.replace(0, listed.path.size(), listed.listed);
  results_[sweep] = SweepResult{.error = std::move(text), .release = results_[sweep].release};
  return Status::OK();
}

Status SweepPass::PrepareJobs() {
  std::vector<std::unique_ptr<Job>> by_sweep(sweeps_->size());
  ARROW_RETURN_NOT_OK(base::ParallelFor(
      LookThreads(*sweeps_, context_->num_threads), static_cast<int64_t>(sweeps_->size()), context_->stop,
      [&](int, int64_t index) {
        const auto sweep = static_cast<size_t>(index);
        const ListedSweep& listed = (*sweeps_)[sweep];
        if (listed.info.kind != FileKind::kFile) {
          results_[sweep].error = "the file does not exist";
          return Status::OK();
        }
        ARROW_ASSIGN_OR_RAISE(auto recorded, ReadSweepRecord(*context_->storage, staging_dir_, sweep));
        if (recorded) {
          results_[sweep] = std::move(*recorded);
          return Status::OK();
        }
        auto inspection = Inspect(*context_->storage, listed.path, *rules_);
        if (!inspection.ok()) return SkipOrFail(sweep, inspection.status());
        results_[sweep].release = inspection->release;
        auto job = std::make_unique<Job>();
        job->sweep = sweep;
        job->inspection = *inspection;
        job->columns = inspection->columns;
        const Status opened = OpenPhotoz(job.get());
        if (!opened.ok()) return SkipOrFail(sweep, opened);
        if (job->photoz != nullptr) {
          job->columns.photoz = job->photoz->columns();
          job->columns.photoz_row_bytes = job->photoz->row_bytes();
          job->photoz.reset();
        }
        const int64_t row_bytes = inspection->columns.row_bytes;
        job->rows_per_unit = std::clamp<int64_t>(kUnitBytes / row_bytes, 1, options_->chunk_size);
        if (!inspection->is_gzip && inspection->num_rows > 0) {
          job->num_units = (inspection->num_rows + job->rows_per_unit - 1) / job->rows_per_unit;
        }
        job->units_left = job->num_units;
        by_sweep[sweep] = std::move(job);
        return Status::OK();
      }));
  ARROW_RETURN_NOT_OK(CheckCarriedColumnsAgree(by_sweep));
  std::vector<std::optional<sky::SurveyHalf>> halves;
  for (const SweepResult& result : results_) {
    halves.push_back(result.release ? sky::HalfOfRelease(*result.release) : std::nullopt);
  }
  const auto has = [&halves](sky::SurveyHalf half) {
    return std::find(halves.begin(), halves.end(), half) != halves.end();
  };
  const bool resolve = has(sky::SurveyHalf::kNorth) && has(sky::SurveyHalf::kSouth);
  for (auto& job : by_sweep) {
    if (job == nullptr) continue;
    if (resolve) job->only_half = halves[job->sweep];
    context_->progress->rows_total += job->inspection.num_rows;
    context_->progress->bytes_total += job->inspection.num_rows * job->inspection.columns.row_bytes;
    jobs_.push_back(std::move(job));
  }
  return Status::OK();
}

Status SweepPass::OpenPhotoz(Job* job) {
  if (options_->photo_z.empty()) return Status::OK();
  const std::string path = PhotozPath(options_->photo_z, (*sweeps_)[job->sweep].path);
  ARROW_ASSIGN_OR_RAISE(job->photoz, PhotozFile::Open(*context_->storage, path, job->inspection.num_rows));
  return Status::OK();
}

Status SweepPass::CheckCarriedColumnsAgree(std::vector<std::unique_ptr<Job>>& jobs) {
  const Job* first = nullptr;
  std::shared_ptr<arrow::Schema> wanted;
  for (auto& job : jobs) {
    if (job == nullptr) continue;
    ARROW_ASSIGN_OR_RAISE(const arrow::FieldVector fields, CarriedFields(job->columns));
    const auto found = arrow::schema(fields);
    if (first == nullptr) {
      first = job.get();
      wanted = found;
    }
    if (found->Equals(*wanted, /*check_metadata=*/false)) continue;
    int differs = 0;
    while (differs < std::min(found->num_fields(), wanted->num_fields()) &&
           found->field(differs)->Equals(*wanted->field(differs))) {
      ++differs;
    }
    const auto describe = [differs](const arrow::Schema& schema) {
      return differs < schema.num_fields() ? schema.field(differs)->ToString() : "no further column";
    };
    ARROW_RETURN_NOT_OK(SkipOrFail(
        job->sweep,
        DataError({.path = (*sweeps_)[job->sweep].path},
                  fmt::format("expected {} as in {}, found {}; columns of --extra-columns and --photo-z must have one "
                              "type in all sweeps: leave them out or scan the releases apart",
                              describe(*wanted), (*sweeps_)[first->sweep].path, describe(*found)))));
    job.reset();
  }
  return Status::OK();
}

RowScanner SweepPass::MakeScanner(const Job& job) const { return {rules_, job.columns, job.only_half}; }

Status SweepPass::Run() {
  ARROW_RETURN_NOT_OK(context_->storage->MakeDirectories(io::JoinPath(staging_dir_, "candidates")));
  ARROW_RETURN_NOT_OK(context_->storage->MakeDirectories(io::JoinPath(staging_dir_, "_sweeps")));
  ARROW_RETURN_NOT_OK(PrepareJobs());
  int64_t buffer_bytes = kReadBytes;
  for (const auto& job : jobs_) buffer_bytes = std::max(buffer_bytes, job->inspection.columns.row_bytes);
  buffer_bytes = std::max(buffer_bytes, Arena::kAlignment);
  ARROW_ASSIGN_OR_RAISE(const auto lease,
                        context_->memory->Acquire(buffer_bytes * context_->num_threads, "read buffers of the scan"));
  for (int worker = 0; worker < context_->num_threads; ++worker) {
    arenas_.push_back(std::make_unique<Arena>(buffer_bytes));
  }
  tallies_.resize(static_cast<size_t>(context_->num_threads));
  const size_t num_tasks = std::min(static_cast<size_t>(options_->sweep_partitions), std::max<size_t>(1, jobs_.size()));
  for (size_t task = 0; task < num_tasks; ++task) {
    ARROW_RETURN_NOT_OK(ScanJobs(jobs_.size() * task / num_tasks, jobs_.size() * (task + 1) / num_tasks));
  }
  arenas_.clear();
  return Status::OK();
}

Status SweepPass::ScanJobs(size_t first_job, size_t end_job) {
  std::vector<int64_t> unit_ends;  // over the jobs of this task
  int64_t num_units = 0;
  for (size_t i = first_job; i < end_job; ++i) {
    unit_ends.push_back(num_units += jobs_[i]->num_units);
    if (i + 1 < end_job) jobs_[i]->next = jobs_[i + 1].get();
  }
  return base::ParallelFor(context_->num_threads, num_units, context_->stop, [&](int worker, int64_t index) -> Status {
    const auto end = std::upper_bound(unit_ends.begin(), unit_ends.end(), index);
    Job* job = jobs_[first_job + static_cast<size_t>(end - unit_ends.begin())].get();
    const int64_t unit = index - (*end - job->num_units);
    if (!job->skipped) {
      const Status scanned = ScanUnit(worker, job, unit);
      if (!scanned.ok()) {
        // Two units of one sweep may fail together: the first to come tells why.
        const std::lock_guard<std::mutex> lock(job->mutex);
        if (!job->skipped) ARROW_RETURN_NOT_OK(SkipOrFail(job->sweep, scanned));
        job->skipped = true;
      }
    }
    if (job->units_left.fetch_sub(1) > 1) return Status::OK();
    return Finish(job);
  });
}

Status SweepPass::OpenReader(Job* job, std::shared_ptr<fits::TableReader>* reader) {
  const std::lock_guard<std::mutex> lock(job->mutex);
  if (job->reader == nullptr) {
    const std::string& path = (*sweeps_)[job->sweep].path;
    job->started = std::chrono::steady_clock::now();
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<fits::TableReader> opened, fits::TableReader::Open(*context_->storage, path));
    ARROW_ASSIGN_OR_RAISE(const SweepColumns columns,
                          SweepColumns::FromLayout(opened->layout(), rules_->use_mw_correction, rules_->extra_columns));
    if (opened->num_rows() != job->inspection.num_rows || opened->is_gzip() != job->inspection.is_gzip ||
        columns != job->inspection.columns) {
      return DataError({.path = path}, "the file changed while it was read; run the command again");
    }
    ARROW_RETURN_NOT_OK(OpenPhotoz(job));
    if (job->photoz != nullptr && job->photoz->columns() != job->columns.photoz) {
      return DataError({.path = path}, "its photo-z companion changed while it was read; run the command again");
    }
    job->reader = std::move(opened);
  }
  *reader = job->reader;
  return Status::OK();
}

void SweepPass::PrefetchAhead(const fits::TableReader& reader, Job* job, int64_t unit) {
  PrefetchUnits(reader, job, unit);
  // The first units of the next sweep come while the last of this one are scanned.
  Job* next = job->next;
  if (unit + kUnitsAhead < job->num_units || next == nullptr || job->next_asked_for.exchange(true)) return;
  std::shared_ptr<fits::TableReader> next_reader;
  if (next->units_left == 0 || next->inspection.is_gzip || !OpenReader(next, &next_reader).ok()) return;
  PrefetchUnits(*next_reader, next, 0);
}

void SweepPass::PrefetchUnits(const fits::TableReader& reader, Job* job, int64_t unit) {
  // Asked for in batches of half the distance: each call walks the cached pages of its range.
  const int64_t wanted = std::min(unit + kUnitsAhead, job->num_units);
  int64_t done = job->units_prefetched.load(std::memory_order_relaxed);
  if (wanted < done + kUnitsAhead / 2 && wanted < job->num_units) return;
  if (wanted <= done || !job->units_prefetched.compare_exchange_strong(done, wanted)) return;
  const int64_t first = std::max(done, unit);  // those before it were lent
  (void)reader.Prefetch(first * job->rows_per_unit, (wanted - first) * job->rows_per_unit);  // advice only
}

Status SweepPass::ScanUnit(int worker, Job* job, int64_t unit) {
  std::shared_ptr<fits::TableReader> reader;
  ARROW_RETURN_NOT_OK(OpenReader(job, &reader));
  Arena* arena = arenas_[static_cast<size_t>(worker)].get();
  SweepTally* tally = &tallies_[static_cast<size_t>(worker)];
  tally->Clear();
  const Status status = job->inspection.is_gzip ? ScanGzip(job, arena, tally) : ScanPlainUnit(job, unit, arena, tally);
  return status;
}

Status SweepPass::ScanPlainUnit(Job* job, int64_t unit, Arena* arena, SweepTally* tally) {
  const fits::TableReader& reader = *job->reader;
  const SweepColumns& columns = job->columns;
  int64_t row = unit * job->rows_per_unit;
  const int64_t end = std::min(row + job->rows_per_unit, job->inspection.num_rows);
  const auto count_progress = [&](int64_t count) {
    context_->progress->rows_done += count;
    context_->progress->bytes_done += count * columns.row_bytes;
  };
  // Cached pages are scanned where they lie: half the CPU time of copying them first.
  std::vector<uint8_t> photoz_rows;
  const auto scan = [&](RowScanner* scanner, const uint8_t* rows, int64_t count) -> Status {
    if (job->photoz != nullptr) ARROW_RETURN_NOT_OK(job->photoz->ReadRows(row, count, rows, columns, &photoz_rows));
    scanner->Scan(rows, row, count, tally, photoz_rows.data());
    return Status::OK();
  };
  if (const auto lent = reader.LendRows(row, end - row)) {
    RowScanner scanner = MakeScanner(*job);
    const Status scanned = scan(&scanner, lent->data(), end - row);
    if (lent->intact()) ARROW_RETURN_NOT_OK(scanned);
    if (lent->intact()) {
      count_progress(end - row);
      job->Merge(tally);
      return Status::OK();
    }
    tally->Clear();  // the file changed underfoot: reading it tells how
  }
  PrefetchAhead(reader, job, unit);
  RowScanner scanner = MakeScanner(*job);
  const int64_t rows_per_read = std::max<int64_t>(1, kReadBytes / columns.row_bytes);
  while (row < end) {
    const int64_t count = std::min(rows_per_read, end - row);
    ARROW_RETURN_NOT_OK(reader.ReadRows(row, count, arena->data()));
    ARROW_RETURN_NOT_OK(scan(&scanner, arena->data(), count));
    row += count;
    count_progress(count);
  }
  job->Merge(tally);
  return Status::OK();
}

Status SweepPass::ScanGzip(Job* job, Arena* arena, SweepTally* tally) {
  const SweepColumns& columns = job->columns;
  RowScanner scanner = MakeScanner(*job);
  std::vector<uint8_t> photoz_rows;
  const int64_t rows_per_read = std::clamp<int64_t>(kReadBytes / columns.row_bytes, 1, options_->chunk_size);
  int64_t row = 0;
  while (true) {
    ARROW_RETURN_NOT_OK(context_->stop.Check());
    ARROW_ASSIGN_OR_RAISE(const int64_t count, job->reader->ReadNextRows(rows_per_read, arena->data()));
    if (count == 0) break;
    if (job->photoz != nullptr) {
      ARROW_RETURN_NOT_OK(job->photoz->ReadRows(row, count, arena->data(), columns, &photoz_rows));
    }
    scanner.Scan(arena->data(), row, count, tally, photoz_rows.data());
    job->Merge(tally);
    row += count;
    context_->progress->rows_done += count;
    context_->progress->bytes_done += count * columns.row_bytes;
  }
  return job->reader->Finish();
}

Status SweepPass::Finish(Job* job) {
  const std::lock_guard<std::mutex> lock(job->mutex);
  job->reader.reset();
  job->photoz.reset();
  if (job->skipped) return Status::OK();
  SweepResult& result = results_[job->sweep];
  result.finished = true;
  result.books = job->books;
  ARROW_RETURN_NOT_OK(result.books.CheckBalance());
  if (result.books.rows_read != job->inspection.num_rows) {
    return InternalError(fmt::format("{}: {} rows of {} were scanned", (*sweeps_)[job->sweep].path,
                                     result.books.rows_read, job->inspection.num_rows));
  }
  job->CutBadRows();
  result.bad_rows = std::move(job->bad_rows);
  result.bricks.reserve(job->bricks.size());
  for (const auto& [name, brick] : job->bricks) result.bricks.push_back(brick);
  result.bricks = MergeBricks(std::move(result.bricks));
  job->bricks.clear();
  const std::string part = io::JoinPath(staging_dir_, PartName(job->sweep));
  if (job->candidates.empty()) {
    ARROW_RETURN_NOT_OK(context_->storage->Remove(part));
  } else {
    const auto made = CandidateTable(job->candidates, job->columns, *rules_);
    if (!made.ok()) {
      const Status error = WithContext(made.status(), (*sweeps_)[job->sweep].path);
      job->candidates = {};
      return SkipOrFail(job->sweep, error);
    }
    const std::shared_ptr<arrow::Table>& table = *made;
    if (table->num_rows() != result.books.rows_kept) {
      return InternalError(fmt::format("{} candidates for {} rows kept", table->num_rows(), result.books.rows_kept));
    }
    // With more sweeps than one, the other threads scan meanwhile.
    const int num_threads = jobs_.size() == 1 ? context_->num_threads : 1;
    ARROW_RETURN_NOT_OK(catalog::WriteParquet(*context_->storage, part, *table,
                                              {.sorting_columns = {"brickname", "objid"}, .num_threads = num_threads}));
  }
  job->candidates = {};
  result.seconds = SecondsSince(job->started);
  return WriteSweepRecord(*context_->storage, staging_dir_, job->sweep, result);
}

}  // namespace dhs::scan
