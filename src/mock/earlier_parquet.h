// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "dhs/storage.h"
#include "mock/parent_rows.h"

namespace dhs::mock {

/// Writes one file of a parent catalog as the earlier system (Spark) did: snappy, dictionaries in all columns, all of
/// them nullable, region_id and region_split in the folders' names alone, no units. The file is complete but not
/// synced: a catalog is 188,421 of them.
Status WriteEarlierParquet(Storage& storage, const std::string& path, std::span<const ParentRow> rows);

}  // namespace dhs::mock
