// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "stage/stage.h"

namespace dhs::compact {

/// `dhs compact` (stage 3.5): any parent catalog -> few files a split, sorted by region_id, brickname, objid, at
/// {output}/phase3p5/{variant}/parent_compact, with `_metadata.json`. Succeeds only if rows in = rows out + rows
/// dropped and the keys read back from disk have the checksum of the keys kept.
std::unique_ptr<Stage> MakeCompactStage();

}  // namespace dhs::compact
