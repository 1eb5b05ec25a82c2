// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "dhs/option_table.h"

namespace dhs::pipeline {

/// True if the option's value is a path: its placeholder in help says so. Such a value is taken relative to the folder
/// of a configuration file, and is no part of a fingerprint: what lies there is, as an input of the plan.
inline bool IsPathOption(const Option& option) {
  constexpr std::array<std::string_view, 5> kPathPlaceholders = {"FILE", "DIR", "OUT", "PREFIX", "PATH"};
  return option.type == OptionType::kText && std::find(kPathPlaceholders.begin(), kPathPlaceholders.end(),
                                                       option.doc.placeholder) != kPathPlaceholders.end();
}

}  // namespace dhs::pipeline
