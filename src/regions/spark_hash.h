// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace dhs::regions {

/// Spark's xxhash64 of one value after another: XXH64 of the value's bytes, seeded with the hash so far. A null leaves
/// the hash as it is: leave the call out. Source: org.apache.spark.sql.catalyst.expressions.XxHash64 of Spark 3 and 4.
inline constexpr uint64_t kSparkHashSeed = 42;  ///< of the first value

uint64_t SparkHashInt32(int32_t value, uint64_t seed);         ///< 4 little-endian bytes
uint64_t SparkHashInt64(int64_t value, uint64_t seed);         ///< 8 little-endian bytes
uint64_t SparkHashText(std::string_view utf8, uint64_t seed);  ///< the bytes as they are: neither trimmed nor ended

/// xxhash64(col, lit(literal)) of a column of 32-bit or 64-bit integers or strings, with a 32-bit literal.
int64_t SparkXxhash64(int32_t value, int32_t literal);
int64_t SparkXxhash64(int64_t value, int32_t literal);
int64_t SparkXxhash64(std::string_view utf8, int32_t literal);

}  // namespace dhs::regions
