// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <arrow/io/type_fwd.h>
#include <arrow/type_fwd.h>

#include "dhs/error.h"
#include "dhs/storage.h"

namespace dhs::fits {

/// Reads the first BINTABLE of a FITS file (plain or gzip, told by content) into an Arrow table. For tables that fit
/// in memory (bricks files, real test files); sweeps are streamed by TableReader instead.
/// `columns`: names without regard to case; the result's names are lower case, in the order asked for; empty = all
/// scalar and string columns in file order (vector columns are left out). Types as in column_decoder.h.
/// `optional_columns` that are absent are left out without error.
Result<std::shared_ptr<arrow::Table>> ReadTable(Storage& storage, const std::string& path,
                                                const std::vector<std::string>& columns = {},
                                                const std::vector<std::string>& optional_columns = {});
/// The same from an open file; `path` is for messages.
Result<std::shared_ptr<arrow::Table>> ReadTable(std::shared_ptr<arrow::io::RandomAccessFile> file,
                                                const std::string& path, const std::vector<std::string>& columns = {},
                                                const std::vector<std::string>& optional_columns = {});

}  // namespace dhs::fits
