// SPDX-License-Identifier: Apache-2.0
#include "regions/radix_sort.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace dhs::regions {
namespace {

TEST(RadixSortTest, EqualsAComparisonSortForEveryKindOfNumber) {
  std::mt19937_64 random(7);
  for (const size_t size : {0, 1, 5, 1023, 1024, 1025, 20'000}) {
    for (const int kind : {0, 1, 2, 3}) {
      std::vector<double> values(size);
      for (double& value : values) {
        const double u = static_cast<double>(random() >> 11) * 0x1p-53;
        value = kind == 0   ? u
                : kind == 1 ? static_cast<double>(static_cast<float>(20.0 + 5.0 * u))
                : kind == 2 ? (u - 0.5) * std::pow(10.0, 600.0 * (u - 0.5))
                            : std::floor(8.0 * u) - 4.0;
      }
      if (size > 3) values[0] = std::numeric_limits<double>::infinity(), values[1] = -values[0], values[2] = 5e-324;
      std::vector<double> expected = values;
      std::sort(expected.begin(), expected.end());
      RadixSort(values);
      EXPECT_EQ(values, expected) << size << " values of kind " << kind;
    }
  }
}

}  // namespace
}  // namespace dhs::regions
