// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dhs/error.h"
#include "pipeline/config.h"
#include "stage/stage.h"

namespace dhs::pipeline {

/// The stages in the order in which `dhs run` does them: "scan", "regions", "select", "parent", "compact", "validate".
std::vector<std::string> StageNames();

/// A stage with its options at their defaults. UsageError with the nearest names for an unknown one.
Result<std::unique_ptr<Stage>> MakeStage(std::string_view name);

/// Every stage, bound, in order.
std::vector<BoundStage> MakeAllStages();

}  // namespace dhs::pipeline
