// SPDX-License-Identifier: Apache-2.0
#include "regions/split.h"

#include <limits>

#include "regions/spark_hash.h"

namespace dhs::regions {

namespace {

double UniformOf(int64_t hash) {
  constexpr int64_t kSteps = 1'000'000;
  const int64_t magnitude = hash < 0 && hash != std::numeric_limits<int64_t>::min() ? -hash : hash;
  return static_cast<double>(magnitude % kSteps) / static_cast<double>(kSteps);
}

}  // namespace

double SplitUniform(int32_t region_id, int32_t seed) { return UniformOf(SparkXxhash64(region_id, seed)); }

double SplitUniform(const sky::BrickName& brick, int32_t seed) {
  return UniformOf(SparkXxhash64(std::string_view(brick.ToString()), seed));
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
