// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "regions/what_if.h"

namespace dhs::regions {

/// One table, what its columns mean, and one line of advice with options as they would be typed.
std::string FormatWhatIf(const WhatIf& what_if);

/// The same as numbers. NaN becomes null.
nlohmann::ordered_json WhatIfJson(const WhatIf& what_if);

}  // namespace dhs::regions
