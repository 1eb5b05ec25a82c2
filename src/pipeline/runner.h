// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dhs/option_table.h"
#include "stage/stage.h"

namespace dhs::pipeline {

/// A stage whose output stands under its final name is left alone or made again; see Decide.
struct RunSettings {
  bool skip_if_exists = true;  ///< a complete output with the same fingerprint is not made again
  bool force = false;          ///< an output is replaced, whatever made it
};

enum class StageAction {
  kMake,    ///< there is nothing yet
  kResume,  ///< finished parts of a killed attempt with the same fingerprint are used
  kRemake,  ///< an output is there and gets replaced
  kSkip,    ///< a complete output with the same fingerprint is there
  kBlocked  ///< another output is there: the user has to decide
};

/// "make", "resume", "remake", "skip", "stop".
std::string_view ActionName(StageAction action);

/// What RunStage would do, and why. Nothing was written to find it out.
struct StageDecision {
  StageAction action = StageAction::kMake;
  std::string reason = {};  ///< for kBlocked the whole message of the error; for the others one clause
  StagePlan plan = {};
  std::string fingerprint = {};
};

/// What a stage did now, or had done before (kSkip: the report is that of `_stage_config.json`, without account).
struct StageOutcome {
  StageAction action = StageAction::kMake;
  std::string reason = {};
  std::string output_dir = {};
  StageReport report = {};
  double seconds = 0;  ///< wall time of this call; 0 for a skipped stage
};

/// Names of the files that every stage output holds beside its data.
inline constexpr char kManifestFile[] = "_manifest.json";
inline constexpr char kReportFile[] = "_report.txt";
inline constexpr char kStageConfigFile[] = "_stage_config.json";

/// Plans a stage and looks at what stands under its final name:
/// nothing (or an unfinished output of ours): kMake or kResume; a complete one with the same fingerprint: kSkip
/// (kRemake with `force` or without `skip_if_exists`); a complete one with another fingerprint, or files that no stage
/// made: kBlocked (kRemake with `force`). Errors: those of Stage::Plan; UsageError for a missing required option.
Result<StageDecision> Decide(Stage& stage, const OptionTable& options, RunContext& context,
                             const RunSettings& settings);

/// Decides, runs the stage in a staging directory, adds `_manifest.json`, `_report.txt` and `_stage_config.json`, and
/// publishes everything by one rename. On any error nothing changes under the final name, and parts that were finished
/// are kept for the next attempt. Errors: those of Decide, Stage::Run and io::Staging; UsageError for kBlocked, which
/// says what differs and names --force.
Result<StageOutcome> RunStage(Stage& stage, const OptionTable& options, RunContext& context,
                              const RunSettings& settings);

}  // namespace dhs::pipeline
