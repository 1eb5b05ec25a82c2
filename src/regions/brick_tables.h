// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "dhs/error.h"
#include "dhs/storage.h"
#include "regions/brick_columns.h"
#include "stage/stage.h"

namespace dhs::regions {

/// A table as read, and what the user should know about it (without paths: the notes go into the manifest).
struct BrickTable {
  BrickColumns columns;
  std::vector<std::string> notes = {};
};

/// Brick counts: Parquet (a file or a folder of them) or CSV, told by content; columns by the accepted names of SPEC 2.
/// Columns lrg_density_* are left out with a note. Errors: DataError for missing columns, and as in arrow_columns.h.
Result<BrickTable> ReadCountTable(Storage& storage, const std::string& path);

/// The bricks file: FITS (plain or gzip), Parquet or CSV, told by content; columns by their own names in any case.
/// `columns` empty = every known one; else only those (and brickname). DataError naming every one of brickname, ebv,
/// psfsize_r and psfdepth_r that is missing; all others are optional.
Result<BrickTable> ReadBricksFile(Storage& storage, const std::string& path, const std::vector<std::string>& columns);

/// Input entries of a table that is a file or a folder of Parquet files.
Result<std::vector<StageInput>> TableInputs(Storage& storage, const std::string& role, const std::string& path);

}  // namespace dhs::regions
