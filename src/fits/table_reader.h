// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <arrow/io/interfaces.h>

#include "dhs/error.h"
#include "dhs/storage.h"
#include "fits/byte_source.h"
#include "fits/header.h"
#include "fits/table_layout.h"

namespace dhs::fits {

/// Reads raw rows of the first BINTABLE of a FITS file, plain or gzip (told by content). HDUs before it are passed
/// over.
///
/// Plain files: ReadRows from any number of threads at once. Both kinds: ReadNextRows from front to back by one thread.
class TableReader {
 public:
  /// Errors (DataError with path, HDU, card or byte offset): not FITS, no BINTABLE, a header or layout that is refused,
  /// a plain file shorter than its header says (expected and found bytes).
  static Result<std::unique_ptr<TableReader>> Open(Storage& storage, const std::string& path);
  /// The same over an open file; `path` is for messages.
  static Result<std::unique_ptr<TableReader>> Open(std::shared_ptr<arrow::io::RandomAccessFile> file, std::string path);

  const std::string& path() const { return path_; }
  const Header& header() const { return header_; }
  const TableLayout& layout() const { return layout_; }
  int64_t num_rows() const { return layout_.num_rows(); }
  bool is_gzip() const { return is_gzip_; }
  /// First byte of row 0 in the (decompressed) file.
  int64_t data_offset() const { return data_offset_; }
  /// Of the file as stored.
  int64_t file_size_bytes() const { return file_size_bytes_; }

  /// Rows [first, first + count) as they lie in the file, count * row_bytes() bytes. Safe from any thread.
  /// REQUIRES: a plain file; a range within the table. DataError if the file became shorter meanwhile.
  Status ReadRows(int64_t first, int64_t count, uint8_t* out) const;
  /// The same rows where they lie, if the storage can lend them without copying, else nullptr. Safe from any thread.
  /// REQUIRES: a plain file; a range within the table. The loan goes before the reader does.
  std::unique_ptr<LentBytes> LendRows(int64_t first, int64_t count) const;
  /// Asks the storage to have these rows at hand soon. Rows beyond the end are ignored. REQUIRES: a plain file.
  Status Prefetch(int64_t first, int64_t count) const;

  /// The next rows, at most `max_rows`; returns how many (0 at the end). Not thread-safe. DataError if the data end
  /// before the last row.
  Result<int64_t> ReadNextRows(int64_t max_rows, uint8_t* out);
  /// After the last row: reads a gzip stream to its end and verifies its checksums.
  Status Finish() { return source_->Finish(); }

 private:
  TableReader() = default;
  Status FindTable();
  Result<Header> ReadHeader(int hdu);
  Status CheckSize() const;
  Status Truncated(int64_t found_bytes) const;

  std::string path_;
  std::shared_ptr<arrow::io::RandomAccessFile> file_;
  std::shared_ptr<InputFile> lender_;  ///< the same file where it comes from a storage
  std::unique_ptr<ByteSource> source_;
  Header header_;
  TableLayout layout_;
  bool is_gzip_ = false;
  int64_t data_offset_ = 0;
  int64_t file_size_bytes_ = 0;
  int64_t next_row_ = 0;
};

}  // namespace dhs::fits
