// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "dhs/option_table.h"

namespace dhs::compact {

/// A split of fewer rows than num_partitions times this gets fewer files: smaller ones only cost time to open.
inline constexpr int64_t kMinRowsPerFile = 8192;

/// Parameters of `dhs compact` (SPEC 8).
struct CompactOptions {
  std::string output;                        ///< root of all stages' outputs
  std::string variant = "v3_color_relaxed";  ///< rows that fail it are dropped and counted
  std::string input;                         ///< directory; empty = {output}/phase3c/{variant}/parent_union_parquet
  int64_t num_partitions = 96;               ///< files a split
};

/// Binds every option to `options`, which must outlive `table`.
void Bind(CompactOptions& options, OptionTable& table);

}  // namespace dhs::compact
