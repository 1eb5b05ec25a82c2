// SPDX-License-Identifier: Apache-2.0
#include "scan/sweep_index.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/files.h"

namespace dhs::scan {

Result<std::vector<ListedSweep>> ReadSweepIndex(Storage& storage, const std::string& index_path) {
  ARROW_ASSIGN_OR_RAISE(const std::vector<std::string> lines, io::ReadListFile(storage, index_path));
  if (lines.empty()) return DataError({.path = index_path}, "the sweep index lists no sweep");
  const std::string folder = io::ParentPath(index_path);
  std::vector<ListedSweep> sweeps;
  std::map<std::string, std::string> listed_by_path;
  for (const std::string& line : lines) {
    if (line.find("://") != std::string::npos) {
      return DataError({.path = index_path}, fmt::format("'{}' is a URL; list files of this machine", line));
    }
    ListedSweep sweep{.listed = line, .path = line.starts_with('/') ? line : io::JoinPath(folder, line)};
    const std::string same = std::filesystem::path(sweep.path).lexically_normal().string();
    const auto [first, is_new] = listed_by_path.emplace(same, line);
    if (!is_new) {
      return DataError({.path = index_path},
                       first->second == line
                           ? fmt::format("the sweep '{}' is listed twice; its rows would be counted twice", line)
                           : fmt::format("the sweeps '{}' and '{}' are one file; its rows would be counted twice",
                                         first->second, line));
    }
    ARROW_ASSIGN_OR_RAISE(sweep.info, storage.Stat(sweep.path));
    sweeps.push_back(std::move(sweep));
  }
  std::sort(sweeps.begin(), sweeps.end(),
            [](const ListedSweep& a, const ListedSweep& b) { return a.listed < b.listed; });
  return sweeps;
}

Status CheckNoneMissing(const std::vector<ListedSweep>& sweeps, const std::string& index_path) {
  std::vector<std::string> missing;
  for (const ListedSweep& sweep : sweeps) {
    if (sweep.info.kind != FileKind::kFile) missing.push_back(sweep.path);
  }
  if (missing.empty()) return Status::OK();
  const size_t num_missing = missing.size();
  if (missing.size() > 5) missing.resize(5);
  return DataError(
      {.path = index_path},
      fmt::format("{} of the {} sweeps listed do not exist: {}{}; get them, or skip them with "
                  "--on-missing skip",
                  num_missing, sweeps.size(), fmt::join(missing, ", "), num_missing > missing.size() ? ", ..." : ""));
}

}  // namespace dhs::scan
