// SPDX-License-Identifier: Apache-2.0
#include "regions/spark_hash.h"

#include <bit>

#include <xxhash.h>

namespace dhs::regions {

namespace {

int64_t WithLiteral(uint64_t hash, int32_t literal) { return static_cast<int64_t>(SparkHashInt32(literal, hash)); }

}  // namespace

uint64_t SparkHashInt32(int32_t value, uint64_t seed) {
  auto bits = static_cast<uint32_t>(value);
  if constexpr (std::endian::native == std::endian::big) bits = __builtin_bswap32(bits);
  return XXH64(&bits, sizeof bits, seed);
}

uint64_t SparkHashInt64(int64_t value, uint64_t seed) {
  auto bits = static_cast<uint64_t>(value);
  if constexpr (std::endian::native == std::endian::big) bits = __builtin_bswap64(bits);
  return XXH64(&bits, sizeof bits, seed);
}

uint64_t SparkHashText(std::string_view utf8, uint64_t seed) { return XXH64(utf8.data(), utf8.size(), seed); }

int64_t SparkXxhash64(int32_t value, int32_t literal) {
  return WithLiteral(SparkHashInt32(value, kSparkHashSeed), literal);
}
int64_t SparkXxhash64(int64_t value, int32_t literal) {
  return WithLiteral(SparkHashInt64(value, kSparkHashSeed), literal);
}
int64_t SparkXxhash64(std::string_view utf8, int32_t literal) {
  return WithLiteral(SparkHashText(utf8, kSparkHashSeed), literal);
}

}  // namespace dhs::regions
