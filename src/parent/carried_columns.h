// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "dhs/error.h"
#include "dhs/storage.h"

namespace dhs::parent {

/// `core` and behind it, nullable, the columns of the first of `files` that it lacks: those of `dhs scan
/// --extra-columns`, or whatever another system's catalog holds. The column region_split is the folder's, never
/// carried. What the flags refer to is the first file's word too. Errors: those of reading the file's footer.
Result<std::shared_ptr<arrow::Schema>> WithCarriedColumns(Storage& storage, const std::vector<FileInfo>& files,
                                                          const std::shared_ptr<arrow::Schema>& core);

/// DataError for a column of `rows` that `schema` lacks (a file that holds more than the first one would lose it), or
/// flags that refer to other magnitudes.
Status CheckAllCarried(const arrow::Table& rows, const arrow::Schema& schema, const std::string& path);

}  // namespace dhs::parent
