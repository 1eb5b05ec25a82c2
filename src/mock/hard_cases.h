// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "stage/stage.h"

namespace dhs::mock {

/// Writes one small file for each unusual or damaged kind of input into `directory`, an index-<case>.txt beside each,
/// and README.txt: a table of case, expected exit code of `dhs scan` and meaning. DR10 layout unless the name says
/// otherwise.
Status WriteHardCases(RunContext& context, uint64_t seed, const std::string& directory);

}  // namespace dhs::mock
