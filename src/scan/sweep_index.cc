// SPDX-License-Identifier: Apache-2.0
#include "scan/sweep_index.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/thread_pool.h"
#include "io/files.h"
#include "io/url.h"

namespace dhs::scan {

namespace {

// 1,440 sweeps at a round trip of 0.1 s: 9 s instead of 144.
constexpr int kRemoteLookThreads = 16;

Result<std::string> PathOfLine(const std::string& index_path, const std::string& line) {
  Result<std::string> path = io::ResolveListed(index_path, line);
  if (path.ok()) return path;
  return DataError({.path = index_path}, path.status().message());
}

}  // namespace

int LookThreads(const std::vector<ListedSweep>& sweeps, int num_threads) {
  const bool remote =
      std::any_of(sweeps.begin(), sweeps.end(), [](const auto& sweep) { return io::IsUrl(sweep.path); });
  return remote ? std::max(num_threads, kRemoteLookThreads) : num_threads;
}

Result<std::vector<ListedSweep>> ReadSweepIndex(Storage& storage, const std::string& index_path,
                                                const StopToken& stop) {
  ARROW_ASSIGN_OR_RAISE(const std::vector<std::string> lines, io::ReadListFile(storage, index_path));
  if (lines.empty()) return DataError({.path = index_path}, "the sweep index lists no sweep");
  std::vector<ListedSweep> sweeps;
  std::map<std::string, std::string> listed_by_path;
  for (const std::string& line : lines) {
    ListedSweep sweep{.listed = line};
    ARROW_ASSIGN_OR_RAISE(sweep.path, PathOfLine(index_path, line));
    const std::string same =
        io::IsUrl(sweep.path) ? sweep.path : std::filesystem::path(sweep.path).lexically_normal().string();
    const auto [first, is_new] = listed_by_path.emplace(same, line);
    if (!is_new) {
      return DataError({.path = index_path},
                       first->second == line
                           ? fmt::format("the sweep '{}' is listed twice; its rows would be counted twice", line)
                           : fmt::format("the sweeps '{}' and '{}' are one file; its rows would be counted twice",
                                         first->second, line));
    }
    sweeps.push_back(std::move(sweep));
  }
  std::sort(sweeps.begin(), sweeps.end(),
            [](const ListedSweep& a, const ListedSweep& b) { return a.listed < b.listed; });
  ARROW_RETURN_NOT_OK(
      base::ParallelFor(LookThreads(sweeps, 1), static_cast<int64_t>(sweeps.size()), stop, [&](int, int64_t index) {
        ListedSweep& sweep = sweeps[static_cast<size_t>(index)];
        return storage.Stat(sweep.path).Value(&sweep.info);
      }));
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
