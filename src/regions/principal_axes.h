// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "sky/unit_vector.h"

namespace dhs::regions {

/// The two axes along which items spread most, the longer first: eigenvectors of the covariance of their places,
/// weighted by area. Their greatest component is positive. Made of IEEE arithmetic in the order of the items.
/// REQUIRES: at least one item. O(items).
std::array<sky::UnitVector, 2> PrincipalAxes(std::span<const int32_t> items, std::span<const sky::UnitVector> places,
                                             std::span<const double> areas_deg2);

}  // namespace dhs::regions
