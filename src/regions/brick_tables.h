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

/// Brick counts in any format of ReadChosen; columns by the accepted names of SPEC 2. Columns lrg_density_* are left
/// out with a note, and counts that are not nested get one. Errors: DataError as ReadChosen, as in arrow_columns.h, for
/// counts above kMaxBrickCount and for an infinite RA, Dec or area.
Result<BrickTable> ReadCountTable(Storage& storage, const std::string& path);

/// The bricks file in any format of ReadChosen; columns by their own names in any case. `columns` empty = every known
/// one; else only those (and brickname), with a note for one that is there but not used and a UsageError for one that
/// is neither known nor there; brickname, ebv, psfsize_r and psfdepth_r are required, all others optional. Errors as
/// above.
Result<BrickTable> ReadBricksFile(Storage& storage, const std::string& path, const std::vector<std::string>& columns);

/// Input entries of a table that is a file or a folder of Parquet files.
Result<std::vector<StageInput>> TableInputs(Storage& storage, const std::string& role, const std::string& path);

}  // namespace dhs::regions
