// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mock/conditions.h"
#include "mock/tally.h"
#include "stage/stage.h"

namespace dhs::mock {

/// Half-open box of a sweep file, degrees.
struct SweepBox {
  int ra1_deg, ra2_deg, dec1_deg, dec2_deg;
  bool Holds(double ra_deg, double dec_deg) const {
    return ra_deg >= ra1_deg && ra_deg < ra2_deg && dec_deg >= dec1_deg && dec_deg < dec2_deg;
  }
};

/// "sweep-000m005-005p000.fits" (legacypipe bin/generate-sweep-files.py); Dec 0 is p000, the last RA edge 360.
std::string SweepName(const SweepBox& box);
/// The box of a place: 5 x 5 deg in DR10, 10 x 5 deg before.
SweepBox BoxOf(Release release, double ra_deg, double dec_deg);

/// One file to be written. Bricks come in shuffled order, as the files were made from an unsorted list.
struct SweepFile {
  SweepBox box;
  std::vector<size_t> bricks;  ///< indices of the conditions
  int64_t num_rows = 0;
  Tally tally = {};         ///< filled by WriteSweeps
  std::string sha256 = {};  ///< the same

  std::string name() const { return SweepName(box); }
};

/// Which rows go to which file: every brick is cut at the half-open box edges. Files in byte order of their names; a
/// box without rows has none. Parallel over bricks.
Result<std::vector<SweepFile>> PlanSweeps(RunContext& context, uint64_t seed, Release release,
                                          std::span<const BrickConditions> conditions);

/// Writes every file into `directory` (exists), each under a temporary name first; fills in tallies and checksums.
/// Returns one tally per brick. Parallel over the bricks of a file; the bytes do not depend on the number of threads.
/// Memory: two groups of 16 bricks of rows.
Result<std::vector<Tally>> WriteSweeps(RunContext& context, uint64_t seed, Release release,
                                       std::span<const BrickConditions> conditions, const std::string& directory,
                                       std::vector<SweepFile>& files);

/// "legacysurvey_dr10_south_sweep_10.1.sha256sum".
std::string ChecksumFileName(Release release);

/// The table header options of a sweep: EXTNAME SWEEP and the merged keys of HDU 0.
fits::TableWriterOptions SweepHeader(uint64_t seed, Release release, const SweepBox& box);

}  // namespace dhs::mock
