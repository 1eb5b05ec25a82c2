// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/io/interfaces.h>

#include "dhs/error.h"

namespace dhs {

enum class FileKind { kNone, kFile, kDirectory };

struct FileInfo {
  std::string path;
  FileKind kind = FileKind::kNone;
  int64_t size_bytes = 0;
  int64_t mtime_ns = 0;   ///< since the epoch
  std::string etag = {};  ///< of a web server's file, as sent
};

/// Bytes of a file, lent where they lie in memory instead of being copied.
class LentBytes {
 public:
  explicit LentBytes(const uint8_t* data) : data_(data) {}
  virtual ~LentBytes() = default;
  /// Valid for as long as this object lives, and open to reading even if the file is cut short meanwhile.
  const uint8_t* data() const { return data_; }
  /// False once some of the bytes could not be had and zeros were read in their place. Ask after the last read: what
  /// was read then means nothing, and a copying read tells the reason.
  virtual bool intact() const = 0;

 private:
  const uint8_t* data_;
};

/// A file being read. Who makes one gives GetSize, Close, closed and the ReadAt that fills memory of the caller; the
/// position and all other ways of reading follow from that ReadAt.
class InputFile : public arrow::io::RandomAccessFile {
 public:
  using RandomAccessFile::ReadAt;
  Result<int64_t> Tell() const override { return position_; }
  Status Seek(int64_t position) override;
  Result<std::shared_ptr<arrow::Buffer>> ReadAt(int64_t offset, int64_t num_bytes) override;
  Result<int64_t> Read(int64_t num_bytes, void* out) override;
  Result<std::shared_ptr<arrow::Buffer>> Read(int64_t num_bytes) override;
  /// Lends the bytes [offset, offset + num_bytes) if they can be had at once without copying them, else nullptr: then
  /// read them. Safe from any thread. REQUIRES: a range within the file; the result goes before the file does.
  virtual std::unique_ptr<LentBytes> Lend(int64_t /*offset*/, int64_t /*num_bytes*/) { return nullptr; }

 private:
  int64_t position_ = 0;
};

/// A file being written. Arrow's stream plus durability. Dropped without Close() it is discarded, never published, but
/// for one of Storage::OpenAppend.
class OutputFile : public arrow::io::OutputStream {
 public:
  /// Returns when every byte written so far is on stable storage (fsync).
  virtual Status Sync() = 0;
};

/// The one seam through which every file is reached.
/// All members are safe from any thread. Paths are absolute or relative to the working directory, with '/' between
/// parts. Errors: EnvironmentError with the path and the system's reason; a missing input is a DataError.
class Storage {
 public:
  virtual ~Storage() = default;

  /// Random and sequential reads of an existing file. ReadAt may be called from several threads at once.
  virtual Result<std::shared_ptr<InputFile>> OpenInput(const std::string& path) = 0;
  /// Creates or truncates `path`; its directory must exist. Only for paths inside a staging directory.
  virtual Result<std::shared_ptr<OutputFile>> OpenOutput(const std::string& path) = 0;
  /// Continues an existing file at its end. Dropped without Close() it keeps what was written. UsageError where files
  /// cannot be continued.
  virtual Result<std::shared_ptr<OutputFile>> OpenAppend(const std::string& path) = 0;
  /// kNone for a path that does not exist (not an error).
  virtual Result<FileInfo> Stat(const std::string& path) = 0;
  /// Entries below `directory`, sorted by path in byte order; with `recursive`, files and directories at any depth.
  virtual Result<std::vector<FileInfo>> List(const std::string& directory, bool recursive) = 0;
  virtual Status MakeDirectories(const std::string& path) = 0;
  /// Atomic within one file system; a file replaces a file; a directory only replaces nothing.
  virtual Status Rename(const std::string& from, const std::string& to) = 0;
  /// Removes a file or a whole directory; no error if there is none.
  virtual Status Remove(const std::string& path) = 0;
  /// Makes renames and creations in `directory` durable.
  virtual Status SyncDirectory(const std::string& directory) = 0;
  /// Takes the lock named by the file `path` for as long as the result lives; nullptr when another process holds it.
  /// A dead process holds no lock, and none leaves a file behind once it is given back.
  virtual Result<std::shared_ptr<void>> TryLock(const std::string& path) = 0;
};

/// The files of this machine.
std::shared_ptr<Storage> LocalStorage();

/// Goes by the path: an http:// or https:// URL is read from its server (src/io/http_storage.h; patience as
/// DHS_HTTP_TRIES and DHS_HTTP_TIMEOUT_S say), any other path is a file of this machine. DataError for other schemes.
/// A run makes one of its own: what a URL held when first seen is what it must hold from then on.
std::shared_ptr<Storage> StorageByScheme();

}  // namespace dhs
