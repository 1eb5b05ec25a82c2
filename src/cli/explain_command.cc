// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "cli/command.h"
#include "cli/run_options.h"
#include "pipeline/line.h"
#include "pipeline/registry.h"

namespace dhs::cli {

namespace {

class ExplainCommand : public Command {
 public:
  std::string_view name() const override { return "explain"; }
  std::string_view summary() const override { return "Say what a stage, or the whole run, would read, make and skip"; }
  std::string_view example() const override { return "dhs explain regions profiles/dr10-phase3.toml --output out"; }
  std::vector<std::string> positionals() const override { return {"STAGE|run", "CONFIG"}; }
  std::string repeatable() const override { return "set"; }
  CommonGroup common_group() const override { return CommonGroup::kPlan; }
  std::string notes() const override { return RunConfigNotes(); }
  void BindOptions(OptionTable& options) override { options_.Bind(options); }

  Result<ExitCode> Run(Invocation& invocation) override {
    pipeline::RunKeys keys;
    ARROW_ASSIGN_OR_RAISE(auto stages, options_.ConfiguredStages(invocation, &keys));
    const std::string& stage = invocation.positionals.front();
    if (stage != "run") {
      ARROW_RETURN_NOT_OK(pipeline::MakeStage(stage).status());
      ARROW_RETURN_NOT_OK(pipeline::CutLine(stage, stage, &stages));
    }
    ARROW_ASSIGN_OR_RAISE(const auto workshop,
                          Workshop::Open(invocation.common, keys, invocation.storage, invocation.stop));
    ARROW_ASSIGN_OR_RAISE(const std::string text,
                          pipeline::ExplainLine(stages, workshop->context(), invocation.common.settings()));
    invocation.log.Answer(text);
    return ExitCode::kOk;
  }

 private:
  RunOptions options_;
};

}  // namespace

std::unique_ptr<Command> MakeExplainCommand() { return std::make_unique<ExplainCommand>(); }

}  // namespace dhs::cli
