// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include <arrow/type_fwd.h>

#include "dhs/error.h"
#include "scan/scan.h"
#include "scan/sweep_columns.h"

namespace dhs::scan {

/// The candidates of one sweep with the schema catalog::CandidatesTable(), sorted by brickname, objid (equal ones in
/// the order of the sweep). Columns that the sweep cannot give are null.
/// `chunks` together hold the candidates, in any order.
Result<std::shared_ptr<arrow::Table>> CandidateTable(const std::vector<std::vector<Candidate>>& chunks,
                                                     const SweepColumns& columns, const ScanRules& rules);

/// Counts per brick with the schema catalog::BrickCountsTable(). REQUIRES: sorted by name, no name twice.
Result<std::shared_ptr<arrow::Table>> BrickCountsTable(const std::vector<BrickTally>& bricks);

}  // namespace dhs::scan
