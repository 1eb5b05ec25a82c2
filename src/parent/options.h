// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dhs/option_table.h"
#include "scan/options.h"

namespace dhs::parent {

/// Parameters of `dhs parent` (SPEC 7).
struct ParentOptions {
  std::string output;                         ///< root of all stages' outputs
  std::string variant = "v3_color_relaxed";   ///< whose flag decides
  std::string release = "dr10";               ///< which scan below `output` is read
  std::string candidates;                     ///< directory; empty = {output}/scan/{release}
  scan::ScanOptions sweeps;                   ///< `sweep_index` empty = candidates are read; else sweeps, as these say
  std::string selections;                     ///< directory; empty = {output}/phase3b/{variant}
  std::string mode = "union";                 ///< or kPerSelectionSet
  std::string partition_by = "region_split";  ///< or kSplitAndRegion
  std::vector<std::string> only_selection_sets = {};  ///< empty = all
  std::vector<std::string> exclude_splits;            ///< splits whose regions are left out
  int64_t max_selected_regions = 0;                   ///< 0 = no limit
  int64_t max_selected_bricks = 80000;                ///< guard; 0 = none
  int64_t output_partitions = 0;                      ///< files of a folder; 0 = by number of rows
};

inline constexpr const char* kPerSelectionSet = "per_selection_set";
inline constexpr const char* kSplitAndRegion = "region_split,region_id";

/// Binds every option to `options`, which must outlive `table`.
void Bind(ParentOptions& options, OptionTable& table);

/// What single limits cannot say: candidates and sweeps at once, options of sweeps without sweeps. UsageError.
Status Check(const ParentOptions& options, const OptionTable& table);

}  // namespace dhs::parent
