// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "dhs/storage.h"
#include "parent/output_plan.h"
#include "parent/place.h"
#include "stage/stage.h"

namespace dhs::parent {

/// Most reasons a RowSource may tell apart, "kept" (0) among them.
inline constexpr int kMaxFates = 8;

/// Key and fate of one row: 0 = kept, any other number below kMaxFates = a reason of the source for leaving it out.
struct RowFate {
  RowKey key;
  int8_t fate = 0;
};

/// Rows to be put in order: which files hold them, where each belongs, what it looks like in the output.
/// All members are called from several threads at once.
class RowSource {
 public:
  virtual ~RowSource() = default;
  /// Their order and the cut of rows into files do not change the result.
  virtual const std::vector<FileInfo>& files() const = 0;
  /// Columns that Classify needs; also those read first, for every row.
  virtual const std::vector<std::string>& key_columns() const = 0;
  /// Appends one RowFate a row of `rows` (which may hold more columns than key_columns). A pure function of the rows.
  virtual Status Classify(const arrow::Table& rows, const std::string& path, std::vector<RowFate>* fates) const = 0;
  /// Kept rows with all columns of the file -> rows of the output schema. `keys[i]` belongs to row i.
  virtual Result<std::shared_ptr<arrow::Table>> Shape(const arrow::Table& rows, std::span<const RowKey> keys,
                                                      const std::string& path) const = 0;
};

struct SortedFilesOptions {
  std::shared_ptr<arrow::Schema> schema;  ///< of the output files: brickname, objid and region_id among its columns
  std::function<int64_t(int64_t rows)> files_of_folder;  ///< how many files a folder of so many rows should have
  /// region_split={S}/region_id={R}, and no column region_id in the files, instead of region_split={S}.
  bool folder_per_region = false;
  int64_t max_rows_in_memory = 0;  ///< rows gathered at a time; one output file at least whatever it says
};

struct WrittenFile {
  std::string path;  ///< relative to the directory
  SplitName split;
  int64_t num_rows = 0;
  int64_t num_bytes = 0;
};

/// The books of WriteSortedFiles: rows_read = sum of rows_by_fate; rows_by_fate[0] rows are on disk.
struct SortedFilesReport {
  int64_t rows_read = 0;
  int64_t bytes_read = 0;
  std::array<int64_t, kMaxFates> rows_by_fate{};
  std::array<KeyChecksum, kMaxFates> keys_by_fate{};
  KeyChecksum keys_written;        ///< of the files, read again
  std::vector<PlaceCount> places;  ///< rows written by place, sorted
  std::vector<WrittenFile> files;  ///< by split, then number
};

/// Writes the kept rows of `source` below `directory` as `region_split=<split>/part-NNNNN.parquet` (or with a folder
/// for each region), sorted by region_id, brickname, objid (rows equal in these: by all other columns), each brick in
/// one file.
///
/// Two passes: the first reads the key columns and counts rows by place; from the counts the files are planned. The
/// second gathers the rows of as many consecutive output files as fit `max_rows_in_memory`, sorts and writes them, and
/// goes on with the next; an input file is read again only for groups of output files in which it has rows, so inputs
/// clustered in the order of the output are read about once, and any other at most (rows / max_rows_in_memory) times.
/// Memory: max_rows_in_memory rows, and for each thread one row group and three copies of an output file.
/// Bytes do not depend on threads, memory, or how the rows are cut into input files.
/// Ends by reading the keys of the written files again: InternalError unless number and checksum equal the rows kept.
/// Errors otherwise: those of the source and the storage; DataError if an input changes between the passes.
Result<SortedFilesReport> WriteSortedFiles(RunContext& context, const RowSource& source,
                                           const SortedFilesOptions& options, const std::string& directory);

/// Regions that have rows in more than one split, as by `dhs regions --split brick`.
int64_t RegionsInSeveralSplits(const std::vector<PlaceCount>& places);

/// Rows of a parent catalog of this schema that may be gathered within `budget_bytes` (the rest is for threads'
/// copies).
int64_t RowsInMemory(int64_t budget_bytes, const arrow::Schema& schema);

/// The rows in the order (region_id, brickname, objid, then all other columns in schema order as text).
/// REQUIRES: contiguous columns; region_id int32, brickname string, objid int64.
Result<std::shared_ptr<arrow::Table>> SortRows(const std::shared_ptr<arrow::Table>& rows);

}  // namespace dhs::parent
