// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/common_options.h"
#include "cli/log.h"
#include "dhs/option_table.h"
#include "dhs/stop_token.h"
#include "dhs/storage.h"

namespace dhs::cli {

/// What the dispatcher hands to a command. References outlive the call.
struct Invocation {
  std::shared_ptr<Storage> storage;
  StopToken stop;
  Log& log;
  const CommonOptions& common;
  std::vector<std::string> positionals;
  std::vector<std::string> repeated;  ///< the values of `Command::repeatable`, in the order typed
};

/// One subcommand. Life: BindOptions -> (options set from the command line) -> Run, once.
class Command {
 public:
  virtual ~Command() = default;
  virtual std::string_view name() const = 0;     ///< "scan", "mock survey"
  virtual std::string_view summary() const = 0;  ///< one line, without a full stop
  virtual std::string_view example() const = 0;  ///< one command line that works
  /// Names of the words it takes beside options, for help: {"CONFIG"}; exactly so many must be given.
  virtual std::vector<std::string> positionals() const { return {}; }
  /// More help, printed under the options.
  virtual std::string notes() const { return ""; }
  virtual void BindOptions(OptionTable& /*options*/) {}
  /// The one option that may be given several times ("set"); empty = none.
  virtual std::string repeatable() const { return ""; }
  virtual CommonGroup common_group() const { return CommonGroup::kTalk; }
  virtual Result<ExitCode> Run(Invocation& invocation) = 0;
};

/// Every command, in the order of `dhs --help`.
std::vector<std::unique_ptr<Command>> AllCommands();

std::unique_ptr<Command> MakeStageCommand(std::string_view stage);  ///< scan, regions, ..., from the registry
std::unique_ptr<Command> MakeRunCommand();
std::unique_ptr<Command> MakeExplainCommand();
std::unique_ptr<Command> MakeInfoCommand();
std::unique_ptr<Command> MakeMapCommand();
std::unique_ptr<Command> MakeMirrorCommand();
std::unique_ptr<Command> MakeMockSurveyCommand();
std::unique_ptr<Command> MakeMockParentCommand();
std::unique_ptr<Command> MakeReferenceCommand();

/// Help of one command, whole.
std::string HelpOf(Command& command);

}  // namespace dhs::cli
