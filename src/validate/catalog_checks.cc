// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "validate/validate.h"

namespace dhs::validate {
namespace {

using Json = nlohmann::ordered_json;

CheckCount& Start(std::vector<CheckCount>* checks, std::string_view id) {
  CheckCount& check = (*checks)[CheckIndex(id)];
  check.ran = true;
  return check;
}

Finding OfFile(int64_t file, std::string value, std::string column = {}) {
  Finding finding;
  finding.file = file;
  finding.value = std::move(value);
  finding.column = std::move(column);
  return finding;
}

Finding OfValue(std::string value) { return OfFile(-1, std::move(value)); }

// Integer at a key, or nothing.
std::optional<int64_t> IntegerAt(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<int64_t>();
}

void CheckManifestRows(const Catalog& catalog, int64_t rows_found, std::vector<CheckCount>* checks) {
  std::optional<int64_t> rows = IntegerAt(catalog.manifest, "rows_written");
  if (!rows) rows = IntegerAt(catalog.manifest, "rows_out");
  if (!rows) return;
  CheckCount& check = Start(checks, "structure.rows_match_manifest");
  if (*rows != rows_found) check.Add(OfValue(fmt::format("manifest {}, found {}", *rows, rows_found)));
}

void CheckManifestFiles(const Catalog& catalog, std::vector<CheckCount>* checks) {
  const auto listed = catalog.manifest.find("files");
  if (listed == catalog.manifest.end() || !listed->is_array()) return;
  CheckCount& check = Start(checks, "structure.files_match_manifest");
  std::map<std::string, const Json*> wanted;
  for (const Json& entry : *listed) {
    if (entry.is_object() && entry.value("path", Json()).is_string()) wanted[entry["path"].get<std::string>()] = &entry;
  }
  for (size_t f = 0; f < catalog.files.size(); ++f) {
    const CatalogFile& file = catalog.files[f];
    const auto index = static_cast<int64_t>(f);
    const auto entry = wanted.find(file.path);
    if (entry == wanted.end()) {
      check.Add(OfFile(index, "not in the manifest"));
      continue;
    }
    const int64_t rows = IntegerAt(*entry->second, "rows").value_or(file.num_rows);
    const int64_t bytes = IntegerAt(*entry->second, "bytes").value_or(file.num_bytes);
    if (rows != file.num_rows || bytes != file.num_bytes) {
      check.Add(OfFile(index, fmt::format("manifest {} rows in {} bytes, found {} in {}", rows, bytes, file.num_rows,
                                          file.num_bytes)));
    }
    wanted.erase(entry);
  }
  for (const auto& [path, entry] : wanted) check.Add(OfValue(fmt::format("{} is in the manifest but not there", path)));
}

bool SameType(const arrow::DataType& found, const arrow::DataType& wanted) {
  if (found.id() == arrow::Type::DICTIONARY) {
    return SameType(*static_cast<const arrow::DictionaryType&>(found).value_type(), wanted);
  }
  const bool text = found.id() == arrow::Type::LARGE_STRING || found.id() == arrow::Type::STRING_VIEW;
  return found.Equals(wanted) || (text && wanted.id() == arrow::Type::STRING);
}

struct SchemaIssue {
  const char* check;
  std::string column;
  std::string value;
};

std::vector<SchemaIssue> IssuesOf(const arrow::Schema& schema, const catalog::TableSpec& table) {
  std::vector<SchemaIssue> issues;
  const auto wanted = catalog::SchemaOf(table);
  for (const auto& want : wanted->fields()) {
    const auto found = schema.GetFieldByName(want->name());
    if (found == nullptr) {
      issues.push_back(
          {"schema.missing_columns", want->name(), "missing." + DidYouMean(want->name(), schema.field_names())});
      continue;
    }
    if (!SameType(*found->type(), *want->type())) {
      issues.push_back({"schema.column_types", want->name(),
                        fmt::format("expected {}, found {}", want->type()->ToString(), found->type()->ToString())});
    }
    if (found->nullable() && !want->nullable()) {
      issues.push_back({"schema.nullability", want->name(), "declared nullable"});
    }
  }
  for (const auto& found : schema.fields()) {
    // A column that `dhs scan --extra-columns` carried says where it comes from.
    const bool documented = found->HasMetadata() && found->metadata()->Contains("source");
    if (wanted->GetFieldIndex(found->name()) < 0 && !documented) {
      issues.push_back({"schema.extra_columns", found->name(), found->type()->ToString()});
    }
  }
  return issues;
}

}  // namespace

void CheckStructure(const Catalog& catalog, std::vector<CheckCount>* checks) {
  if (!catalog.has_success_marker) {
    Start(checks, "structure.success_marker").Add(OfValue("there is no _SUCCESS"));
  }
  Start(checks, "structure.success_marker");
  CheckCount& readable = Start(checks, "structure.files_readable");
  CheckCount& no_empty = Start(checks, "structure.no_empty_files");
  int64_t rows = 0;
  for (size_t f = 0; f < catalog.files.size(); ++f) {
    const CatalogFile& file = catalog.files[f];
    rows += file.num_rows;
    if (!file.error.empty()) {
      readable.Add(OfFile(static_cast<int64_t>(f), file.error));
    } else if (file.num_rows == 0) {
      no_empty.Add(OfFile(static_cast<int64_t>(f), "no rows"));
    }
  }
  CheckCount& not_empty = Start(checks, "structure.not_empty");
  if (rows == 0) not_empty.Add(OfValue(fmt::format("{} files, no rows", catalog.files.size())));
  if (!catalog.manifest.is_object()) return;
  CheckManifestRows(catalog, rows, checks);
  CheckManifestFiles(catalog, checks);
}

void CheckSchemas(const Catalog& catalog, std::vector<CheckCount>* checks) {
  for (const char* id :
       {"schema.missing_columns", "schema.column_types", "schema.extra_columns", "schema.nullability"}) {
    Start(checks, id);
  }
  std::shared_ptr<arrow::Schema> last;
  std::vector<SchemaIssue> issues;
  for (size_t f = 0; f < catalog.files.size(); ++f) {
    const auto& schema = catalog.files[f].schema;
    if (schema == nullptr) continue;
    if (last == nullptr || !last->Equals(*schema, /*check_metadata=*/false)) {
      issues = IssuesOf(*schema, *catalog.table);
      last = schema;
    }
    for (const SchemaIssue& issue : issues) {
      Start(checks, issue.check).Add(OfFile(static_cast<int64_t>(f), issue.value, issue.column));
    }
  }
}

void CheckRepetitions(const Catalog& catalog, const Repetitions& repetitions, std::vector<CheckCount>* checks) {
  const auto add = [&catalog, checks](std::string_view id, const std::vector<RepeatedRow>& repeats) {
    CheckCount& check = Start(checks, id);
    for (const RepeatedRow& repeat : repeats) {
      Finding finding;
      finding.file = repeat.row.file;
      finding.row = repeat.row.row;
      finding.brickname = repeat.row.brickname;
      finding.objid = repeat.row.objid;
      finding.value = fmt::format("first in {} row {}", catalog.files[static_cast<size_t>(repeat.first.file)].path,
                                  repeat.first.row);
      check.Add(std::move(finding));
    }
  };
  add("integrity.duplicate_rows", repetitions.rows);
  add("integrity.duplicate_keys", repetitions.keys);
}

}  // namespace dhs::validate
