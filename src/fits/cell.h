// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace dhs::fits {

// A BINTABLE cell is big-endian and starts at any byte (FITS standard 4.0, section 7.3.3):
//   I int16   J int32   K int64   E IEEE float32   D IEEE float64   B uint8   L 'T', 'F' or NUL   A one character

namespace internal {
template <typename T>
T LoadRaw(const uint8_t* cell) {
  T raw;
  std::memcpy(&raw, cell, sizeof raw);
  return raw;
}
}  // namespace internal

/// Load one big-endian cell from any address. REQUIRES: as many readable bytes as the type has.
inline uint16_t LoadU16(const uint8_t* cell) {
  const auto raw = internal::LoadRaw<uint16_t>(cell);
  if constexpr (std::endian::native == std::endian::little) return __builtin_bswap16(raw);
  return raw;
}
inline uint32_t LoadU32(const uint8_t* cell) {
  const auto raw = internal::LoadRaw<uint32_t>(cell);
  if constexpr (std::endian::native == std::endian::little) return __builtin_bswap32(raw);
  return raw;
}
inline uint64_t LoadU64(const uint8_t* cell) {
  const auto raw = internal::LoadRaw<uint64_t>(cell);
  if constexpr (std::endian::native == std::endian::little) return __builtin_bswap64(raw);
  return raw;
}
inline int16_t LoadI16(const uint8_t* cell) { return static_cast<int16_t>(LoadU16(cell)); }
inline int32_t LoadI32(const uint8_t* cell) { return static_cast<int32_t>(LoadU32(cell)); }
inline int64_t LoadI64(const uint8_t* cell) { return static_cast<int64_t>(LoadU64(cell)); }
inline float LoadF32(const uint8_t* cell) { return std::bit_cast<float>(LoadU32(cell)); }
inline double LoadF64(const uint8_t* cell) { return std::bit_cast<double>(LoadU64(cell)); }

/// A cell of type B, I, J or K.
inline int64_t LoadInteger(const uint8_t* cell, char type) {
  switch (type) {
    case 'B':
      return *cell;
    case 'I':
      return LoadI16(cell);
    case 'J':
      return LoadI32(cell);
    default:
      return LoadI64(cell);
  }
}

}  // namespace dhs::fits
