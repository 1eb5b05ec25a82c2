// SPDX-License-Identifier: Apache-2.0
#include "pipeline/inspect.h"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

#include <arrow/api.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "catalog/parquet.h"
#include "io/files.h"
#include "io/staging.h"
#include "pipeline/json_fields.h"
#include "pipeline/runner.h"
#include "stage/stage.h"

namespace dhs::pipeline {

namespace {

using internal::InfoLine;

// Outputs of stages lie at most this deep below their root ("phase3c/v3_color_relaxed/parent_union_parquet").
constexpr int kMaxDepth = 4;

Result<std::string> FirstBytes(Storage& storage, const std::string& path, int64_t num_bytes) {
  ARROW_ASSIGN_OR_RAISE(const auto file, storage.OpenInput(path));
  std::string bytes(static_cast<size_t>(num_bytes), '\0');
  ARROW_ASSIGN_OR_RAISE(const int64_t got, file->ReadAt(0, num_bytes, bytes.data()));
  bytes.resize(static_cast<size_t>(got));
  return bytes;
}

std::string ValueText(const nlohmann::ordered_json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array()) return fmt::format("a list of {}", value.size());
  if (value.is_object()) return fmt::format("an object of {}", value.size());
  return value.dump();
}

Result<std::string> InspectJson(Storage& storage, const std::string& path, int64_t size_bytes) {
  ARROW_ASSIGN_OR_RAISE(const nlohmann::ordered_json json, io::ReadJson(storage, path));
  std::string text = InfoLine("kind", io::BaseName(path) == kManifestFile ? "manifest of a stage (JSON)" : "JSON") +
                     InfoLine("size", FormatBytes(size_bytes));
  if (!json.is_object()) return text + InfoLine("holds", ValueText(json));
  for (const auto& [key, value] : json.items()) text += InfoLine(key, ValueText(value));
  return text;
}

Result<std::string> InspectCsv(Storage& storage, const std::string& path, int64_t size_bytes) {
  ARROW_ASSIGN_OR_RAISE(const auto table, catalog::ReadCsv(storage, path));
  std::string text = InfoLine("kind", "CSV table") + InfoLine("size", FormatBytes(size_bytes)) +
                     InfoLine("rows", FormatCount(table->num_rows())) + "columns\n";
  for (const auto& field : table->schema()->fields()) {
    text += fmt::format("  {:<28} {}\n", field->name(), field->type()->ToString());
  }
  return text;
}

Result<std::string> InspectFile(Storage& storage, const FileInfo& info) {
  ARROW_ASSIGN_OR_RAISE(const std::string head, FirstBytes(storage, info.path, 80));
  if (head.starts_with("SIMPLE  =") || head.starts_with("\x1f\x8b")) return internal::InspectFits(storage, info.path);
  if (head.starts_with("PAR1")) return internal::InspectParquetTable(storage, info.path);
  const size_t first = head.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && head[first] == '{') return InspectJson(storage, info.path, info.size_bytes);
  if (info.path.ends_with(".csv")) return InspectCsv(storage, info.path, info.size_bytes);
  return DataError({.path = info.path},
                   "not a file that dhs knows: neither FITS (plain or gzip), Parquet, JSON nor a .csv table");
}

Status FindOutputs(Storage& storage, const std::string& folder, int depth, std::vector<std::string>* outputs) {
  ARROW_ASSIGN_OR_RAISE(const FileInfo config, storage.Stat(io::JoinPath(folder, kStageConfigFile)));
  if (config.kind == FileKind::kFile) {
    outputs->push_back(folder);
    return Status::OK();
  }
  if (depth == kMaxDepth) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const auto entries, storage.List(folder, /*recursive=*/false));
  for (const FileInfo& entry : entries) {
    if (entry.kind != FileKind::kDirectory || io::BaseName(entry.path).starts_with(".")) continue;
    ARROW_RETURN_NOT_OK(FindOutputs(storage, entry.path, depth + 1, outputs));
  }
  return Status::OK();
}

Result<std::string> InspectRoot(Storage& storage, const std::vector<std::string>& outputs) {
  std::string text = InfoLine("kind", "folder with outputs of stages");
  for (const std::string& output : outputs) {
    ARROW_ASSIGN_OR_RAISE(const auto config, io::ReadJson(storage, io::JoinPath(output, kStageConfigFile)));
    ARROW_ASSIGN_OR_RAISE(const bool complete, io::IsComplete(storage, output));
    text += fmt::format("  {:<9} {}, {}, {}\n", TextAt(config, "stage"), output, complete ? "complete" : "NOT complete",
                        TextAt(config, "written_utc"));
  }
  return text;
}

Result<std::string> InspectFolder(Storage& storage, const std::string& path) {
  std::vector<std::string> outputs;
  ARROW_RETURN_NOT_OK(FindOutputs(storage, path, 0, &outputs));
  if (outputs.size() == 1 && outputs[0] == path) return internal::InspectStageOutput(storage, path);
  if (!outputs.empty()) return InspectRoot(storage, outputs);
  if (catalog::ListParquetFiles(storage, path).ok()) return internal::InspectParquetTable(storage, path);
  return DataError({.path = path},
                   "not a folder that dhs knows: it holds neither the output of a stage nor Parquet files");
}

}  // namespace

namespace internal {

std::string InfoLine(std::string_view name, std::string_view value) { return fmt::format("{:<12} {}\n", name, value); }

}  // namespace internal

Result<std::string> Inspect(Storage& storage, const std::string& path) {
  std::string trimmed = path;
  while (trimmed.size() > 1 && trimmed.back() == '/') trimmed.pop_back();
  ARROW_ASSIGN_OR_RAISE(const FileInfo info, storage.Stat(trimmed));
  if (info.kind == FileKind::kNone) return DataError({.path = path}, "there is no such file or folder");
  std::string text = InfoLine("path", trimmed);
  ARROW_ASSIGN_OR_RAISE(const std::string rest,
                        info.kind == FileKind::kFile ? InspectFile(storage, info) : InspectFolder(storage, trimmed));
  return text + rest;
}

}  // namespace dhs::pipeline
