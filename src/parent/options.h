// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dhs/option_table.h"

namespace dhs::parent {

/// Parameters of `dhs parent` (SPEC 7).
struct ParentOptions {
  std::string output;                        ///< root of all stages' outputs
  std::string variant = "v3_color_relaxed";  ///< whose flag decides
  std::string release = "dr10";              ///< which scan below `output` is read
  std::string candidates;                    ///< directory; empty = {output}/scan/{release}
  std::string selections;                    ///< directory; empty = {output}/phase3b/{variant}
  std::vector<std::string> exclude_splits;   ///< splits whose regions are left out
  int64_t max_selected_bricks = 80000;       ///< guard; 0 = none
};

/// Binds every option to `options`, which must outlive `table`.
void Bind(ParentOptions& options, OptionTable& table);

}  // namespace dhs::parent
