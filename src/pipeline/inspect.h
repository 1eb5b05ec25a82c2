// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "dhs/error.h"
#include "dhs/storage.h"

namespace dhs::pipeline {

/// What `dhs info PATH` prints: for a FITS table, a Parquet file, a CSV table, a JSON file, the output of a stage, a
/// folder of Parquet files, or a folder that holds outputs of stages. Told by content, not by name (CSV apart).
/// Reads headers, footers and small files only; row data are not read, but for CSV. Ends with a newline.
/// Errors: DataError for a path that does not exist, is none of these, or is damaged.
Result<std::string> Inspect(Storage& storage, const std::string& path);

namespace internal {

/// "name       value\n": one line of the text, values aligned.
std::string InfoLine(std::string_view name, std::string_view value);
/// The first BINTABLE of a FITS file: what it probably is, size, rows, columns, which of the columns dhs reads are
/// missing.
Result<std::string> InspectFits(Storage& storage, const std::string& path);
/// A Parquet file, or all of a folder: table, schema version, files, rows, columns with types, units and meanings.
Result<std::string> InspectParquetTable(Storage& storage, const std::string& path);
/// The folder of a stage's output: stage, completeness, version, parameters given, inputs, figures, files.
Result<std::string> InspectStageOutput(Storage& storage, const std::string& path);

}  // namespace internal

}  // namespace dhs::pipeline
