// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "dhs/error.h"
#include "scan/scan.h"
#include "scan/sweep_columns.h"

namespace dhs::scan {

/// The candidates of one sweep with the schema catalog::CandidatesTable(), sorted by brickname, objid. Columns that the
/// sweep cannot give are null. Extra columns and those of the photo-z companion follow, under their lower-case names,
/// with the unit of the file. `chunks` together hold the candidates, in any order. DataError with the rows for an
/// object that comes twice.
Result<std::shared_ptr<arrow::Table>> CandidateTable(const std::vector<CandidateChunk>& chunks,
                                                     const SweepColumns& columns, const ScanRules& rules);

/// Fields of the extra and the photo-z columns of a sweep, in order.
Result<arrow::FieldVector> CarriedFields(const SweepColumns& columns);

/// The name in the catalog of a sweep column: lower case.
std::string ExtraColumnName(std::string_view name);

/// Counts per brick with the schema catalog::BrickCountsTable(). REQUIRES: sorted by name, no name twice.
Result<std::shared_ptr<arrow::Table>> BrickCountsTable(const std::vector<BrickTally>& bricks);

}  // namespace dhs::scan
