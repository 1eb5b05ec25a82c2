// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dhs/error.h"
#include "dhs/storage.h"
#include "regions/split.h"
#include "sky/brick_name.h"

namespace dhs::regions {

/// An assignment made before: bricks that had a split, sorted by name without repeats.
struct EarlierSplits {
  std::vector<sky::BrickName> name;
  std::vector<Split> split;
  int64_t num_in_buffer = 0;  ///< bricks that were in no split and are left out
  std::vector<std::string> notes = {};
};

/// Where the table of an earlier assignment lies: `path`/bricks_with_region if `path` is the folder of an earlier stage
/// 3a, else `path` itself. DataError if there is nothing.
Result<std::string> EarlierTablePath(Storage& storage, const std::string& path);

/// Every table that ReadEarlierSplits would read: the above, and region_metrics beside it if that gives the splits.
/// DataError as the above, and as TableColumnNames and ChooseColumns.
Result<std::vector<std::string>> EarlierTablePaths(Storage& storage, const std::string& path);

/// Reads an earlier assignment: the folder of an earlier stage 3a, or a table (Parquet, FITS, CSV) of brickname (brick)
/// and split (brick_split, region_split). Where a folder's bricks have only a region_id (the earlier system), their
/// split is the region_split that region_metrics beside them gives. DataError naming the row for an unknown split name;
/// for a brick that comes twice; for a table without splits.
Result<EarlierSplits> ReadEarlierSplits(Storage& storage, const std::string& path);

/// The earlier split of each of `names`, which are sorted; nothing for a brick that had none. Cost: O(n).
std::vector<std::optional<Split>> SplitsOf(const EarlierSplits& earlier, std::span<const sky::BrickName> names);

}  // namespace dhs::regions
