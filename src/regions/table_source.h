// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "dhs/error.h"
#include "dhs/storage.h"
#include "regions/column_names.h"

namespace dhs::regions {

/// The columns of a table that a stage asked for.
struct ChosenTable {
  std::shared_ptr<arrow::Table> table;  ///< with the columns of `choice`, and perhaps others
  ColumnChoice choice;
  std::vector<std::string> available;  ///< names of all columns; of a FITS table in lower case
};

/// Reads a table of bricks made by `dhs` or elsewhere: Parquet (a file, or a folder of them), FITS or CSV, the last two
/// plain or gzip; told by content. Columns by ChooseColumns.
/// DataError as ChooseColumns, and: an empty file, a text that is not UTF-8, whose cells are not separated by commas or
/// that has no header line, a damaged file, columns that could be the same field and differ (CheckAgreement).
Result<ChosenTable> ReadChosen(Storage& storage, const std::string& path, const std::vector<ColumnRequest>& requests);

/// The column names of such a table, as in `available`; errors of its format as above. A CSV table is read for them.
Result<std::vector<std::string>> TableColumnNames(Storage& storage, const std::string& path);

}  // namespace dhs::regions
