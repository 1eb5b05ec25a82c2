// SPDX-License-Identifier: Apache-2.0
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "dhs/storage.h"
#include "io/http_storage.h"
#include "io/url.h"

namespace dhs {

namespace {

class ByScheme : public Storage {
 public:
  Result<std::shared_ptr<InputFile>> OpenInput(const std::string& path) override {
    ARROW_ASSIGN_OR_RAISE(Storage* const storage, For(path));
    return storage->OpenInput(path);
  }
  Result<std::shared_ptr<OutputFile>> OpenOutput(const std::string& path) override {
    ARROW_ASSIGN_OR_RAISE(Storage* const storage, For(path));
    return storage->OpenOutput(path);
  }
  Result<std::shared_ptr<OutputFile>> OpenAppend(const std::string& path) override {
    ARROW_ASSIGN_OR_RAISE(Storage* const storage, For(path));
    return storage->OpenAppend(path);
  }
  Result<FileInfo> Stat(const std::string& path) override {
    ARROW_ASSIGN_OR_RAISE(Storage* const storage, For(path));
    return storage->Stat(path);
  }
  Result<std::vector<FileInfo>> List(const std::string& directory, bool recursive) override {
    ARROW_ASSIGN_OR_RAISE(Storage* const storage, For(directory));
    return storage->List(directory, recursive);
  }
  Status MakeDirectories(const std::string& path) override {
    ARROW_ASSIGN_OR_RAISE(Storage* const storage, For(path));
    return storage->MakeDirectories(path);
  }
  Status Rename(const std::string& from, const std::string& to) override {
    ARROW_ASSIGN_OR_RAISE(Storage* const storage, For(from));
    ARROW_ASSIGN_OR_RAISE(Storage* const target, For(to));
    if (storage != target) return UsageError(fmt::format("{} cannot be renamed to {}: it lies elsewhere", from, to));
    return storage->Rename(from, to);
  }
  Status Remove(const std::string& path) override {
    ARROW_ASSIGN_OR_RAISE(Storage* const storage, For(path));
    return storage->Remove(path);
  }
  Status SyncDirectory(const std::string& directory) override {
    ARROW_ASSIGN_OR_RAISE(Storage* const storage, For(directory));
    return storage->SyncDirectory(directory);
  }
  Result<std::shared_ptr<void>> TryLock(const std::string& path) override {
    ARROW_ASSIGN_OR_RAISE(Storage* const storage, For(path));
    return storage->TryLock(path);
  }

 private:
  Result<Storage*> For(const std::string& path) {
    if (!io::IsUrl(path)) return local_.get();
    ARROW_RETURN_NOT_OK(io::NormalUrl(path).status());
    const std::lock_guard<std::mutex> lock(mutex_);
    if (http_ == nullptr) {
      ARROW_ASSIGN_OR_RAISE(const io::HttpOptions options, io::HttpOptions::FromEnvironment());
      http_ = io::HttpStorage(options);
    }
    return http_.get();
  }

  const std::shared_ptr<Storage> local_ = LocalStorage();
  std::mutex mutex_;
  std::shared_ptr<Storage> http_;  // made when the first URL comes
};

}  // namespace

std::shared_ptr<Storage> StorageByScheme() { return std::make_shared<ByScheme>(); }

}  // namespace dhs
