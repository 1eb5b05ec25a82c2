// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "cli/command.h"
#include "pipeline/inspect.h"

namespace dhs::cli {

namespace {

class InfoCommand : public Command {
 public:
  std::string_view name() const override { return "info"; }
  std::string_view summary() const override {
    return "Show what a file or folder is: schema, rows, key figures, provenance";
  }
  std::string_view example() const override { return "dhs info out/phase3c/v3_color_relaxed/parent_union_parquet"; }
  std::vector<std::string> positionals() const override { return {"PATH"}; }

  Result<ExitCode> Run(Invocation& invocation) override {
    ARROW_ASSIGN_OR_RAISE(const std::string text,
                          pipeline::Inspect(*invocation.storage, invocation.positionals.front()));
    invocation.log.Answer(text);
    return ExitCode::kOk;
  }
};

}  // namespace

std::unique_ptr<Command> MakeInfoCommand() { return std::make_unique<InfoCommand>(); }

}  // namespace dhs::cli
