// SPDX-License-Identifier: Apache-2.0
#include "cli/run_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "pipeline/line.h"
#include "pipeline/registry.h"

namespace dhs::cli {

void RunOptions::Bind(OptionTable& options) {
  table_ = &options;
  options.Text("output", &output_, {.doc = "Root of all outputs", .placeholder = "OUT", .aliases = {"output-s3"}});
  options.Text(
      "sweep-index", &sweep_index_,
      {.doc = "The list of sweeps to scan, one path a line", .placeholder = "LIST", .aliases = {"sweep-index-s3"}});
  options.Text("bricks", &bricks_,
               {.doc = "The survey's bricks file", .placeholder = "FILE", .aliases = {"bricks-fits-s3"}});
  options.Text("variant", &variant_, {.doc = "The variant of all stages"});
  options.Text("release", &release_, {.doc = "The release's name in output paths"});
  options.Text("from", &from_, {.doc = "Begin with this stage", .placeholder = "STAGE"});
  options.Text("to", &to_, {.doc = "End with this stage", .placeholder = "STAGE"});
  options.Text("set", &set_,
               {.doc = "Give one option of one stage, e.g. regions.max-ebv=0.1; may be repeated and wins over all else",
                .placeholder = "STAGE.OPTION=VALUE"});
}

Result<std::vector<pipeline::BoundStage>> RunOptions::ConfiguredStages(const Invocation& invocation,
                                                                       pipeline::RunKeys* keys) {
  std::vector<pipeline::BoundStage> stages = pipeline::MakeAllStages();
  ARROW_ASSIGN_OR_RAISE(const pipeline::ConfigFile config,
                        pipeline::ReadConfig(*invocation.storage, invocation.positionals.back()));
  ARROW_RETURN_NOT_OK(pipeline::ApplyRunConfig(config, stages, keys));
  for (const pipeline::SharedKey& shared : pipeline::SharedKeys()) {
    const Option* option = table_->Find(shared.key);
    if (option == nullptr || !option->given) continue;
    ARROW_RETURN_NOT_OK(pipeline::SetShared(shared.key, option->text(), stages));
  }
  for (const std::string& assignment : invocation.repeated) {
    ARROW_RETURN_NOT_OK(pipeline::ApplyOverride(assignment, stages));
  }
  ARROW_RETURN_NOT_OK(pipeline::CutLine(from_, to_, &stages));
  return stages;
}

std::string RunConfigNotes() {
  return fmt::format(
      "CONFIG is a TOML file. Before its first table it may hold output, variant, release, bricks, sweep-index, "
      "threads and memory; then one table per stage ([{}]) whose keys are the "
      "options of that stage without dashes. Relative paths in it start at the folder that holds it.",
      fmt::join(pipeline::StageNames(), "], ["));
}

}  // namespace dhs::cli
