// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"
#include "dhs/option_table.h"
#include "pipeline/config.h"

namespace dhs::cli {

/// Options of the commands that read a run configuration (`run`, `explain run`).
class RunOptions {
 public:
  void Bind(OptionTable& options);

  /// The stages from --from to --to with their options set: configuration file (the last positional), then the shared
  /// options of the command line, then each --set.
  Result<std::vector<pipeline::BoundStage>> ConfiguredStages(const Invocation& invocation, pipeline::RunKeys* keys);

 private:
  OptionTable* table_ = nullptr;
  std::string output_;
  std::string variant_;
  std::string release_;
  std::string bricks_;
  std::string sweep_index_;
  std::string from_;
  std::string to_;
  std::string set_;
};

/// What a run configuration may hold, for help.
std::string RunConfigNotes();

}  // namespace dhs::cli
