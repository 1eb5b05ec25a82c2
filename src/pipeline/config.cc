// SPDX-License-Identifier: Apache-2.0
#include "pipeline/config.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <toml++/toml.h>

#include "io/files.h"
#include "pipeline/path_option.h"

namespace dhs::pipeline {

namespace {

Status ErrorAt(const std::string& path, int line, std::string_view message) {
  return UsageError(fmt::format("{}:{}: {}", path, line, message));
}

int LineOf(const toml::node& node) { return static_cast<int>(node.source().begin.line); }

Result<toml::table> ParseToml(const std::string& path, const std::string& bytes) {
  try {
    return toml::table(toml::parse(bytes));
  } catch (const toml::parse_error& error) {
    return ErrorAt(path, static_cast<int>(error.source().begin.line),
                   fmt::format("not valid TOML: {}", error.description()));
  }
}

// Text of a plain value; empty optional for tables, dates and nested arrays.
std::optional<std::string> PlainText(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* integer = node.as_integer()) return fmt::format("{}", integer->get());
  if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "1" : "0";
  return std::nullopt;
}

Result<ConfigEntry> EntryOf(const std::string& path, std::string_view key, const toml::node& node) {
  ConfigEntry entry{std::string(key), "", LineOf(node)};
  if (const auto* array = node.as_array()) {
    std::vector<std::string> items;
    for (const toml::node& item : *array) {
      std::optional<std::string> text = PlainText(item);
      if (!text) return ErrorAt(path, LineOf(item), fmt::format("'{}' may hold numbers and strings only", key));
      items.push_back(std::move(*text));
    }
    entry.text = fmt::format("{}", fmt::join(items, ","));
    return entry;
  }
  std::optional<std::string> text = PlainText(node);
  if (!text)
    return ErrorAt(path, entry.line,
                   fmt::format("'{}' must be a number, a string, true or false, or a list of these", key));
  entry.text = std::move(*text);
  return entry;
}

// toml++ keeps the keys of a table sorted by name; messages and precedence want them as written.
template <typename T>
void SortByLine(std::vector<T>* items) {
  std::stable_sort(items->begin(), items->end(), [](const T& a, const T& b) { return a.line < b.line; });
}

bool IsRelativePath(std::string_view path) {
  return !path.empty() && path.front() != '/' && path.find("://") == std::string_view::npos;
}

// The value of an option as the file means it: relative paths start at the file's folder.
std::string ResolvedText(const Option& option, const ConfigFile& config, const std::string& text) {
  const std::string folder = io::ParentPath(config.path);
  if (!IsPathOption(option) || !IsRelativePath(text) || folder == ".") return text;
  return io::JoinPath(folder, text);
}

Status SetFromFile(const ConfigFile& config, const ConfigEntry& entry, std::string_view name, OptionTable& options) {
  const Option* option = options.Find(name);
  const Status set = options.Set(name, option == nullptr ? entry.text : ResolvedText(*option, config, entry.text));
  return set.ok() ? set : ErrorAt(config.path, entry.line, set.message());
}

const SharedKey* FindShared(std::string_view key) {
  for (const SharedKey& shared : SharedKeys()) {
    if (shared.key == key) return &shared;
  }
  return nullptr;
}

// "threads" and "memory" are the run's own; true if `entry` was one of them.
bool TakeRunKey(const ConfigEntry& entry, RunKeys* run) {
  if (entry.key == "threads") {
    run->threads = entry.text;
  } else if (entry.key == "memory") {
    run->memory = entry.text;
  } else {
    return false;
  }
  return true;
}

std::vector<std::string> TopLevelNames() {
  std::vector<std::string> names = {"threads", "memory"};
  for (const SharedKey& shared : SharedKeys()) names.emplace_back(shared.key);
  return names;
}

std::vector<std::string> NamesOf(const std::vector<BoundStage>& stages) {
  std::vector<std::string> names;
  for (const BoundStage& stage : stages) names.emplace_back(stage.name());
  return names;
}

BoundStage* FindStage(std::vector<BoundStage>& stages, std::string_view name) {
  const auto found =
      std::find_if(stages.begin(), stages.end(), [name](const BoundStage& stage) { return stage.name() == name; });
  return found == stages.end() ? nullptr : &*found;
}

bool Concerns(const SharedKey& shared, std::string_view stage) {
  return shared.only_stage.empty() || shared.only_stage == stage;
}

}  // namespace

BoundStage::BoundStage(std::unique_ptr<Stage> made) : stage(std::move(made)), options(std::make_unique<OptionTable>()) {
  stage->BindOptions(*options);
}

const std::vector<SharedKey>& SharedKeys() {
  static const std::vector<SharedKey> keys = {{"output", {"output"}, ""},
                                              {"variant", {"variant", "candidate-variant"}, ""},
                                              {"release", {"release"}, ""},
                                              {"bricks", {"bricks"}, ""},
                                              {"sweep-index", {"sweep-index"}, "scan"}};
  return keys;
}

