// SPDX-License-Identifier: Apache-2.0
#include "testing/faulty_storage.h"

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>
#include <utility>

#include <arrow/buffer.h>
#include <fmt/format.h>
#include <unistd.h>

namespace dhs::testing {

namespace {

enum Operation {
  kOpen,
  kRead,
  kLend,
  kCreate,
  kWrite,
  kSync,
  kClose,
  kRename,
  kRemove,
  kSyncDir,
  kMkdir,
  kAny,
  kNumOperations
};
constexpr std::array<const char*, kNumOperations> kOperationNames = {
    "open", "read", "lend", "create", "write", "sync", "close", "rename", "remove", "syncdir", "mkdir", "any"};
enum class FaultKind { kEio, kEnospc, kShort, kKill, kSlow };

struct Fault {
  FaultKind kind;
  Operation operation;
  int64_t nth;  // 0 = every
};

struct Plan {
  std::vector<Fault> faults;
  std::array<std::atomic<int64_t>, kNumOperations> counts{};

  // Counts one use; OK, or the error that it suffers. `cut_short` is set for a short read.
  Status Use(Operation operation, const std::string& path, bool* cut_short = nullptr) {
    const int64_t nth = ++counts[operation];
    const int64_t nth_any = ++counts[kAny];
    for (const Fault& fault : faults) {
      const bool hit = (fault.operation == operation && (fault.nth == 0 || fault.nth == nth)) ||
                       (fault.operation == kAny && (fault.nth == 0 || fault.nth == nth_any));
      if (!hit) continue;
      switch (fault.kind) {
        case FaultKind::kEio:
          return EnvironmentError({.path = path},
                                  fmt::format("cannot {}: Input/output error", kOperationNames[operation]));
        case FaultKind::kEnospc:
          return EnvironmentError({.path = path},
                                  fmt::format("cannot {}: No space left on device", kOperationNames[operation]));
        case FaultKind::kShort:
          if (cut_short != nullptr) *cut_short = true;
          break;
        case FaultKind::kKill:
          ::kill(::getpid(), SIGKILL);
          break;
        case FaultKind::kSlow:
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
          break;
      }
    }
    return Status::OK();
  }
};

// Zeros, as after a file was cut short under its reader.
class TornBytes : public LentBytes {
 public:
  explicit TornBytes(int64_t num_bytes) : TornBytes(std::make_unique<std::vector<uint8_t>>(num_bytes)) {}
  bool intact() const override { return false; }

 private:
  explicit TornBytes(std::unique_ptr<std::vector<uint8_t>> zeros)
      : LentBytes(zeros->data()), zeros_(std::move(zeros)) {}
  std::unique_ptr<std::vector<uint8_t>> zeros_;
};

class FaultyInput : public InputFile {
 public:
  FaultyInput(std::string path, std::shared_ptr<InputFile> file, std::shared_ptr<Plan> plan)
      : path_(std::move(path)), file_(std::move(file)), plan_(std::move(plan)) {}
  Status Close() override { return file_->Close(); }
  bool closed() const override { return file_->closed(); }
  Result<int64_t> GetSize() override { return file_->GetSize(); }
  Status WillNeed(const std::vector<arrow::io::ReadRange>& ranges) override { return file_->WillNeed(ranges); }

  using InputFile::ReadAt;
  Result<int64_t> ReadAt(int64_t offset, int64_t num_bytes, void* out) override {
    bool cut_short = false;
    ARROW_RETURN_NOT_OK(plan_->Use(kRead, path_, &cut_short));
    return file_->ReadAt(offset, cut_short ? num_bytes / 2 : num_bytes, out);
  }
  std::unique_ptr<LentBytes> Lend(int64_t offset, int64_t num_bytes) override {
    bool torn = false;
    const bool refused = !plan_->Use(kLend, path_, &torn).ok();
    if (torn) return std::make_unique<TornBytes>(num_bytes);
    return refused ? nullptr : file_->Lend(offset, num_bytes);
  }

 private:
  std::string path_;
  std::shared_ptr<InputFile> file_;
  std::shared_ptr<Plan> plan_;
};

class FaultyOutput : public OutputFile {
 public:
  FaultyOutput(std::string path, std::shared_ptr<OutputFile> file, std::shared_ptr<Plan> plan)
      : path_(std::move(path)), file_(std::move(file)), plan_(std::move(plan)) {}
  Status Write(const void* data, int64_t num_bytes) override {
    Status fault = plan_->Use(kWrite, path_);
    if (!fault.ok()) {
      // A full disk takes a part of what it is given.
      (void)file_->Write(data, num_bytes / 2);
      return fault;
    }
    return file_->Write(data, num_bytes);
  }
  using arrow::io::OutputStream::Write;
  Status Flush() override { return file_->Flush(); }
  Status Sync() override {
    ARROW_RETURN_NOT_OK(plan_->Use(kSync, path_));
    return file_->Sync();
  }
  Status Close() override {
    ARROW_RETURN_NOT_OK(plan_->Use(kClose, path_));
    return file_->Close();
  }
  Result<int64_t> Tell() const override { return file_->Tell(); }
  bool closed() const override { return file_->closed(); }

