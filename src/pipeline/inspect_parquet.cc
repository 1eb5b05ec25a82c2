// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include <arrow/api.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>

#include "catalog/parquet.h"
#include "io/files.h"
#include "io/staging.h"
#include "pipeline/inspect.h"
#include "pipeline/json_fields.h"
#include "pipeline/runner.h"
#include "stage/stage.h"

namespace dhs::pipeline::internal {

namespace {

using Json = nlohmann::ordered_json;

std::string MetadataOf(const std::shared_ptr<const arrow::KeyValueMetadata>& metadata, const char* key) {
  if (metadata == nullptr) return "";
  const Result<std::string> value = metadata->Get(key);
  return value.ok() ? *value : "";
}

// "made by dhs scan 0.1.0 (abc1234), 2026-01-01T00:00:00Z" from the nearest folder above that a stage made.
std::string Provenance(Storage& storage, std::string path) {
  for (int level = 0; level < 5; ++level) {
    const auto config = io::ReadJson(storage, io::JoinPath(path, kStageConfigFile));
    if (config.ok()) {
      return InfoLine("made by",
                      fmt::format("dhs {} {} (commit {}), {}", TextAt(*config, "stage"), TextAt(*config, "dhs_version"),
                                  TextAt(*config, "dhs_commit"), TextAt(*config, "written_utc")));
    }
    const std::string parent = io::ParentPath(path);
    if (parent == path || parent == ".") break;
    path = parent;
  }
  return "";
}

std::string ColumnLine(const arrow::Field& field) {
  const std::string unit = MetadataOf(field.metadata(), "unit");
  const std::string meaning = MetadataOf(field.metadata(), "description");
  std::string line = fmt::format("  {:<30} {:<8}{} {:<8}", field.name(), field.type()->ToString(),
                                 field.nullable() ? "?" : " ", unit.empty() ? "" : "[" + unit + "]");
  if (!meaning.empty()) line += " " + meaning;
  while (line.back() == ' ') line.pop_back();
  return line + "\n";
}

std::string OptionLines(const Json& parameters) {
  std::string text;
  if (!parameters.is_object()) return text;
  for (const auto& [name, parameter] : parameters.items()) {
    if (!BoolAt(parameter, "given")) continue;
    const Json value = MemberAt(parameter, "value");
    text +=
        InfoLine("option", fmt::format("--{} {}", name, value.is_string() ? value.get<std::string>() : value.dump()));
  }
  return text;
}

std::string InputLines(const Json& inputs) {
  constexpr size_t kMaxInputs = 5;
  std::string text;
  for (size_t i = 0; i < inputs.size() && i < kMaxInputs; ++i) {
    text += InfoLine("input", fmt::format("{}: {}", TextAt(inputs[i], "role"), TextAt(inputs[i], "path")));
  }
  if (inputs.size() > kMaxInputs) text += InfoLine("input", fmt::format("and {} more", inputs.size() - kMaxInputs));
  return text;
}

}  // namespace

Result<std::string> InspectParquetTable(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto files, catalog::ListParquetFiles(storage, path));
  int64_t num_rows = 0, num_row_groups = 0, size_bytes = 0;
  std::shared_ptr<arrow::Schema> schema;
  for (const FileInfo& file : files) {
    ARROW_ASSIGN_OR_RAISE(const catalog::ParquetFileInfo info, catalog::InspectParquet(storage, file.path));
    num_rows += info.num_rows;
    num_row_groups += info.num_row_groups;
    size_bytes += file.size_bytes;
    if (schema == nullptr) schema = info.schema;
  }
  const std::string table = MetadataOf(schema->metadata(), "dhs.table");
  const std::string version = MetadataOf(schema->metadata(), "dhs.schema_version");
  std::string text = InfoLine("kind", "Parquet table");
  if (!table.empty()) text += InfoLine("table", fmt::format("{}, schema version {}", table, version));
  text += InfoLine("rows", FormatCount(num_rows));
  text += InfoLine("size", fmt::format("{} in {} file{}, {} row group{}", FormatBytes(size_bytes),
                                       FormatCount(static_cast<int64_t>(files.size())), files.size() == 1 ? "" : "s",
                                       FormatCount(num_row_groups), num_row_groups == 1 ? "" : "s"));
  text += Provenance(storage, path);
  text += "columns      (? = may be null)\n";
  for (const auto& field : schema->fields()) text += ColumnLine(*field);
  return text;
}

Result<std::string> InspectStageOutput(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const Json config, io::ReadJson(storage, io::JoinPath(path, kStageConfigFile)));
  ARROW_ASSIGN_OR_RAISE(const bool complete, io::IsComplete(storage, path));
  const std::string stage = TextAt(config, "stage");
  if (stage.empty()) {
    return DataError({.path = io::JoinPath(path, kStageConfigFile)},
                     "names no stage; the file was changed since it was written");
  }
  std::string text = InfoLine("kind", fmt::format("output of dhs {}", stage));
  text += InfoLine("state", complete ? "complete" : "NOT complete: there is no _SUCCESS; run the stage again");
  text += InfoLine("made by", fmt::format("dhs {} (commit {}), {}", TextAt(config, "dhs_version"),
                                          TextAt(config, "dhs_commit"), TextAt(config, "written_utc")));
  text += InfoLine("fingerprint", TextAt(config, "fingerprint").substr(0, 16));
  text += OptionLines(MemberAt(config, "parameters"));
  text += InputLines(MemberAt(config, "inputs"));
  const Json result = MemberAt(config, "result");
  for (const Json& figure : MemberAt(result, "figures")) {
    text += InfoLine("figure", fmt::format("{}: {}", TextAt(figure, "name"), TextAt(figure, "value")));
  }
  if (BoolAt(result, "check_failed")) text += InfoLine("verdict", "a check FAILED");
  if (BoolAt(result, "something_skipped")) text += InfoLine("skipped", "some input was skipped at the user's wish");
  ARROW_ASSIGN_OR_RAISE(const auto entries, storage.List(path, /*recursive=*/false));
  for (const FileInfo& entry : entries) {
    const std::string name = io::BaseName(entry.path);
    if (entry.kind == FileKind::kDirectory) {
      text += InfoLine("holds", name + "/");
    } else if (!name.starts_with("_")) {
      text += InfoLine("holds", fmt::format("{} ({})", name, FormatBytes(entry.size_bytes)));
    }
  }
  return text;
}

}  // namespace dhs::pipeline::internal
