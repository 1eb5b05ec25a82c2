// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "dhs/option_table.h"
#include "io/files.h"
#include "stage/stage.h"
#include "testing/testing.h"

namespace dhs::testing {

/// Everything a stage is lent, for one test.
struct StageHarness {
  std::shared_ptr<Storage> storage = LocalStorage();
  StopToken stop;
  Progress progress;
  std::unique_ptr<base::MemoryBudget> memory;
  RunContext context;

  explicit StageHarness(int num_threads = 1, int64_t memory_bytes = int64_t{256} << 20)
      : memory(std::make_unique<base::MemoryBudget>(memory_bytes)),
        context{storage, stop, &progress, memory.get(), num_threads} {}
};

/// Gives a directory the marks of a finished stage.
inline Status PublishStage(Storage& storage, const std::string& directory, const nlohmann::ordered_json& manifest) {
  ARROW_RETURN_NOT_OK(storage.MakeDirectories(directory));
  ARROW_RETURN_NOT_OK(io::WriteJsonAtomic(storage, io::JoinPath(directory, "_manifest.json"), manifest));
  return io::WriteFileAtomic(storage, io::JoinPath(directory, "_SUCCESS"), "");
}

/// Plans and runs a stage with these options straight into its final directory (replacing what is there), as the stage
/// runner would, less staging.
inline Result<StageReport> RunStageAlone(StageHarness& harness, std::unique_ptr<Stage> stage,
                                         const std::vector<std::pair<std::string, std::string>>& options) {
  OptionTable table;
  stage->BindOptions(table);
  for (const auto& [name, value] : options) ARROW_RETURN_NOT_OK(table.Set(name, value));
  ARROW_RETURN_NOT_OK(table.CheckRequired());
  ARROW_ASSIGN_OR_RAISE(const StagePlan plan, stage->Plan(harness.context));
  ARROW_RETURN_NOT_OK(harness.storage->Remove(plan.output_dir));
  ARROW_RETURN_NOT_OK(harness.storage->MakeDirectories(plan.output_dir));
  ARROW_ASSIGN_OR_RAISE(StageReport report, stage->Run(harness.context, plan.output_dir));
  ARROW_RETURN_NOT_OK(PublishStage(*harness.storage, plan.output_dir, report.manifest));
  return report;
}

}  // namespace dhs::testing
