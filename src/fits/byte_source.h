// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <arrow/io/interfaces.h>

#include "dhs/error.h"

namespace dhs::fits {

/// Delivers the bytes of a file, decompressed, from front to back. Not thread-safe.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills `out`; fewer bytes than asked for only at the end. Errors: those of the file; DataError for a gzip stream
  /// that is cut short or corrupt, with the offset in the compressed file.
  virtual Result<int64_t> Read(int64_t num_bytes, void* out) = 0;
  /// Passes over bytes; returns how many there were.
  virtual Result<int64_t> Skip(int64_t num_bytes) = 0;
  /// Reads to the end, so that a gzip stream's checksums are all verified. Costs nothing for a plain file.
  virtual Status Finish() = 0;
  /// Bytes delivered or skipped so far.
  virtual int64_t position() const = 0;
};

/// True if the file begins with the two magic bytes of gzip (RFC 1952).
Result<bool> IsGzip(arrow::io::RandomAccessFile& file);

/// `path` is for messages.
std::unique_ptr<ByteSource> PlainSource(std::shared_ptr<arrow::io::RandomAccessFile> file);
std::unique_ptr<ByteSource> GzipSource(std::shared_ptr<arrow::io::RandomAccessFile> file, std::string path);

}  // namespace dhs::fits
