// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <utility>

#include <arrow/buffer.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dhs/storage.h"
#include "io/files.h"
#include "io/lent_mapping.h"

namespace dhs {

namespace {

namespace fs = std::filesystem;

std::string Reason(int error) { return std::generic_category().message(error); }

Status SystemError(const std::string& path, std::string_view action, int error) {
  if (error == ENOENT || error == ENOTDIR || error == EISDIR) {
    return DataError({.path = path}, fmt::format("cannot {}: {}", action, Reason(error)));
  }
  std::string hint;
  if (error == ENOSPC || error == EDQUOT) hint = "; free some space and run the same command again";
  return EnvironmentError({.path = path}, fmt::format("cannot {}: {}{}", action, Reason(error), hint));
}

class LocalInput : public InputFile {
 public:
  LocalInput(std::string path, int fd, int64_t size) : path_(std::move(path)), fd_(fd), size_(size) {}
  ~LocalInput() override { (void)LocalInput::Close(); }

  arrow::Status Close() override {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    return Status::OK();
  }
  bool closed() const override { return fd_ < 0; }
  Result<int64_t> GetSize() override { return size_; }
  using InputFile::ReadAt;

  Result<int64_t> ReadAt(int64_t offset, int64_t num_bytes, void* out) override {
    int64_t done = 0;
    while (done < num_bytes) {
      const ssize_t got =
          ::pread(fd_, static_cast<char*>(out) + done, static_cast<size_t>(num_bytes - done), offset + done);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        return EnvironmentError({.path = path_, .byte_offset = offset + done},
                                fmt::format("cannot read: {}", Reason(errno)));
      }
      if (got == 0) break;
      done += got;
    }
    return done;
  }
  Status WillNeed(const std::vector<arrow::io::ReadRange>& ranges) override {
    // Advice only: a file system that has no read-ahead may refuse it.
    for (const auto& range : ranges) ::posix_fadvise(fd_, range.offset, range.length, POSIX_FADV_WILLNEED);
    return Status::OK();
  }
  std::unique_ptr<LentBytes> Lend(int64_t offset, int64_t num_bytes) override {
    return io::LendMapping(fd_, offset, num_bytes);
  }

 private:
  std::string path_;
  int fd_;
  int64_t size_;
};

class LocalOutput : public OutputFile {
 public:
  LocalOutput(std::string path, int fd, int64_t position, bool keep)
      : path_(std::move(path)), fd_(fd), position_(position), keep_(keep) {}
  ~LocalOutput() override {
    if (fd_ < 0) return;
    ::close(fd_);
    if (!keep_) ::unlink(path_.c_str());
  }

  Status Write(const void* data, int64_t num_bytes) override {
    int64_t done = 0;
    while (done < num_bytes) {
      const ssize_t put = ::write(fd_, static_cast<const char*>(data) + done, static_cast<size_t>(num_bytes - done));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return SystemError(path_, fmt::format("write at byte {}", position_ + done), errno);
      done += put;
    }
    position_ += num_bytes;
    return Status::OK();
  }
  using arrow::io::OutputStream::Write;
  Status Flush() override { return Status::OK(); }
  Status Sync() override { return ::fsync(fd_) == 0 ? Status::OK() : SystemError(path_, "sync to disk", errno); }
  Status Close() override {
    if (fd_ < 0) return Status::OK();
    return ::close(std::exchange(fd_, -1)) == 0 ? Status::OK() : SystemError(path_, "close", errno);
  }
  Result<int64_t> Tell() const override { return position_; }
  bool closed() const override { return fd_ < 0; }

 private:
  std::string path_;
  int fd_;
  int64_t position_;
  bool keep_;
};

class Local : public Storage {
 public:
  Result<std::shared_ptr<InputFile>> OpenInput(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return SystemError(path, "open", errno);
    struct stat info;
    if (::fstat(fd, &info) != 0 || S_ISDIR(info.st_mode)) {
      const int error = S_ISDIR(info.st_mode) ? EISDIR : errno;
      ::close(fd);
      return SystemError(path, "open", error);
    }
    return std::make_shared<LocalInput>(path, fd, static_cast<int64_t>(info.st_size));
  }

