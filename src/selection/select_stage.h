// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "stage/stage.h"

namespace dhs::selection {

/// Stage 3b: region metrics to {output}/phase3b/{variant} with region_selections/ (Parquet) and
/// region_selections_csv/ (SPEC 6).
std::unique_ptr<Stage> MakeSelectStage();

}  // namespace dhs::selection
