// SPDX-License-Identifier: Apache-2.0
#include "parent/sorted_files.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include <arrow/array.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include "base/thread_pool.h"
#include "catalog/parquet.h"
#include "io/files.h"
#include "parent/table_access.h"

namespace dhs::parent {
namespace {

using TablePtr = std::shared_ptr<arrow::Table>;

// In memory a row of the parent catalog takes about 110 bytes (24 columns: 4 + 12 + 8 + 16 + 12 x 4 + 8 + 7 + bits and
// offsets); 140 leaves room for chunk overhead. A carried column is at most a float64 or a short text.
constexpr int64_t kBytesPerRow = 140;
constexpr int64_t kNumCoreColumns = 25;
constexpr int64_t kBytesPerCarriedColumn = 12;

// The places of one region in one input file, from the first brick to the last.
struct Extent {
  Place first;
  Place last;
};

// What one input file holds, found by the first pass. Small, because there may be 188,421 of them.
struct InputCounts {
  int64_t rows_read = 0;
  std::array<int64_t, kMaxFates> rows_by_fate{};
  std::array<KeyChecksum, kMaxFates> keys_by_fate{};
  std::vector<Extent> extents;  // by split, region
};

struct PlaceHash {
  size_t operator()(const Place& place) const noexcept {
    const uint64_t region = static_cast<uint32_t>(place.region_id) * uint64_t{0xD1B54A32D192ED03};
    return std::hash<sky::BrickName>()(place.brick) ^ static_cast<size_t>(region >> 20);
  }
};

// Widens `extents` by sorted places.
void AddExtents(const std::vector<PlaceCount>& places, std::vector<Extent>* extents) {
  const auto region_before = [](const Extent& e, const Place& p) {
    return std::tie(e.first.split, e.first.region_id) < std::tie(p.split, p.region_id);
  };
  for (const PlaceCount& count : places) {
    const Place& place = count.place;
    const auto found = std::lower_bound(extents->begin(), extents->end(), place, region_before);
    if (found == extents->end() || found->first.split != place.split || found->first.region_id != place.region_id) {
      extents->insert(found, {place, place});
    } else {
      found->first = std::min(found->first, place);
      found->last = std::max(found->last, place);
    }
  }
}

struct Piece {
  size_t output = 0;
  TablePtr rows;
};

class Job {
 public:
  Job(RunContext& context, const RowSource& source, const SortedFilesOptions& options, std::string directory)
      : context_(context), source_(source), options_(options), directory_(std::move(directory)) {}

  Result<SortedFilesReport> Run() {
    ARROW_RETURN_NOT_OK(CountPlaces());
    ARROW_RETURN_NOT_OK(MakeDirectories());
    const std::vector<size_t> groups = GroupByRows(outputs_, options_.max_rows_in_memory);
    for (size_t g = 0; g + 1 < groups.size(); ++g) ARROW_RETURN_NOT_OK(WriteGroup(groups[g], groups[g + 1]));
    ARROW_RETURN_NOT_OK(VerifyWritten());
    return std::move(report_);
  }

 private:
  Status ForEachInput(const std::vector<size_t>& inputs, const std::function<Status(size_t input, size_t slot)>& work) {
    return base::ParallelFor(
        context_.num_threads, static_cast<int64_t>(inputs.size()), context_.stop,
        [&](int, int64_t slot) { return work(inputs[static_cast<size_t>(slot)], static_cast<size_t>(slot)); });
  }

