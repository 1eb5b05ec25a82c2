// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "dhs/storage.h"

namespace dhs::io {

/// A directory in which one output is made and from which it is published under its final name, whole or not at all.
///
/// Life: Open -> write files below path() -> Publish. A process that dies in between leaves the staging directory
/// (".<name>.staging-<key>" beside the final name); the next Open with the same key finds what was finished there.
/// Publish: every directory synced (files were, by those who closed them), `_SUCCESS` written last inside, then one
/// rename, then the parent synced.
/// An older output (with --force) is renamed aside first and removed afterwards; a death between the two renames is
/// repaired by the next Open.
/// One process at a time: a second Open of the same final name is an EnvironmentError that says so.
class Staging {
 public:
  /// `key` names the work (a fingerprint): other keys' leftovers beside `final_path` are removed.
  static Result<std::unique_ptr<Staging>> Open(std::shared_ptr<Storage> storage, std::string final_path,
                                               std::string key);
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  const std::string& path() const { return path_; }
  const std::string& final_path() const { return final_path_; }
  /// Throws away what an earlier attempt left.
  Status Clear();
  Status Publish();

 private:
  Staging(std::shared_ptr<Storage> storage, std::string final_path, std::string path, std::shared_ptr<void> lock);
  std::shared_ptr<Storage> storage_;
  std::string final_path_;
  std::string path_;
  std::shared_ptr<void> lock_;
};

/// Removes what a process that died while it published `final_path`, or just after, left beside it (never the output
/// itself). Does nothing while another process works on it. For outputs that are complete and are not made again.
Status RemoveLeftovers(Storage& storage, const std::string& final_path);

/// True if `directory` holds `_SUCCESS`.
Result<bool> IsComplete(Storage& storage, const std::string& directory);

}  // namespace dhs::io
