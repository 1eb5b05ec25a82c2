// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/config.h"
#include "pipeline/runner.h"

namespace dhs::pipeline {

/// Hears of each stage of a line as it begins and ends.
class LineObserver {
 public:
  virtual ~LineObserver() = default;
  virtual void StageBegins(std::string_view name) = 0;
  virtual void StageEnded(std::string_view name, const StageOutcome& outcome) = 0;
};

struct FinishedStage {
  std::string name;
  StageOutcome outcome;
};

/// Leaves only the stages from `from` to `to` (both included; empty = the first, the last). UsageError for an unknown
/// name (with the nearest ones) and for a range that runs backwards.
Status CutLine(std::string_view from, std::string_view to, std::vector<BoundStage>* stages);

/// Runs the stages in order; stops at the first error and returns it, named after its stage. `finished` holds those
/// that were done (or skipped as complete) before.
Status RunLine(std::vector<BoundStage>& stages, RunContext& context, const RunSettings& settings,
               LineObserver& observer, std::vector<FinishedStage>* finished);

/// What RunLine would do, stage by stage (`dhs explain run`, `dhs run --dry-run`). A stage whose input an earlier stage
/// of the line has yet to make is told as waiting. Errors other than that: those of Decide, named after the stage.
Result<std::string> ExplainLine(std::vector<BoundStage>& stages, RunContext& context, const RunSettings& settings);

/// One screen: a line per stage (made or skipped, rows, seconds, rates), its figures, its warnings' number, the output
/// folders and where to look next.
std::string LineAccount(const std::vector<FinishedStage>& finished);

/// kCheckFailed if a check of any stage failed, else kData if anything was skipped at the user's wish, else kOk.
ExitCode LineExitCode(const std::vector<FinishedStage>& finished);

}  // namespace dhs::pipeline
