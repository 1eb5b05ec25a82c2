// SPDX-License-Identifier: Apache-2.0
#include "scan/object_keys.h"

#include <algorithm>
#include <mutex>
#include <tuple>
#include <unordered_map>
#include <vector>

#include <arrow/array.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include "base/thread_pool.h"
#include "catalog/parquet.h"
#include "io/files.h"

namespace dhs::scan {

namespace {

constexpr int64_t kMaxKeysInMemory = 8'000'000;
constexpr size_t kMaxNamed = 5;

struct ObjectKey {
  int32_t brick_id;
  int32_t sweep;
  int64_t objid;
  bool SameObject(const ObjectKey& other) const { return brick_id == other.brick_id && objid == other.objid; }
  auto operator<=>(const ObjectKey& other) const {
    return std::tie(brick_id, objid, sweep) <=> std::tie(other.brick_id, other.objid, other.sweep);
  }
};

// Bricks of more than one sweep, with their numbers.
std::unordered_map<sky::BrickName, int32_t> SharedBricks(const SweepScan& scan) {
  std::unordered_map<sky::BrickName, int> sweeps_of;
  for (const SweepResult& result : scan.results) {
    for (const BrickTally& brick : result.bricks) ++sweeps_of[brick.name];
  }
  std::unordered_map<sky::BrickName, int32_t> shared;
  for (const auto& [name, count] : sweeps_of) {
    if (count > 1) shared.emplace(name, sky::BrickId(*sky::BrickFromName(name)));
  }
  return shared;
}

// Appends the keys of one sweep's candidates in shared bricks of this pass.
Status ReadKeys(RunContext& context, const std::string& path, int32_t sweep,
                const std::unordered_map<sky::BrickName, int32_t>& shared, int64_t pass, int64_t num_passes,
                std::vector<ObjectKey>* keys) {
  return catalog::ForEachRowGroup(*context.storage, path, {"brickname", "objid"}, [&](const arrow::Table& rows) {
    ARROW_RETURN_NOT_OK(context.stop.Check());
    ARROW_ASSIGN_OR_RAISE(const auto table, rows.CombineChunks());
    if (table->num_rows() == 0) return Status::OK();
    const auto& bricks = static_cast<const arrow::StringArray&>(*table->column(0)->chunk(0));
    const auto& objids = static_cast<const arrow::Int64Array&>(*table->column(1)->chunk(0));
    for (int64_t i = 0; i < table->num_rows(); ++i) {
      const auto found = shared.find(sky::BrickName::FromBytes(bricks.GetView(i).data()));
      if (found == shared.end() || found->second % num_passes != pass) continue;
      keys->push_back({found->second, sweep, objids.Value(i)});
    }
    return Status::OK();
  });
}

}  // namespace

Status CheckNoObjectTwice(RunContext& context, const SweepScan& scan, const std::string& directory) {
  const auto shared = SharedBricks(scan);
  if (shared.empty()) return Status::OK();
  std::vector<size_t> parts;  // sweeps that share a brick and have candidates
  for (size_t i = 0; i < scan.results.size(); ++i) {
    const SweepResult& result = scan.results[i];
    const bool shares = std::any_of(result.bricks.begin(), result.bricks.end(),
                                    [&](const BrickTally& brick) { return shared.contains(brick.name); });
    if (shares && result.books.rows_kept > 0) parts.push_back(i);
  }
  int64_t num_keys = 0;  // at most
  for (const size_t sweep : parts) num_keys += scan.results[sweep].books.rows_kept;
  const int64_t num_passes = num_keys / kMaxKeysInMemory + 1;
  int64_t num_twice = 0;
  std::string named;
  for (int64_t pass = 0; pass < num_passes; ++pass) {
    std::mutex mutex;
    std::vector<ObjectKey> keys;  // guarded by mutex
    ARROW_RETURN_NOT_OK(base::ParallelFor(
        context.num_threads, static_cast<int64_t>(parts.size()), context.stop, [&](int, int64_t p) -> Status {
          const size_t sweep = parts[static_cast<size_t>(p)];
          std::vector<ObjectKey> of_sweep;
          ARROW_RETURN_NOT_OK(ReadKeys(context, io::JoinPath(directory, PartName(sweep)), static_cast<int32_t>(sweep),
                                       shared, pass, num_passes, &of_sweep));
          const std::lock_guard<std::mutex> lock(mutex);
          keys.insert(keys.end(), of_sweep.begin(), of_sweep.end());
          return Status::OK();
        }));
    std::sort(keys.begin(), keys.end());
    for (size_t i = 1; i < keys.size(); ++i) {
      if (!keys[i].SameObject(keys[i - 1])) continue;
      if (static_cast<size_t>(num_twice++) >= kMaxNamed) continue;
      named +=
          fmt::format("\n  brick {}, objid {}: {} and {}", sky::NameOf(*sky::BrickFromId(keys[i].brick_id)).ToString(),
                      keys[i].objid, scan.sweeps[static_cast<size_t>(keys[i - 1].sweep)].listed,
                      scan.sweeps[static_cast<size_t>(keys[i].sweep)].listed);
    }
  }
  if (num_twice == 0) return Status::OK();
  return DataError({},
                   fmt::format("{} candidates are in more than one sweep, and would be counted and written twice; the "
                               "first:{}\nTake the copy, or the other release, of these sweeps out of the index",
                               FormatCount(num_twice), named));
}

}  // namespace dhs::scan
