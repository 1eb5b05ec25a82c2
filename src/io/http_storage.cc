// SPDX-License-Identifier: Apache-2.0
#include "io/http_storage.h"

#include <mutex>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "io/fetch_pool.h"
#include "io/http_input.h"
#include "io/libcurl.h"
#include "io/url.h"

namespace dhs::io {

namespace {

// Asked for when a file is opened: the headers of a sweep take 40 kB, and a gzip stream is read in pieces of this size.
constexpr int64_t kOpeningBytes = 256 * 1024;

FileInfo InfoOf(const std::string& url, const HttpIdentity& identity) {
  FileInfo info{url, FileKind::kFile, identity.size_bytes, 0};
  const time_t date = identity.last_modified.empty() ? -1 : curl_getdate(identity.last_modified.c_str(), nullptr);
  if (date > 0) info.mtime_ns = int64_t{date} * 1'000'000'000;
  info.etag = identity.etag;
  return info;
}

class Http : public Storage {
 public:
  explicit Http(const HttpOptions& options)
      : client_(std::make_shared<HttpClient>(options)), pool_(std::make_shared<FetchPool>()) {}

  Result<std::shared_ptr<InputFile>> OpenInput(const std::string& path) override {
    ARROW_ASSIGN_OR_RAISE(const std::string url, NormalUrl(path));
    ARROW_ASSIGN_OR_RAISE(HttpOpening opening, client_->Open(url, kOpeningBytes));
    ARROW_ASSIGN_OR_RAISE(opening.identity, Remember(url, opening.identity));
    return MakeHttpInput(client_, pool_, url, std::move(opening));
  }

  Result<FileInfo> Stat(const std::string& path) override {
    ARROW_ASSIGN_OR_RAISE(const std::string url, NormalUrl(path));
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (const auto found = seen_.find(url); found != seen_.end()) return InfoOf(url, found->second);
    }
    ARROW_ASSIGN_OR_RAISE(const auto identity, client_->Look(url));
    if (!identity) return FileInfo{url, FileKind::kNone, 0, 0};
    ARROW_ASSIGN_OR_RAISE(const HttpIdentity known, Remember(url, *identity));
    return InfoOf(url, known);
  }

  Result<std::vector<FileInfo>> List(const std::string& directory, bool) override {
    return UsageError(fmt::format("{}: a web server does not list its files; name one of them", directory));
  }
  Result<std::shared_ptr<OutputFile>> OpenOutput(const std::string& path) override { return ReadOnly(path); }
  Result<std::shared_ptr<OutputFile>> OpenAppend(const std::string& path) override { return ReadOnly(path); }
  Status MakeDirectories(const std::string& path) override { return ReadOnly(path); }
  Status Rename(const std::string& from, const std::string&) override { return ReadOnly(from); }
  Status Remove(const std::string& path) override { return ReadOnly(path); }
  Status SyncDirectory(const std::string& directory) override { return ReadOnly(directory); }
  Result<std::shared_ptr<void>> TryLock(const std::string& path) override { return ReadOnly(path); }

 private:
  static Status ReadOnly(const std::string& path) {
    return UsageError(fmt::format("{}: nothing is written to web servers; name a folder of this machine", path));
  }

  /// What is known of the file by now, or DataError if it is not the one that was first seen.
  Result<HttpIdentity> Remember(const std::string& url, const HttpIdentity& identity) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto [entry, is_new] = seen_.emplace(url, identity);
    HttpIdentity& known = entry->second;
    if (is_new) return known;
    ARROW_RETURN_NOT_OK(CheckSameFile(url, known, identity));
    if (known.etag.empty()) known.etag = identity.etag;
    if (known.last_modified.empty()) known.last_modified = identity.last_modified;
    return known;
  }

  const std::shared_ptr<HttpClient> client_;
  const std::shared_ptr<FetchPool> pool_;
  std::mutex mutex_;  // for all below
  std::unordered_map<std::string, HttpIdentity> seen_;
};

}  // namespace

std::shared_ptr<Storage> HttpStorage(const HttpOptions& options) { return std::make_shared<Http>(options); }

}  // namespace dhs::io
