// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "dhs/option_table.h"

namespace dhs::validate {

/// Parameters of `dhs validate` (SPEC 9).
struct ValidateOptions {
  std::string output;                        ///< root of all stages' outputs
  std::string variant = "v3_color_relaxed";  ///< every row must pass it
  std::string input;                         ///< directory; empty = the compacted catalog, else the parent catalog
};

/// Binds every option to `options`, which must outlive `table`.
void Bind(ValidateOptions& options, OptionTable& table);

}  // namespace dhs::validate
