// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dhs/option_table.h"
#include "dhs/storage.h"
#include "stage/stage.h"

namespace dhs::pipeline {

/// `key = value` of a TOML file. Booleans are "1" and "0", arrays of plain values are joined by commas: the text that
/// OptionTable::Set takes.
struct ConfigEntry {
  std::string key;
  std::string text;
  int line = 0;  ///< 1-based
};

/// `[name]` and its entries in file order.
struct ConfigTable {
  std::string name;
  int line = 0;
  std::vector<ConfigEntry> entries = {};
};

/// A parsed configuration, with lines for messages; nothing is checked against stages yet.
struct ConfigFile {
  std::string path = {};
  std::vector<ConfigEntry> entries = {};  ///< those before the first table
  std::vector<ConfigTable> tables = {};   ///< in file order
};

/// Errors: DataError if the file is missing; UsageError "PATH:LINE: ..." for what is not TOML, nested tables, dates.
Result<ConfigFile> ReadConfig(Storage& storage, const std::string& path);

/// A stage and its options: the table is bound to fields inside the stage, so both live and move together.
struct BoundStage {
  std::unique_ptr<Stage> stage;
  std::unique_ptr<OptionTable> options;

  explicit BoundStage(std::unique_ptr<Stage> made);
  std::string_view name() const { return stage->name(); }
};

/// Top-level keys of a run configuration that are handed to the stages: each names the options it sets, in every stage
/// that has them. "sweep-index" is for scan alone: to other stages the option means to read sweeps again.
struct SharedKey {
  std::string_view key;
  std::vector<std::string_view> options;
  std::string_view only_stage;  ///< empty = every stage
};
const std::vector<SharedKey>& SharedKeys();

/// Top-level keys that concern the run, not a stage.
struct RunKeys {
  std::string threads = {};  ///< as typed; empty = not given
  std::string memory = {};
};

/// Sets the stages' options from a run configuration: shared keys first, then each stage's own table.
/// Relative paths in the file are taken from the folder that holds it. Errors: UsageError "PATH:LINE: ..." for an
/// unknown key or table (with the nearest names) and for values an option refuses.
Status ApplyRunConfig(const ConfigFile& config, std::vector<BoundStage>& stages, RunKeys* run);

/// The same for one command (`--config FILE`): the file's top-level keys are its options; the file may also be a run
/// configuration, of which the shared keys and the table `[name]` are used. Options already given stay as they are.
Status ApplyCommandConfig(const ConfigFile& config, std::string_view name, OptionTable& options,
                          const std::vector<std::string>& stage_names, RunKeys* run);

/// Gives one shared value from the command line to every stage that takes it.
Status SetShared(std::string_view key, std::string_view text, std::vector<BoundStage>& stages);

/// "stage.option=value". UsageError if it is not of that form, or names no stage or option (with the nearest names).
Status ApplyOverride(std::string_view assignment, std::vector<BoundStage>& stages);

}  // namespace dhs::pipeline
