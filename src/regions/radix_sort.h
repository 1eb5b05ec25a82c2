// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace dhs::regions {

/// Sorts numbers without NaN upwards; -0 comes before +0. Least significant digit first, 11 bits a pass; passes in
/// which all keys agree (the low bits of promoted float32 values, say) are left out. Cost: O(n), 2 to 6 passes and as
/// much memory again; 240,000 promoted float32 values take a fifth of the time of std::sort.
void RadixSort(std::vector<double>& values);

}  // namespace dhs::regions
