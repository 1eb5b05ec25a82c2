// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "cli/log.h"
#include "pipeline/runner.h"

namespace dhs::cli {

/// Prints what a stage did: its account (or, for a skipped one, the figures of its stored report), its warnings, and a
/// line with the output folder and the time. With --log-format json one object on stdout instead.
void PrintOutcome(Log& log, std::string_view stage, const pipeline::StageOutcome& outcome);

/// kCheckFailed, kData (something was skipped at the user's wish) or kOk.
ExitCode ExitCodeOfReport(const StageReport& report);

}  // namespace dhs::cli
