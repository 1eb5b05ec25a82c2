// SPDX-License-Identifier: Apache-2.0
#include "cli/cli.h"

#include <algorithm>
#include <exception>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command.h"
#include "cli/help.h"
#include "cli/parse_args.h"
#include "cli/signals.h"
#include "dhs/version.h"
#include "pipeline/registry.h"

namespace dhs::cli {

namespace {

std::string MainHelp() {
  std::string text =
      "dhs: parent catalogs of luminous red galaxies from the DESI Legacy Imaging Surveys\n\nusage: dhs COMMAND "
      "[options]\n\nCommands\n";
  for (const std::unique_ptr<Command>& command : AllCommands()) {
    text += fmt::format("  {:<14}{}\n", command->name(), Wrap(command->summary(), 16));
  }
  return text +
         "\n`dhs COMMAND --help` lists the options of a command; `dhs --version` names version, commit and build.\n"
         "Exit codes: 0 done, 1 a check found something, 2 wrong usage, 3 bad or missing data,\n"
         "4 disk, network or memory, 5 a defect of dhs, 130 interrupted.\n";
}

std::string VersionText() { return fmt::format("dhs {} (commit {}, {})\n", Version(), Commit(), BuildType()); }

// Messages about a line that cannot be parsed already keep to its --log-format.
LogFormat FormatAskedFor(const std::vector<std::string>& args) {
  for (size_t i = 0; i < args.size(); ++i) {
    if (args[i] == "--log-format=json") return LogFormat::kJson;
    if (args[i] == "--log-format" && i + 1 < args.size() && args[i + 1] == "json") return LogFormat::kJson;
  }
  return LogFormat::kText;
}

// The command whose name (one or two words) begins `args`; takes these words out.
Result<std::unique_ptr<Command>> TakeCommand(std::vector<std::string>* args) {
  std::vector<std::unique_ptr<Command>> commands = AllCommands();
  std::vector<std::string> names, second_words;
  const std::string first = args->front();
  const std::string two_words = args->size() > 1 ? first + " " + (*args)[1] : first;
  for (std::unique_ptr<Command>& command : commands) {
    const std::string name(command->name());
    if (name == first || name == two_words) {
      args->erase(args->begin(), args->begin() + (name == first ? 1 : 2));
      return std::move(command);
    }
    names.push_back(name);
    if (name.starts_with(first + " ")) second_words.push_back(name.substr(first.size() + 1));
  }
  if (!second_words.empty()) {
    return UsageError(fmt::format("'{}' needs one of these words after it: {}", first, fmt::join(second_words, ", ")));
  }
  if (first.starts_with("-")) return UsageError(fmt::format("expected a command before '{}'", first));
  return UsageError(fmt::format("unknown command '{}'.{}", first, DidYouMean(first, names)));
}

Status CheckPositionals(const Command& command, const std::vector<std::string>& given) {
  const std::vector<std::string> expected = command.positionals();
  if (given.size() > expected.size()) {
    return UsageError(
        fmt::format("'{}' is one word too many; {}", given[expected.size()],
                    expected.empty() ? "expected options only" : fmt::format("expected {}", fmt::join(expected, " "))));
  }
  if (given.size() < expected.size()) return UsageError(fmt::format("{} must be given", expected[given.size()]));
  return Status::OK();
}

// One command line, parsed and bound.
struct Session {
  std::unique_ptr<Command> command;
  CommonOptions common = {};
  OptionTable options = {};
  OptionTable common_options = {};
  ParsedArgs args = {};
  std::vector<std::string> repeated = {};
};

Status Parse(const std::vector<std::string>& args, Session* session) {
  Command& command = *session->command;
  command.BindOptions(session->options);
  BindCommon(session->common, command.common_group(), session->common_options);
  ARROW_ASSIGN_OR_RAISE(session->args,
                        ParseArgs(args, {&session->options, &session->common_options}, {command.repeatable()}));
  if (session->args.help) return Status::OK();
  for (const auto& [name, value] : session->args.options) {
    if (name == command.repeatable()) session->repeated.push_back(value);
    OptionTable& table = session->options.Find(name) != nullptr ? session->options : session->common_options;
    ARROW_RETURN_NOT_OK(table.Set(name, value));
  }
  return CheckPositionals(command, session->args.positionals);
}

Result<ExitCode> Execute(Session& session, std::shared_ptr<Storage> storage, Log& log) {
  const StopToken stop;
  const SignalScope signals(stop);
  Invocation invocation{std::move(storage), stop, log, session.common, session.args.positionals, session.repeated};
  try {
    return session.command->Run(invocation);
  } catch (const std::bad_alloc&) {
    return EnvironmentError({}, "out of memory; give a smaller --memory or fewer --threads");
  } catch (const std::exception& error) {
    return InternalError(error.what());
  }
}

int Finish(Log& log, const Result<ExitCode>& result, Hint hint) {
  if (!result.ok()) {
    log.Error(result.status(), hint);
    return static_cast<int>(ExitCodeOf(result.status()));
  }
  if (const Status written = log.FinishStdout(); !written.ok()) {
    log.Error(written, Hint::kNone);
    return static_cast<int>(ExitCodeOf(written));
  }
  return static_cast<int>(*result);
}

int Answer(const std::string& text) {
  Log log("dhs", LogFormat::kText, Verbosity::kNormal);
  const SignalScope signals{StopToken()};
  log.Answer(text);
  return Finish(log, ExitCode::kOk, Hint::kNone);
}

}  // namespace

std::vector<std::unique_ptr<Command>> AllCommands() {
  std::vector<std::unique_ptr<Command>> commands;
  for (const std::string& stage : pipeline::StageNames()) commands.push_back(MakeStageCommand(stage));
  commands.push_back(MakeRunCommand());
  commands.push_back(MakeExplainCommand());
  commands.push_back(MakeInfoCommand());
  commands.push_back(MakeMapCommand());
  commands.push_back(MakeMirrorCommand());
  commands.push_back(MakeMockSurveyCommand());
  commands.push_back(MakeMockParentCommand());
  commands.push_back(MakeReferenceCommand());
  return commands;
}

std::string HelpOf(Command& command) {
  OptionTable options, common_options;
  CommonOptions common;
  command.BindOptions(options);
  BindCommon(common, command.common_group(), common_options);
  std::string usage = fmt::format("usage: dhs {}", command.name());
  for (const std::string& name : command.positionals()) usage += " " + name;
  for (const Option& option : options.options()) {
    if (option.doc.required) usage += fmt::format(" --{} {}", option.name, PlaceholderOf(option));
  }
  std::string text = fmt::format("{}\n\n{}\n", Wrap(fmt::format("dhs {}: {}", command.name(), command.summary()), 2),
                                 Wrap(usage + " [options]", 7));
  if (!options.options().empty()) text += "\nOptions\n" + OptionHelp(options);
  text += "\nCommon options\n" + OptionHelp(common_options);
  if (const std::string notes = command.notes(); !notes.empty()) text += "\n" + Wrap(notes, 0) + "\n";
  return text + fmt::format("\nExample\n{}\n", WrapCommandLine(command.example()));
}

int Main(int argc, const char* const* argv, std::shared_ptr<Storage> storage) {
  std::vector<std::string> args(argv + std::min(argc, 1), argv + argc);
  const LogFormat early_format = FormatAskedFor(args);
  Log early_log("dhs", early_format, Verbosity::kNormal);
  if (args.empty()) return Finish(early_log, UsageError("no command is given"), Hint::kHelp);
  if (args.front() == "--version") return Answer(VersionText());
  if (args.front() == "--help" || args.front() == "-h" || (args.front() == "help" && args.size() == 1)) {
    return Answer(MainHelp());
  }
  if (args.front() == "help") {
    args.erase(args.begin());
    args.push_back("--help");
  }
  Session session;
  Result<std::unique_ptr<Command>> command = TakeCommand(&args);
  if (!command.ok()) return Finish(early_log, command.status(), Hint::kHelp);
  session.command = *std::move(command);
  const std::string program = fmt::format("dhs {}", session.command->name());
  if (const Status parsed = Parse(args, &session); !parsed.ok()) {
    Log log(program, early_format, Verbosity::kNormal);
    return Finish(log, parsed, Hint::kHelp);
  }
  if (session.args.help) return Answer(HelpOf(*session.command));
  Log log(program, session.common.log_format == "json" ? LogFormat::kJson : LogFormat::kText,
          session.common.verbosity());
  const bool resumes = session.command->common_group() >= CommonGroup::kRun;
  return Finish(log, Execute(session, std::move(storage), log), resumes ? Hint::kResume : Hint::kNone);
}

}  // namespace dhs::cli
