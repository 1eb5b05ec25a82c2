// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dhs/error.h"
#include "dhs/storage.h"
#include "scan/books.h"
#include "scan/scan.h"

namespace dhs::scan {

/// Everything that the manifest and the brick counts need to know of one sweep.
struct SweepResult {
  bool finished = false;  ///< scanned to its end; else it was skipped, and `error` says why
  std::string error = {};
  std::optional<int64_t> release = {};  ///< RELEASE of the first row, where it has one
  Books books = {};
  std::vector<BrickTally> bricks = {};  ///< sorted by name, no name twice
  std::vector<BadRow> bad_rows = {};    ///< the first kMaxListedBadRows
  double seconds = 0.0;                 ///< wall time; not part of any output that runs must agree on
};

/// "candidates/part-00042.parquet" and "_sweeps/00042.json", below the staging directory.
std::string PartName(size_t sweep);
std::string RecordName(size_t sweep);

/// Writes the record of a finished sweep, whole or not at all: its last trace, so that a record without its part cannot
/// be.
Status WriteSweepRecord(Storage& storage, const std::string& staging_dir, size_t sweep, const SweepResult& result);

/// What an earlier attempt left of this sweep; nothing if there is no whole record, or not the part it tells of. A
/// record that cannot be read counts as none: the sweep is scanned again.
Result<std::optional<SweepResult>> ReadSweepRecord(Storage& storage, const std::string& staging_dir, size_t sweep);

/// Sums of equal names; sorted by name.
std::vector<BrickTally> MergeBricks(std::vector<BrickTally> bricks);

}  // namespace dhs::scan
