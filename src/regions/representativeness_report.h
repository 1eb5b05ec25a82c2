// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "regions/representativeness.h"

namespace dhs::regions {

/// The table for an account. `which` says of which bricks: "the bricks", "the selected bricks".
std::string FormatRepresentativeness(const Representativeness& comparison, std::string_view which);

/// The same for a manifest. NaN becomes null.
nlohmann::ordered_json RepresentativenessJson(const Representativeness& comparison);

/// A property of a pair of splits further apart than this, and rarer than kMaxChance, is a warning.
inline constexpr double kMaxKsDistance = 0.1;

/// One sentence that names the properties in which splits differ, with `cure` at its end; nothing if none does.
std::vector<std::string> DifferenceWarnings(const Representativeness& comparison, std::string_view cure);

}  // namespace dhs::regions