 private:
  std::string path_;
  std::shared_ptr<OutputFile> file_;
  std::shared_ptr<Plan> plan_;
};

class Faulty : public Storage {
 public:
  Faulty(std::shared_ptr<Storage> storage, std::shared_ptr<Plan> plan)
      : storage_(std::move(storage)), plan_(std::move(plan)) {}

  Result<std::shared_ptr<InputFile>> OpenInput(const std::string& path) override {
    ARROW_RETURN_NOT_OK(plan_->Use(kOpen, path));
    ARROW_ASSIGN_OR_RAISE(auto file, storage_->OpenInput(path));
    return std::make_shared<FaultyInput>(path, std::move(file), plan_);
  }
  Result<std::shared_ptr<OutputFile>> OpenOutput(const std::string& path) override {
    ARROW_RETURN_NOT_OK(plan_->Use(kCreate, path));
    ARROW_ASSIGN_OR_RAISE(auto file, storage_->OpenOutput(path));
    return std::make_shared<FaultyOutput>(path, std::move(file), plan_);
  }
  Result<std::shared_ptr<OutputFile>> OpenAppend(const std::string& path) override {
    ARROW_RETURN_NOT_OK(plan_->Use(kCreate, path));
    ARROW_ASSIGN_OR_RAISE(auto file, storage_->OpenAppend(path));
    return std::make_shared<FaultyOutput>(path, std::move(file), plan_);
  }
  Result<FileInfo> Stat(const std::string& path) override { return storage_->Stat(path); }
  Result<std::vector<FileInfo>> List(const std::string& directory, bool recursive) override {
    return storage_->List(directory, recursive);
  }
  Status MakeDirectories(const std::string& path) override {
    ARROW_RETURN_NOT_OK(plan_->Use(kMkdir, path));
    return storage_->MakeDirectories(path);
  }
  Status Rename(const std::string& from, const std::string& to) override {
    ARROW_RETURN_NOT_OK(plan_->Use(kRename, from));
    return storage_->Rename(from, to);
  }
  Status Remove(const std::string& path) override {
    ARROW_RETURN_NOT_OK(plan_->Use(kRemove, path));
    return storage_->Remove(path);
  }
  Status SyncDirectory(const std::string& directory) override {
    ARROW_RETURN_NOT_OK(plan_->Use(kSyncDir, directory));
    return storage_->SyncDirectory(directory);
  }
  Result<std::shared_ptr<void>> TryLock(const std::string& path) override { return storage_->TryLock(path); }

  const Plan& plan() const { return *plan_; }

 private:
  std::shared_ptr<Storage> storage_;
  std::shared_ptr<Plan> plan_;
};

Result<Fault> ParseFault(const std::string& text) {
  const size_t at = text.find('@');
  const size_t colon = text.find(':', at == std::string::npos ? 0 : at);
  if (at == std::string::npos || colon == std::string::npos) {
    return UsageError(fmt::format("fault '{}': expected <kind>@<operation>:<n>", text));
  }
  const std::string kind = text.substr(0, at), operation = text.substr(at + 1, colon - at - 1),
                    nth = text.substr(colon + 1);
  Fault fault{};
  constexpr std::array<const char*, 5> kKinds = {"eio", "enospc", "short", "kill", "slow"};
  size_t k = 0;
  while (k < kKinds.size() && kind != kKinds[k]) ++k;
  size_t o = 0;
  while (o < kOperationNames.size() && operation != kOperationNames[o]) ++o;
  if (k == kKinds.size() || o == kOperationNames.size())
    return UsageError(fmt::format("fault '{}': unknown word", text));
  fault.kind = static_cast<FaultKind>(k);
  fault.operation = static_cast<Operation>(o);
  fault.nth = nth == "*" ? 0 : std::atoll(nth.c_str());
  if (nth != "*" && fault.nth < 1) return UsageError(fmt::format("fault '{}': n must be '*' or at least 1", text));
  return fault;
}

}  // namespace

Result<std::shared_ptr<Storage>> FaultyStorage(std::shared_ptr<Storage> storage, const std::string& plan_text) {
  auto plan = std::make_shared<Plan>();
  size_t begin = 0;
  while (begin < plan_text.size()) {
    size_t end = plan_text.find(';', begin);
    if (end == std::string::npos) end = plan_text.size();
    if (end > begin) {
      ARROW_ASSIGN_OR_RAISE(const Fault fault, ParseFault(plan_text.substr(begin, end - begin)));
      plan->faults.push_back(fault);
    }
    begin = end + 1;
  }
  return std::make_shared<Faulty>(std::move(storage), std::move(plan));
}

std::string FaultyStorageCounts(const Storage& faulty) {
  const Plan& plan = dynamic_cast<const Faulty&>(faulty).plan();
  std::string text;
  for (size_t i = 0; i < kNumOperations; ++i) text += fmt::format("{}={} ", kOperationNames[i], plan.counts[i].load());
  return text;
}

}  // namespace dhs::testing