Result<ConfigFile> ReadConfig(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const std::string bytes, io::ReadWholeFile(storage, path));
  ARROW_ASSIGN_OR_RAISE(const toml::table parsed, ParseToml(path, bytes));
  ConfigFile config{path};
  for (const auto& [key, node] : parsed) {
    if (const toml::table* table = node.as_table()) {
      ConfigTable made{std::string(key.str()), LineOf(node)};
      for (const auto& [inner_key, inner] : *table) {
        ARROW_ASSIGN_OR_RAISE(ConfigEntry entry, EntryOf(path, inner_key.str(), inner));
        made.entries.push_back(std::move(entry));
      }
      SortByLine(&made.entries);
      config.tables.push_back(std::move(made));
    } else {
      ARROW_ASSIGN_OR_RAISE(ConfigEntry entry, EntryOf(path, key.str(), node));
      config.entries.push_back(std::move(entry));
    }
  }
  SortByLine(&config.entries);
  SortByLine(&config.tables);
  return config;
}

Status ApplyRunConfig(const ConfigFile& config, std::vector<BoundStage>& stages, RunKeys* run) {
  for (const ConfigEntry& entry : config.entries) {
    if (TakeRunKey(entry, run)) continue;
    const SharedKey* shared = FindShared(entry.key);
    if (shared == nullptr) {
      return ErrorAt(config.path, entry.line,
                     fmt::format("unknown key '{}'; keys before the first [stage] are {}.{}", entry.key,
                                 fmt::join(TopLevelNames(), ", "), DidYouMean(entry.key, TopLevelNames())));
    }
    for (BoundStage& stage : stages) {
      if (!Concerns(*shared, stage.name())) continue;
      for (const std::string_view option : shared->options) {
        if (stage.options->Find(option) != nullptr) {
          ARROW_RETURN_NOT_OK(SetFromFile(config, entry, option, *stage.options));
        }
      }
    }
  }
  for (const ConfigTable& table : config.tables) {
    BoundStage* stage = FindStage(stages, table.name);
    if (stage == nullptr) {
      return ErrorAt(config.path, table.line,
                     fmt::format("[{}] is not a stage; the stages are {}.{}", table.name,
                                 fmt::join(NamesOf(stages), ", "), DidYouMean(table.name, NamesOf(stages))));
    }
    for (const ConfigEntry& entry : table.entries) {
      ARROW_RETURN_NOT_OK(SetFromFile(config, entry, entry.key, *stage->options));
    }
  }
  return Status::OK();
}

Status ApplyCommandConfig(const ConfigFile& config, std::string_view name, OptionTable& options,
                          const std::vector<std::string>& stage_names, RunKeys* run) {
  std::vector<std::string> given;
  for (const Option& option : options.options()) {
    if (option.given) given.push_back(option.name);
  }
  const auto set = [&](const ConfigEntry& entry, std::string_view option_name) -> Status {
    const Option* option = options.Find(option_name);
    if (option != nullptr && std::find(given.begin(), given.end(), option->name) != given.end()) return Status::OK();
    return SetFromFile(config, entry, option_name, options);
  };
  for (const ConfigEntry& entry : config.entries) {
    if (TakeRunKey(entry, run)) continue;
    const SharedKey* shared = FindShared(entry.key);
    if (shared == nullptr || (options.Find(entry.key) != nullptr && config.tables.empty())) {
      ARROW_RETURN_NOT_OK(set(entry, entry.key));
      continue;
    }
    if (!Concerns(*shared, name)) continue;
    for (const std::string_view option : shared->options) {
      if (options.Find(option) != nullptr) ARROW_RETURN_NOT_OK(set(entry, option));
    }
  }
  for (const ConfigTable& table : config.tables) {
    if (std::find(stage_names.begin(), stage_names.end(), table.name) == stage_names.end()) {
      return ErrorAt(config.path, table.line,
                     fmt::format("[{}] is not a stage; the stages are {}.{}", table.name, fmt::join(stage_names, ", "),
                                 DidYouMean(table.name, stage_names)));
    }
    if (table.name != name) continue;
    for (const ConfigEntry& entry : table.entries) ARROW_RETURN_NOT_OK(set(entry, entry.key));
  }
  return Status::OK();
}

Status SetShared(std::string_view key, std::string_view text, std::vector<BoundStage>& stages) {
  const SharedKey* shared = FindShared(key);
  if (shared == nullptr) return InternalError(fmt::format("'{}' is not a shared key", key));
  for (BoundStage& stage : stages) {
    if (!Concerns(*shared, stage.name())) continue;
    for (const std::string_view option : shared->options) {
      if (stage.options->Find(option) != nullptr) ARROW_RETURN_NOT_OK(stage.options->Set(option, text));
    }
  }
  return Status::OK();
}

Status ApplyOverride(std::string_view assignment, std::vector<BoundStage>& stages) {
  const size_t equals = assignment.find('=');
  const size_t dot = assignment.substr(0, equals).find('.');
  if (equals == std::string_view::npos || dot == std::string_view::npos) {
    return UsageError(
        fmt::format("--set: '{}' is not of the form stage.option=value, e.g. regions.max-ebv=0.1", assignment));
  }
  const std::string_view name = assignment.substr(0, dot);
  BoundStage* stage = FindStage(stages, name);
  if (stage == nullptr) {
    return UsageError(fmt::format("--set: '{}' is not a stage; the stages are {}.{}", name,
                                  fmt::join(NamesOf(stages), ", "), DidYouMean(name, NamesOf(stages))));
  }
  const Status set = stage->options->Set(assignment.substr(dot + 1, equals - dot - 1), assignment.substr(equals + 1));
  return WithContext(set, fmt::format("--set {}", assignment));
}

}  // namespace dhs::pipeline