  Status CountInput(const std::string& path, InputCounts* counts) {
    std::vector<RowFate> fates;
    const auto consume = [&](const arrow::Table& rows) -> Status {
      ARROW_RETURN_NOT_OK(context_.stop.Check());
      fates.clear();
      ARROW_RETURN_NOT_OK(source_.Classify(rows, path, &fates));
      counts->rows_read += rows.num_rows();
      std::vector<PlaceCount> places;
      for (const RowFate& row : fates) {
        const auto fate = static_cast<size_t>(static_cast<uint8_t>(row.fate));
        ++counts->rows_by_fate[fate];
        counts->keys_by_fate[fate].Add(row.key);
        if (row.fate != 0) continue;
        if (places.empty() || places.back().place != row.key.place) places.push_back({row.key.place, 0});
        ++places.back().num_rows;
      }
      places = SortAndSum(std::move(places));
      AddExtents(places, &counts->extents);
      context_.progress->rows_done += rows.num_rows();
      const std::lock_guard<std::mutex> lock(mutex_);
      for (const PlaceCount& count : places) rows_of_place_[count.place] += count.num_rows;
      return Status::OK();
    };
    return catalog::ForEachRowGroup(*context_.storage, path, source_.key_columns(), consume);
  }

  // First pass: the books, and the plan of output files.
  Status CountPlaces() {
    const std::vector<FileInfo>& files = source_.files();
    std::vector<InputCounts> counts(files.size());
    std::vector<size_t> all(files.size());
    std::iota(all.begin(), all.end(), size_t{0});
    ARROW_RETURN_NOT_OK(ForEachInput(all, [&](size_t i, size_t) { return CountInput(files[i].path, &counts[i]); }));

    for (const InputCounts& input : counts) {
      report_.rows_read += input.rows_read;
      for (size_t f = 0; f < kMaxFates; ++f) {
        report_.rows_by_fate[f] += input.rows_by_fate[f];
        report_.keys_by_fate[f].Add(input.keys_by_fate[f]);
      }
    }
    for (const FileInfo& file : files) report_.bytes_read += file.size_bytes;
    for (const auto& [place, rows] : rows_of_place_) report_.places.push_back({place, rows});
    rows_of_place_ = {};
    report_.places = SortAndSum(std::move(report_.places));  // the map's order does not matter
    outputs_ = PlanOutputs(report_.places, options_.files_of_folder, options_.folder_per_region);
    for (size_t o = 0; o < outputs_.size(); ++o) {
      output_of_place_.insert(output_of_place_.end(),
                              static_cast<size_t>(outputs_[o].last_place - outputs_[o].first_place), o);
    }
    for (const InputCounts& input : counts) {
      std::vector<size_t> touched;
      for (const Extent& extent : input.extents) {
        for (size_t o = *OutputOf(extent.first); o <= *OutputOf(extent.last); ++o) {
          if (touched.empty() || touched.back() < o) touched.push_back(o);
        }
      }
      outputs_of_input_.push_back(std::move(touched));
    }
    context_.progress->rows_total += report_.rows_by_fate[0];
    return Status::OK();
  }

  // Nothing for a place that the first pass did not see.
  std::optional<size_t> OutputOf(const Place& place) const {
    const auto found = std::lower_bound(report_.places.begin(), report_.places.end(), place,
                                        [](const PlaceCount& c, const Place& p) { return c.place < p; });
    if (found == report_.places.end() || found->place != place) return std::nullopt;
    return output_of_place_[static_cast<size_t>(found - report_.places.begin())];
  }

  Status MakeDirectories() {
    for (const PlannedFile& output : outputs_) {
      if (output.index_in_folder != 0) continue;
      ARROW_RETURN_NOT_OK(
          context_.storage->MakeDirectories(io::ParentPath(io::JoinPath(directory_, output.RelativePath()))));
    }
    return Status::OK();
  }

  Status ChangedWhileRead(const std::string& path) const {
    return DataError({.path = path}, "its rows changed while it was being read: let the writer finish and run again.");
  }