  Result<std::shared_ptr<OutputFile>> OpenOutput(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) return SystemError(path, "create", errno);
    return std::make_shared<LocalOutput>(path, fd, /*position=*/0, /*keep=*/false);
  }

  Result<std::shared_ptr<OutputFile>> OpenAppend(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0) return SystemError(path, "continue", errno);
    struct stat info;
    if (::fstat(fd, &info) != 0) {
      const int error = errno;
      ::close(fd);
      return SystemError(path, "look up", error);
    }
    return std::make_shared<LocalOutput>(path, fd, static_cast<int64_t>(info.st_size), /*keep=*/true);
  }

  Result<FileInfo> Stat(const std::string& path) override {
    struct stat info;
    if (::stat(path.c_str(), &info) != 0) {
      if (errno == ENOENT || errno == ENOTDIR) return FileInfo{path, FileKind::kNone, 0, 0};
      return SystemError(path, "look up", errno);
    }
    const bool directory = S_ISDIR(info.st_mode);
    return FileInfo{path, directory ? FileKind::kDirectory : FileKind::kFile,
                    directory ? 0 : static_cast<int64_t>(info.st_size),
                    int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec};
  }

  Result<std::vector<FileInfo>> List(const std::string& directory, bool recursive) override {
    std::vector<std::string> paths;
    std::error_code error;
    if (recursive) {
      fs::recursive_directory_iterator it(directory, error);
      for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) paths.push_back(it->path());
    } else {
      fs::directory_iterator it(directory, error);
      for (; !error && it != fs::directory_iterator(); it.increment(error)) paths.push_back(it->path());
    }
    if (error) return SystemError(directory, "list", error.value());
    std::sort(paths.begin(), paths.end());
    std::vector<FileInfo> entries;
    entries.reserve(paths.size());
    for (const std::string& path : paths) {
      ARROW_ASSIGN_OR_RAISE(FileInfo info, Stat(path));
      if (info.kind != FileKind::kNone) entries.push_back(std::move(info));
    }
    return entries;
  }

  Status MakeDirectories(const std::string& path) override {
    std::error_code error;
    fs::create_directories(path, error);
    return error ? SystemError(path, "make the directory", error.value()) : Status::OK();
  }

  Status Rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) == 0) return Status::OK();
    return SystemError(from, fmt::format("rename to {}", to), errno);
  }

  Status Remove(const std::string& path) override {
    std::error_code error;
    fs::remove_all(path, error);
    return error ? SystemError(path, "remove", error.value()) : Status::OK();
  }

  Status SyncDirectory(const std::string& directory) override {
    const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return SystemError(directory, "open", errno);
    const int result = ::fsync(fd);
    const int error = errno;
    ::close(fd);
    // Some network file systems cannot sync a directory and say EINVAL; their renames are durable by themselves.
    if (result != 0 && error != EINVAL) return SystemError(directory, "sync to disk", error);
    return Status::OK();
  }

  Result<std::shared_ptr<void>> TryLock(const std::string& path) override {
    while (true) {
      const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
      if (fd < 0) return SystemError(path, "create the lock file", errno);
      if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        const int error = errno;
        ::close(fd);
        if (error == EWOULDBLOCK) return std::shared_ptr<void>();
        return SystemError(path, "lock", error);
      }
      // The holder before us unlinks the file as it lets go: a lock on a nameless file locks nobody out.
      struct stat by_fd, by_path;
      if (::fstat(fd, &by_fd) == 0 && ::stat(path.c_str(), &by_path) == 0 && by_fd.st_ino == by_path.st_ino) {
        return std::shared_ptr<void>(new int(fd), [path](void* held) {
          ::unlink(path.c_str());
          ::close(*static_cast<int*>(held));
          delete static_cast<int*>(held);
        });
      }
      ::close(fd);
    }
  }
};

}  // namespace

std::shared_ptr<Storage> LocalStorage() {
  static const std::shared_ptr<Storage> storage = std::make_shared<Local>();
  return storage;
}

}  // namespace dhs
