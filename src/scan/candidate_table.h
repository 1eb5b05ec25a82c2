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

/// The candidates of one sweep with the schema catalog::CandidatesTable(), sorted by brickname, objid (equal ones in
/// the order of the sweep). Columns that the sweep cannot give are null.
/// Extra columns follow, under their lower-case names, with the unit of the sweep. `chunks` together hold the
/// candidates, in any order.
Result<std::shared_ptr<arrow::Table>> CandidateTable(const std::vector<CandidateChunk>& chunks,
                                                     const SweepColumns& columns, const ScanRules& rules);

/// Arrow types of the extra columns of a sweep, in order.
Result<arrow::DataTypeVector> ExtraColumnTypes(const SweepColumns& columns);

/// The name in the catalog of a sweep column: lower case.
std::string ExtraColumnName(std::string_view name);

/// Counts per brick with the schema catalog::BrickCountsTable(). REQUIRES: sorted by name, no name twice.
Result<std::shared_ptr<arrow::Table>> BrickCountsTable(const std::vector<BrickTally>& bricks);

}  // namespace dhs::scan
