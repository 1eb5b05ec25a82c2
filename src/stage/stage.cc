// SPDX-License-Identifier: Apache-2.0
#include "stage/stage.h"

#include <fmt/format.h>

#include "io/files.h"
#include "io/staging.h"

namespace dhs {

namespace {

// Above this a file is told by size and modification time: hashing 1.4 TB of sweeps would cost as much as reading them.
constexpr int64_t kMaxHashedBytes = int64_t{256} << 20;

}  // namespace

Result<StageInput> FileInput(Storage& storage, std::string role, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const FileInfo info, storage.Stat(path));
  if (info.kind != FileKind::kFile) {
    return DataError({.path = path}, fmt::format("the {} file {}", role,
                                                 info.kind == FileKind::kNone ? "does not exist" : "is a directory"));
  }
  StageInput input{std::move(role), path, info.size_bytes, info.mtime_ns, {}, info.etag};
  if (info.size_bytes <= kMaxHashedBytes) {
    ARROW_ASSIGN_OR_RAISE(input.sha256, io::Sha256OfFile(storage, path));
  }
  return input;
}

Result<StageInput> StageOutputInput(Storage& storage, std::string role, const std::string& dir,
                                    std::string_view made_by) {
  ARROW_ASSIGN_OR_RAISE(const bool complete, io::IsComplete(storage, dir));
  if (!complete) {
    return DataError({.path = dir},
                     fmt::format("no complete output here (there is no _SUCCESS); run `dhs {}` first", made_by));
  }
  StageInput input{std::move(role), dir};
  // The manifest tells what came out; the fingerprint tells the parameters and inputs that equal totals would hide.
  ARROW_ASSIGN_OR_RAISE(std::string identity, io::ReadWholeFile(storage, io::JoinPath(dir, "_manifest.json")));
  const std::string config_path = io::JoinPath(dir, "_stage_config.json");
  ARROW_ASSIGN_OR_RAISE(const FileInfo config_info, storage.Stat(config_path));
  if (config_info.kind == FileKind::kFile) {
    ARROW_ASSIGN_OR_RAISE(const nlohmann::ordered_json config, io::ReadJson(storage, config_path));
    const auto fingerprint = config.is_object() ? config.find("fingerprint") : config.end();
    if (fingerprint != config.end() && fingerprint->is_string()) identity += fingerprint->get<std::string>();
  }
  input.sha256 = io::Sha256Hex(identity);
  return input;
}

std::string FormatCount(int64_t count) {
  std::string digits = fmt::format("{}", count);
  const size_t first = digits[0] == '-' ? 1 : 0;
  for (size_t i = digits.size(); i > first + 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string FormatBytes(int64_t bytes) {
  constexpr const char* kUnits[] = {"kB", "MB", "GB", "TB", "PB"};
  if (bytes < 1000) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes) / 1000;
  int unit = 0;
  for (; value >= 999.95 && unit < 4; ++unit) value /= 1000;
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

}  // namespace dhs
