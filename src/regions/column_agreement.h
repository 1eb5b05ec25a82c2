// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "dhs/error.h"
#include "regions/column_names.h"

namespace dhs::regions {

/// Compares the columns of a table that could all be the same field, row by row. DataError with both values for the
/// first row in which they differ: brick names and other texts at all, numbers by more than 1e-5 of the greater one (or
/// of 1). Rows in which one of them has no value are passed over. Where one of the two is a stand-in, which is another
/// quantity, differing is no error but a note, returned. Errors also as ReadBrickNames and ReadDoubles.
Result<std::vector<std::string>> CheckAgreement(const arrow::Table& table, const ColumnChoice& choice,
                                                const std::string& path);

}  // namespace dhs::regions
