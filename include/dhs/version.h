// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace dhs {

/// "0.1.0", as in CMakeLists.txt.
std::string_view Version();
/// The short git commit this program was configured from, "-dirty" appended when the tree had changes then;
/// "unknown" outside a git checkout.
std::string_view Commit();
/// "Release", "Debug", ...
std::string_view BuildType();

/// Raised whenever equal inputs and options would give other bytes than before. Part of every fingerprint, so outputs
/// of an older format are never taken for current ones.
inline constexpr int kOutputFormatVersion = 1;

}  // namespace dhs
