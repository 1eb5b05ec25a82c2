// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "stage/stage.h"

namespace dhs::parent {

/// `dhs parent` (stage 3c): candidates of the scan and the regions selected -> the parent catalog, one row an LRG, at
/// {output}/phase3c/{variant}/parent_union_parquet. Its books must balance: rows read are the scan's rows kept, and
/// each is written or counted under one reason.
std::unique_ptr<Stage> MakeParentStage();

}  // namespace dhs::parent
