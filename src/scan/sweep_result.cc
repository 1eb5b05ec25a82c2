// SPDX-License-Identifier: Apache-2.0
#include "scan/sweep_result.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "io/files.h"

namespace dhs::scan {

namespace {

/// A brick as ["1126p222", n_gal, n_v1, ..., n_v5].
nlohmann::ordered_json BrickJson(const BrickTally& brick) {
  nlohmann::ordered_json entry = nlohmann::ordered_json::array({brick.name.ToString(), brick.n_gal});
  for (const int64_t count : brick.n_lrg) entry.push_back(count);
  return entry;
}

bool ParseBrick(const nlohmann::ordered_json& entry, BrickTally* brick) {
  if (!entry.is_array() || entry.size() != 2 + brick->n_lrg.size() || !entry[0].is_string()) return false;
  for (size_t i = 1; i < entry.size(); ++i) {
    if (!entry[i].is_number_integer()) return false;
  }
  const auto name = sky::BrickName::Parse(entry[0].get<std::string>());
  if (!name) return false;
  brick->name = *name;
  brick->n_gal = entry[1].get<int64_t>();
  for (size_t i = 0; i < brick->n_lrg.size(); ++i) brick->n_lrg[i] = entry[2 + i].get<int64_t>();
  return true;
}

bool ParseRecord(const nlohmann::ordered_json& record, SweepResult* result) {
  if (!record.is_object() || !record.contains("books") || !record.contains("bad_rows") || !record.contains("bricks") ||
      !record["bricks"].is_array()) {
    return false;
  }
  if (!ParseBooks(record["books"], &result->books) || !ParseBadRows(record["bad_rows"], &result->bad_rows))
    return false;
  for (const auto& entry : record["bricks"]) {
    BrickTally brick;
    if (!ParseBrick(entry, &brick)) return false;
    result->bricks.push_back(brick);
  }
  if (record.contains("release")) {
    if (!record["release"].is_number_integer()) return false;
    result->release = record["release"].get<int64_t>();
  }
  result->finished = true;
  return true;
}

}  // namespace

std::string PartName(size_t sweep) { return fmt::format("candidates/part-{:05}.parquet", sweep); }
std::string RecordName(size_t sweep) { return fmt::format("_sweeps/{:05}.json", sweep); }

Status WriteSweepRecord(Storage& storage, const std::string& staging_dir, size_t sweep, const SweepResult& result) {
  nlohmann::ordered_json record;
  if (result.release) record["release"] = *result.release;
  PutBooks(result.books, &record["books"]);
  record["bad_rows"] = BadRowsJson(result.bad_rows);
  record["bricks"] = nlohmann::ordered_json::array();
  for (const BrickTally& brick : result.bricks) record["bricks"].push_back(BrickJson(brick));
  return io::WriteFileAtomic(storage, io::JoinPath(staging_dir, RecordName(sweep)),
                             record.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

Result<std::optional<SweepResult>> ReadSweepRecord(Storage& storage, const std::string& staging_dir, size_t sweep) {
  const std::string path = io::JoinPath(staging_dir, RecordName(sweep));
  ARROW_ASSIGN_OR_RAISE(const FileInfo info, storage.Stat(path));
  if (info.kind != FileKind::kFile) return std::optional<SweepResult>();
  const auto record = io::ReadJson(storage, path);
  SweepResult result;
  if (!record.ok() || !ParseRecord(*record, &result)) return std::optional<SweepResult>();
  if (result.books.rows_kept > 0) {
    ARROW_ASSIGN_OR_RAISE(const FileInfo part, storage.Stat(io::JoinPath(staging_dir, PartName(sweep))));
    if (part.kind != FileKind::kFile) return std::optional<SweepResult>();
  }
  return std::optional(std::move(result));
}

std::vector<BrickTally> MergeBricks(std::vector<BrickTally> bricks) {
  std::sort(bricks.begin(), bricks.end(), [](const BrickTally& a, const BrickTally& b) { return a.name < b.name; });
  std::vector<BrickTally> merged;
  for (const BrickTally& brick : bricks) {
    if (!merged.empty() && merged.back().name == brick.name) {
      merged.back().Add(brick);
    } else {
      merged.push_back(brick);
    }
  }
  return merged;
}

}  // namespace dhs::scan
