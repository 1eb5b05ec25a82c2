// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/memory_budget.h"
#include "cli/log.h"
#include "dhs/option_table.h"
#include "dhs/progress.h"
#include "pipeline/config.h"
#include "pipeline/runner.h"
#include "stage/stage.h"

namespace dhs::cli {

/// Options that many commands share (SPEC 13, "all").
struct CommonOptions {
  bool skip_if_exists = true;
  bool force = false;
  bool dry_run = false;
  int64_t threads = 0;      ///< 0 = all cores
  std::string memory = {};  ///< as typed; empty = DefaultMemoryBytes()
  std::string config = {};
  bool quiet = false;
  bool verbose = false;
  std::string log_format = "text";

  pipeline::RunSettings settings() const { return {skip_if_exists, force}; }
  Verbosity verbosity() const;
};

/// Which of them a command takes.
enum class CommonGroup {
  kTalk,  ///< --quiet --verbose --log-format
  kWork,  ///< also --threads --memory
  kPlan,  ///< also --skip-if-exists --force
  kRun,   ///< also --dry-run
  kStage  ///< also --config
};

void BindCommon(CommonOptions& common, CommonGroup group, OptionTable& options);

/// What a RunContext points into. `keys` are those of a configuration file: the command line wins.
class Workshop {
 public:
  static Result<std::unique_ptr<Workshop>> Open(const CommonOptions& common, const pipeline::RunKeys& keys,
                                                std::shared_ptr<Storage> storage, const StopToken& stop);
  RunContext& context() { return context_; }

 private:
  Workshop(std::shared_ptr<Storage> storage, const StopToken& stop, int num_threads, int64_t memory_bytes);
  Progress progress_;
  base::MemoryBudget memory_;
  RunContext context_;
};

}  // namespace dhs::cli
