// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "dhs/error.h"
#include "regions/brick_columns.h"

namespace dhs::regions {

/// Compares RA and Dec with the place that the tessellation gives a brick of that name. DataError (how many, the first
/// one by name with both places) for bricks whose position is more than 0.25 deg outside their bounds; names that the
/// tessellation does not know are passed over. REQUIRES: RA and Dec finite. `path_of(i)` is the file
/// that brick i has its place from, for the message.
Status CheckPlaces(const BrickColumns& bricks, const std::function<std::string(size_t)>& path_of);

}  // namespace dhs::regions