  // The rows of one batch that belong to output files [begin, end), one piece an output file.
  Status GatherBatch(const arrow::Table& rows, const std::string& path, size_t begin, size_t end,
                     std::vector<Piece>* pieces) const {
    std::vector<RowFate> fates;
    ARROW_RETURN_NOT_OK(source_.Classify(rows, path, &fates));
    std::vector<std::pair<size_t, int64_t>> wanted;  // output, row
    std::optional<size_t> output;
    const Place* last_place = nullptr;
    for (size_t i = 0; i < fates.size(); ++i) {
      if (fates[i].fate != 0) continue;
      const Place& place = fates[i].key.place;
      if (last_place == nullptr || *last_place != place) {
        output = OutputOf(place);
        if (!output) return ChangedWhileRead(path);
        last_place = &place;
      }
      if (*output >= begin && *output < end) wanted.emplace_back(*output, static_cast<int64_t>(i));
    }
    std::sort(wanted.begin(), wanted.end());
    const TablePtr table = arrow::Table::Make(rows.schema(), rows.columns(), rows.num_rows());
    for (size_t first = 0; first < wanted.size();) {
      size_t last = first;
      std::vector<int64_t> indices;
      std::vector<RowKey> keys;
      for (; last < wanted.size() && wanted[last].first == wanted[first].first; ++last) {
        indices.push_back(wanted[last].second);
        keys.push_back(fates[static_cast<size_t>(wanted[last].second)].key);
      }
      // Small files mostly belong to one output file as they are.
      TablePtr taken = table;
      if (static_cast<int64_t>(indices.size()) != rows.num_rows()) {
        ARROW_ASSIGN_OR_RAISE(taken, TakeRows(table, indices));
      }
      ARROW_ASSIGN_OR_RAISE(TablePtr shaped, source_.Shape(*taken, keys, path));
      pieces->push_back({wanted[first].first, std::move(shaped)});
      first = last;
    }
    return Status::OK();
  }

  Status WriteOutput(const PlannedFile& output, std::vector<TablePtr> pieces) {
    int64_t gathered = 0;
    for (const TablePtr& piece : pieces) gathered += piece->num_rows();
    if (gathered != output.num_rows) return ChangedWhileRead(source_.files().front().path);
    ARROW_ASSIGN_OR_RAISE(TablePtr rows, arrow::ConcatenateTables(pieces));
    pieces.clear();
    ARROW_ASSIGN_OR_RAISE(rows, rows->CombineChunks());
    ARROW_ASSIGN_OR_RAISE(rows, SortRows(rows));
    ARROW_RETURN_NOT_OK(context_.stop.Check());
    if (options_.folder_per_region) {
      ARROW_ASSIGN_OR_RAISE(rows, rows->RemoveColumn(rows->schema()->GetFieldIndex("region_id")));
    }
    ARROW_RETURN_NOT_OK(catalog::WriteParquet(*context_.storage, io::JoinPath(directory_, output.RelativePath()), *rows,
                                              {.sorting_columns = {"region_id", "brickname", "objid"}}));
    context_.progress->rows_done += rows->num_rows();
    return Status::OK();
  }

  // Gathers, sorts and writes output files [begin, end).
  Status WriteGroup(size_t begin, size_t end) {
    std::vector<size_t> inputs;
    for (size_t i = 0; i < outputs_of_input_.size(); ++i) {
      const auto& touched = outputs_of_input_[i];
      const auto first = std::lower_bound(touched.begin(), touched.end(), begin);
      if (first != touched.end() && *first < end) inputs.push_back(i);
    }
    std::vector<std::vector<Piece>> pieces_of_input(inputs.size());
    ARROW_RETURN_NOT_OK(ForEachInput(inputs, [&](size_t input, size_t slot) {
      const std::string& path = source_.files()[input].path;
      return catalog::ForEachRowGroup(*context_.storage, path, {}, [&](const arrow::Table& rows) -> Status {
        ARROW_RETURN_NOT_OK(context_.stop.Check());
        return GatherBatch(rows, path, begin, end, &pieces_of_input[slot]);
      });
    }));
    std::vector<std::vector<TablePtr>> pieces_of_output(end - begin);
    for (std::vector<Piece>& pieces : pieces_of_input) {
      for (Piece& piece : pieces) pieces_of_output[piece.output - begin].push_back(std::move(piece.rows));
      pieces.clear();
    }
    return base::ParallelFor(context_.num_threads, static_cast<int64_t>(end - begin), context_.stop,
                             [&](int, int64_t o) {
                               const auto offset = static_cast<size_t>(o);
                               return WriteOutput(outputs_[begin + offset], std::move(pieces_of_output[offset]));
                             });
  }

