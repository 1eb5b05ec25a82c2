// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "dhs/option_table.h"
#include "pipeline/runner.h"

namespace dhs::pipeline {

/// What one stage would read, make and skip, as text of a screen: decision and reason, inputs by role, estimates, the
/// options that were given, what it makes, the plan's notes. Ends with a newline.
std::string ExplainText(std::string_view stage, const OptionTable& options, const StageDecision& decision);

}  // namespace dhs::pipeline
