// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "cli/command.h"
#include "cli/progress_line.h"
#include "cli/stage_output.h"
#include "pipeline/explain.h"
#include "pipeline/registry.h"

namespace dhs::cli {

namespace {

class StageCommand : public Command {
 public:
  explicit StageCommand(std::unique_ptr<Stage> stage) : stage_(std::move(stage)) {}
  std::string_view name() const override { return stage_->name(); }
  std::string_view summary() const override { return stage_->summary(); }
  std::string_view example() const override { return stage_->example(); }
  CommonGroup common_group() const override { return CommonGroup::kStage; }

  void BindOptions(OptionTable& options) override {
    stage_->BindOptions(options);
    options_ = &options;
  }

  Result<ExitCode> Run(Invocation& invocation) override {
    pipeline::RunKeys keys;
    if (!invocation.common.config.empty()) {
      ARROW_ASSIGN_OR_RAISE(const pipeline::ConfigFile config,
                            pipeline::ReadConfig(*invocation.storage, invocation.common.config));
      ARROW_RETURN_NOT_OK(pipeline::ApplyCommandConfig(config, name(), *options_, pipeline::StageNames(), &keys));
    }
    ARROW_ASSIGN_OR_RAISE(const auto workshop,
                          Workshop::Open(invocation.common, keys, invocation.storage, invocation.stop));
    RunContext& context = workshop->context();
    if (stage_->IsQuestion()) {
      ARROW_RETURN_NOT_OK(options_->CheckRequired());
      ARROW_ASSIGN_OR_RAISE(const StageAnswer answer, stage_->Answer(context));
      invocation.log.Answer(invocation.log.format() == LogFormat::kJson ? answer.json.dump() + "\n" : answer.text);
      return ExitCode::kOk;
    }
    if (invocation.common.dry_run) {
      ARROW_ASSIGN_OR_RAISE(const auto decision,
                            pipeline::Decide(*stage_, *options_, context, invocation.common.settings()));
      invocation.log.Answer(pipeline::ExplainText(name(), *options_, decision));
      return ExitCode::kOk;
    }
    pipeline::StageOutcome outcome;
    {
      const ProgressLine progress(std::string(name()), *context.progress, invocation.log);
      ARROW_ASSIGN_OR_RAISE(outcome, pipeline::RunStage(*stage_, *options_, context, invocation.common.settings()));
    }
    PrintOutcome(invocation.log, name(), outcome);
    return ExitCodeOfReport(outcome.report);
  }

 private:
  std::unique_ptr<Stage> stage_;
  OptionTable* options_ = nullptr;
};

}  // namespace

std::unique_ptr<Command> MakeStageCommand(std::string_view stage) {
  Result<std::unique_ptr<Stage>> made = pipeline::MakeStage(stage);
  if (!made.ok()) return nullptr;
  return std::make_unique<StageCommand>(*std::move(made));
}

}  // namespace dhs::cli
