// SPDX-License-Identifier: Apache-2.0
#include "io/staging.h"

#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "io/files.h"

namespace dhs::io {

namespace {

constexpr char kSuccess[] = "_SUCCESS";

// ".<name><suffix>" beside `final_path`.
std::string Beside(const std::string& final_path, std::string_view suffix) {
  return JoinPath(ParentPath(final_path), fmt::format(".{}{}", BaseName(final_path), suffix));
}

// A death between the two renames of Publish leaves the older output under its spare name only; one after them leaves
// the spare copy to be removed.
Status RepairHalfDoneSwap(Storage& storage, const std::string& final_path) {
  const std::string spare = Beside(final_path, ".old");
  ARROW_ASSIGN_OR_RAISE(const FileInfo spare_info, storage.Stat(spare));
  if (spare_info.kind == FileKind::kNone) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const FileInfo final_info, storage.Stat(final_path));
  if (final_info.kind == FileKind::kNone) {
    ARROW_RETURN_NOT_OK(storage.Rename(spare, final_path));
    return storage.SyncDirectory(ParentPath(final_path));
  }
  return storage.Remove(spare);
}

// Names beside `final_path` that belong to it: ".<name>.lock", ".<name>.old", ".<name>.staging-<key>".
Result<std::vector<std::string>> LeftoversOf(Storage& storage, const std::string& final_path) {
  ARROW_ASSIGN_OR_RAISE(const auto entries, storage.List(ParentPath(final_path), /*recursive=*/false));
  const std::string prefix = BaseName(Beside(final_path, "."));
  std::vector<std::string> paths;
  for (const FileInfo& entry : entries) {
    const std::string name = BaseName(entry.path);
    if (!name.starts_with(prefix)) continue;
    const std::string_view suffix = std::string_view(name).substr(prefix.size());
    if (suffix == "lock" || suffix == "old" || suffix.starts_with("staging-")) paths.push_back(entry.path);
  }
  return paths;
}

// Those of other work than `own_path`. The lock file goes with the lock.
Status RemoveOtherStagings(Storage& storage, const std::string& final_path, const std::string& own_path) {
  ARROW_ASSIGN_OR_RAISE(const auto leftovers, LeftoversOf(storage, final_path));
  const std::string prefix = BaseName(Beside(final_path, ".staging-"));
  for (const std::string& path : leftovers) {
    const std::string name = BaseName(path);
    if (name.starts_with(prefix) && name != BaseName(own_path)) ARROW_RETURN_NOT_OK(storage.Remove(path));
  }
  return Status::OK();
}

}  // namespace

Staging::Staging(std::shared_ptr<Storage> storage, std::string final_path, std::string path, std::shared_ptr<void> lock)
    : storage_(std::move(storage)),
      final_path_(std::move(final_path)),
      path_(std::move(path)),
      lock_(std::move(lock)) {}

Result<std::unique_ptr<Staging>> Staging::Open(std::shared_ptr<Storage> storage, std::string final_path,
                                               std::string key) {
  const std::string parent = ParentPath(final_path);
  ARROW_RETURN_NOT_OK(storage->MakeDirectories(parent));
  ARROW_ASSIGN_OR_RAISE(auto lock, storage->TryLock(Beside(final_path, ".lock")));
  if (lock == nullptr) {
    return EnvironmentError({.path = final_path},
                            "another process is making this output now; wait for it, or stop it and try again");
  }
  ARROW_RETURN_NOT_OK(RepairHalfDoneSwap(*storage, final_path));

  std::string path = Beside(final_path, ".staging-" + key);
  ARROW_RETURN_NOT_OK(RemoveOtherStagings(*storage, final_path, path));
  ARROW_RETURN_NOT_OK(storage->MakeDirectories(path));
  ARROW_RETURN_NOT_OK(storage->Remove(JoinPath(path, kSuccess)));
  return std::unique_ptr<Staging>(
      new Staging(std::move(storage), std::move(final_path), std::move(path), std::move(lock)));
}

Status Staging::Clear() {
  ARROW_RETURN_NOT_OK(storage_->Remove(path_));
  return storage_->MakeDirectories(path_);
}

Status Staging::Publish() {
  ARROW_ASSIGN_OR_RAISE(const auto entries, storage_->List(path_, /*recursive=*/true));
  for (const FileInfo& entry : entries) {
    if (entry.kind == FileKind::kDirectory) ARROW_RETURN_NOT_OK(storage_->SyncDirectory(entry.path));
  }
  ARROW_RETURN_NOT_OK(WriteFile(*storage_, JoinPath(path_, kSuccess), ""));
  ARROW_RETURN_NOT_OK(storage_->SyncDirectory(path_));

  const std::string parent = ParentPath(final_path_);
  const std::string spare = Beside(final_path_, ".old");
  ARROW_ASSIGN_OR_RAISE(const FileInfo older, storage_->Stat(final_path_));
  if (older.kind != FileKind::kNone) ARROW_RETURN_NOT_OK(storage_->Rename(final_path_, spare));
  if (const Status moved = storage_->Rename(path_, final_path_); !moved.ok()) {
    if (older.kind != FileKind::kNone)
      (void)storage_->Rename(spare, final_path_);  // the first error is the one to tell
    return moved;
  }
  ARROW_RETURN_NOT_OK(storage_->SyncDirectory(parent));
  return storage_->Remove(spare);
}

Status RemoveLeftovers(Storage& storage, const std::string& final_path) {
  ARROW_ASSIGN_OR_RAISE(const auto leftovers, LeftoversOf(storage, final_path));
  if (leftovers.empty()) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const auto lock, storage.TryLock(Beside(final_path, ".lock")));
  if (lock == nullptr) return Status::OK();
  ARROW_RETURN_NOT_OK(RepairHalfDoneSwap(storage, final_path));
  return RemoveOtherStagings(storage, final_path, "");
}

Result<bool> IsComplete(Storage& storage, const std::string& directory) {
  ARROW_ASSIGN_OR_RAISE(const FileInfo info, storage.Stat(JoinPath(directory, kSuccess)));
  return info.kind == FileKind::kFile;
}

}  // namespace dhs::io
