// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "stage/stage.h"

namespace dhs::scan {

/// `dhs scan` (SPEC 4): sweeps in; brick_counts.parquet, brick_counts.csv and candidates/part-NNNNN.parquet out, below
/// OUTPUT/scan/RELEASE. Part numbers are places in the sorted list of sweeps.
std::unique_ptr<Stage> MakeScanStage();

}  // namespace dhs::scan