  Status VerifyFile(const PlannedFile& output, WrittenFile* written, KeyChecksum* keys) {
    const std::string path = io::JoinPath(directory_, output.RelativePath());
    ARROW_ASSIGN_OR_RAISE(const FileInfo info, context_.storage->Stat(path));
    *written = {output.RelativePath(), output.split, 0, info.size_bytes};
    const auto consume = [&](const arrow::Table& rows) -> Status {
      ARROW_ASSIGN_OR_RAISE(const auto regions, CoreColumn<arrow::Int32Type>(rows, "region_id", path));
      ARROW_ASSIGN_OR_RAISE(const auto bricks, CoreColumn<arrow::StringType>(rows, "brickname", path));
      ARROW_ASSIGN_OR_RAISE(const auto objids, CoreColumn<arrow::Int64Type>(rows, "objid", path));
      for (int64_t i = 0; i < rows.num_rows(); ++i) {
        keys->Add({{output.split, regions->Value(i), PackBrickName(bricks->GetView(i))}, objids->Value(i)});
      }
      written->num_rows += rows.num_rows();
      return context_.stop.Check();
    };
    return catalog::ForEachRowGroup(*context_.storage, path, {"region_id", "brickname", "objid"}, consume);
  }

  // Reads back what is on disk: rows and keys must be those that were kept.
  Status VerifyWritten() {
    report_.files.resize(outputs_.size());
    std::vector<KeyChecksum> keys(outputs_.size());
    ARROW_RETURN_NOT_OK(base::ParallelFor(context_.num_threads, static_cast<int64_t>(outputs_.size()), context_.stop,
                                          [&](int, int64_t o) {
                                            const auto i = static_cast<size_t>(o);
                                            return VerifyFile(outputs_[i], &report_.files[i], &keys[i]);
                                          }));
    int64_t rows_written = 0;
    for (size_t o = 0; o < outputs_.size(); ++o) {
      rows_written += report_.files[o].num_rows;
      report_.keys_written.Add(keys[o]);
    }
    if (rows_written != report_.rows_by_fate[0] || report_.keys_written != report_.keys_by_fate[0]) {
      return InternalError(
          fmt::format("{} rows with key checksum {} were kept, but the files below {} hold {} rows with "
                      "{}: nothing is published. Please report this with the command.",
                      report_.rows_by_fate[0], report_.keys_by_fate[0].ToString(), directory_, rows_written,
                      report_.keys_written.ToString()));
    }
    return Status::OK();
  }

  RunContext& context_;
  const RowSource& source_;
  const SortedFilesOptions& options_;
  const std::string directory_;
  SortedFilesReport report_;
  std::vector<PlannedFile> outputs_;
  std::vector<size_t> output_of_place_;
  std::vector<std::vector<size_t>> outputs_of_input_;  // rising; more than those in which it has rows, never fewer
  std::mutex mutex_;
  std::unordered_map<Place, int64_t, PlaceHash> rows_of_place_;  // guarded by mutex_
};

}  // namespace

int64_t RegionsInSeveralSplits(const std::vector<PlaceCount>& places) {
  std::map<int32_t, std::set<SplitName>> splits;
  for (const PlaceCount& place : places) splits[place.place.region_id].insert(place.place.split);
  return std::count_if(splits.begin(), splits.end(), [](const auto& region) { return region.second.size() > 1; });
}

int64_t RowsInMemory(int64_t budget_bytes, const arrow::Schema& schema) {
  const int64_t num_carried = std::max<int64_t>(0, schema.num_fields() - kNumCoreColumns);
  const int64_t bytes_per_row = kBytesPerRow + num_carried * kBytesPerCarriedColumn;
  return std::max<int64_t>(1, budget_bytes * 35 / 100 / bytes_per_row);
}

Result<SortedFilesReport> WriteSortedFiles(RunContext& context, const RowSource& source,
                                           const SortedFilesOptions& options, const std::string& directory) {
  return Job(context, source, options, directory).Run();
}

}  // namespace dhs::parent
