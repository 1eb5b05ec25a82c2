// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <arrow/type_fwd.h>

#include "dhs/error.h"
#include "regions/column_names.h"

namespace dhs::regions {

/// Compares the columns of a table that could all be the same field, row by row. DataError with both values for the
/// first row in which they differ: brick names at all, numbers by more than 1e-5 of the greater one (or of 1). Rows in
/// which one of them has no value are passed over. Errors also as ReadBrickNames and ReadDoubles.
Status CheckAgreement(const arrow::Table& table, const ColumnChoice& choice, const std::string& path);

}  // namespace dhs::regions
