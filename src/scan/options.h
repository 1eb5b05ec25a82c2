// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dhs/option_table.h"
#include "photometry/variant.h"

namespace dhs::scan {

/// What `dhs scan` reads, what it keeps, and how it cuts the work. SPEC 4 and 13.
struct ScanOptions {
  std::string sweep_index;
  std::string output;
  std::string release = "dr10";
  std::string candidate_variant{photometry::kDefaultVariantName};
  bool use_mw_correction = false;
  bool emit_mw_corrected_mags = true;
  std::vector<std::string> extra_columns = {};  ///< of the sweeps, in any case
  std::string photo_z;                          ///< folder or URL prefix of the companions; empty = none
  double ra_min_deg = 0.0;
  double ra_max_deg = 360.0;
  double dec_min_deg = -90.0;
  double dec_max_deg = 90.0;
  std::string on_missing = "error";
  std::string on_bad_sweep = "error";
  int64_t chunk_size = 100'000;
  int64_t sweep_partitions = 1;
};

/// Binds every field to its option. `options` outlives `table`.
void Bind(ScanOptions& options, OptionTable& table);

/// For another stage that may read sweeps: the options that name them and say what is taken of their rows; none is
/// required.
void BindSweepSource(ScanOptions& options, OptionTable& table);

/// What single limits cannot say: a known variant, a release that can be a folder, dec-min <= dec-max. UsageError.
Status Check(const ScanOptions& options);

}  // namespace dhs::scan
