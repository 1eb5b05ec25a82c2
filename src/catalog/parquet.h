// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "dhs/error.h"
#include "dhs/storage.h"

namespace dhs::catalog {

struct ParquetWriteOptions {
  std::vector<std::string> sorting_columns = {};  ///< ascending, nulls last; REQUIRES: rows come in this order
  int64_t max_rows_per_group = 128 * 1024;
  /// Above 1, columns of a row group are encoded side by side on the threads of Arrow, at most as many as there are
  /// cores; the bytes are the same.
  int num_threads = 1;
};

/// Writes one Parquet file through a Storage: zstd, dictionary for low-cardinality columns only, BYTE_STREAM_SPLIT for
/// floats, DELTA_BINARY_PACKED for 64-bit ids, statistics, page index, page checksums, sorting metadata, Arrow schema
/// with units and descriptions. The same rows give the same bytes however they are cut into batches: rows are gathered
/// into full row groups. Not thread-safe. Dropped without Close() it leaves a partial file in the staging directory
/// only.
class ParquetFileWriter {
 public:
  static Result<std::unique_ptr<ParquetFileWriter>> Open(Storage& storage, const std::string& path,
                                                         std::shared_ptr<arrow::Schema> schema,
                                                         ParquetWriteOptions options = {});
  virtual ~ParquetFileWriter() = default;
  /// REQUIRES: the schema given to Open (metadata apart). InternalError for a null in a column that has none.
  virtual Status Write(const arrow::Table& table) = 0;
  /// Writes the last row group and the footer, syncs, closes.
  virtual Status Close() = 0;
  virtual int64_t num_rows() const = 0;
};

/// Open, one Write, Close.
Status WriteParquet(Storage& storage, const std::string& path, const arrow::Table& table,
                    ParquetWriteOptions options = {});

/// One file, or every *.parquet at any depth below a directory in path order (names that start with '_' or '.' are left
/// out). Hive parts of the path ("region_split=train") become string (or, for region_id, int32) columns where the file
/// lacks them. `columns` empty = all; a missing one is a DataError that names the file, the column and the nearest
/// names. `num_threads` above 1: columns are decoded side by side, on at most as many threads as there are cores.
Result<std::shared_ptr<arrow::Table>> ReadParquet(Storage& storage, const std::string& path,
                                                  const std::vector<std::string>& columns = {}, int num_threads = 1);

/// The *.parquet files of a file or directory path, sorted. DataError if there is none.
Result<std::vector<FileInfo>> ListParquetFiles(Storage& storage, const std::string& path);

/// The same for a folder whose books vouch for it: empty where there is no such file (or no such folder).
Result<std::vector<FileInfo>> ListParquetFilesIfAny(Storage& storage, const std::string& path);

struct ParquetFileInfo {
  std::shared_ptr<arrow::Schema> schema = {};  ///< with the hive columns appended
  int64_t num_rows = 0;
  int num_row_groups = 0;
};
Result<ParquetFileInfo> InspectParquet(Storage& storage, const std::string& path);

/// Streams one file row group by row group (`columns` as above), calling `consume` in file order. Memory: one row
/// group.
Status ForEachRowGroup(Storage& storage, const std::string& path, const std::vector<std::string>& columns,
                       const std::function<Status(const arrow::Table& rows)>& consume);

/// Table to RFC 4180 CSV: header line, '\n', floats in the shortest form that reads back to the same value, null as an
/// empty cell, NaN as NaN.
Status WriteCsv(Storage& storage, const std::string& path, const arrow::Table& table);

/// A CSV table with a header line, types inferred (all-integer columns int64, others double or string; "" is null).
Result<std::shared_ptr<arrow::Table>> ReadCsv(Storage& storage, const std::string& path);

}  // namespace dhs::catalog
