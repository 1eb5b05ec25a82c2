// SPDX-License-Identifier: Apache-2.0
#include "regions/split.h"

#include <bit>
#include <limits>

#include <xxhash.h>

namespace dhs::regions {

namespace {

uint64_t HashOfInt32(int32_t value, uint64_t seed) {
  auto bits = static_cast<uint32_t>(value);
  if constexpr (std::endian::native == std::endian::big) bits = __builtin_bswap32(bits);
  return XXH64(&bits, sizeof bits, seed);
}

constexpr uint64_t kSparkSeed = 42;
constexpr int64_t kSteps = 1'000'000;

}  // namespace

int64_t SparkXxhash64(int32_t value, int32_t literal) {
  return static_cast<int64_t>(HashOfInt32(literal, HashOfInt32(value, kSparkSeed)));
}

double SplitUniform(int32_t region_id, int32_t seed) {
  const int64_t hash = SparkXxhash64(region_id, seed);
  const int64_t magnitude = hash < 0 && hash != std::numeric_limits<int64_t>::min() ? -hash : hash;
  return static_cast<double>(magnitude % kSteps) / static_cast<double>(kSteps);
}

Split SplitOf(double u, const SplitOptions& options) {
  if (u < options.test_frac) return Split::kTest;
  if (u < options.test_frac + options.val_frac) return Split::kVal;
  return Split::kTrain;
}

std::array<double, 3> ExpectedFractions(const SplitOptions& options) {
  return {1.0 - (options.test_frac + options.val_frac), options.val_frac, options.test_frac};
}

}  // namespace dhs::regions
