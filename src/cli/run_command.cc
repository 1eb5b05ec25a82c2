// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/progress_line.h"
#include "cli/run_options.h"
#include "cli/stage_output.h"
#include "pipeline/line.h"
#include "pipeline/registry.h"

namespace dhs::cli {

namespace {

// Shows each stage's progress while it runs; its account only with --verbose, for the screen belongs to the end.
class Narrator : public pipeline::LineObserver {
 public:
  Narrator(Log& log, const Progress& progress) : log_(log), progress_(progress) {}

  void StageBegins(std::string_view name) override {
    log_.Note(fmt::format("{} begins", name));
    line_.emplace(std::string(name), progress_, log_);
  }
  void StageEnded(std::string_view name, const pipeline::StageOutcome& outcome) override {
    line_.reset();
    if (log_.verbosity() == Verbosity::kVerbose || log_.format() == LogFormat::kJson) {
      PrintOutcome(log_, name, outcome);
      return;
    }
    for (const std::string& warning : outcome.report.warnings) log_.Warning(fmt::format("{}: {}", name, warning));
  }

 private:
  Log& log_;
  const Progress& progress_;
  std::optional<ProgressLine> line_;
};

class RunCommand : public Command {
 public:
  std::string_view name() const override { return "run"; }
  std::string_view summary() const override { return "Run all stages in order as a configuration file says"; }
  std::string_view example() const override {
    return "dhs run profiles/dr10-phase3.toml --sweep-index sweeps.txt --bricks survey-bricks-dr10-south.fits.gz "
           "--output out";
  }
  std::vector<std::string> positionals() const override { return {"CONFIG"}; }
  std::string repeatable() const override { return "set"; }
  CommonGroup common_group() const override { return CommonGroup::kRun; }
  std::string notes() const override { return RunConfigNotes(); }
  void BindOptions(OptionTable& options) override { options_.Bind(options); }

  Result<ExitCode> Run(Invocation& invocation) override {
    pipeline::RunKeys keys;
    ARROW_ASSIGN_OR_RAISE(auto stages, options_.ConfiguredStages(invocation, &keys));
    ARROW_ASSIGN_OR_RAISE(const auto workshop,
                          Workshop::Open(invocation.common, keys, invocation.storage, invocation.stop));
    RunContext& context = workshop->context();
    if (invocation.common.dry_run) {
      ARROW_ASSIGN_OR_RAISE(const std::string text,
                            pipeline::ExplainLine(stages, context, invocation.common.settings()));
      invocation.log.Answer(text);
      return ExitCode::kOk;
    }
    std::vector<pipeline::FinishedStage> finished;
    Status done;
    {
      Narrator narrator(invocation.log, *context.progress);
      done = pipeline::RunLine(stages, context, invocation.common.settings(), narrator, &finished);
    }
    if (!finished.empty() && invocation.log.format() == LogFormat::kText) {
      invocation.log.Account(pipeline::LineAccount(finished));
    }
    ARROW_RETURN_NOT_OK(done);
    return pipeline::LineExitCode(finished);
  }

 private:
  RunOptions options_;
};

}  // namespace

std::unique_ptr<Command> MakeRunCommand() { return std::make_unique<RunCommand>(); }

}  // namespace dhs::cli
