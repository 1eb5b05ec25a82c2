// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace dhs::sky {

/// The eight bytes of a brick name such as "1126p222" as one integer, most significant byte first, so that integer
/// order is byte order. Any eight bytes can be held; IsWellFormed tells whether they match \d{4}[pm]\d{3}.
class BrickName {
 public:
  constexpr BrickName() = default;
  constexpr explicit BrickName(uint64_t packed) : packed_(packed) {}

  /// From exactly eight bytes in memory (no terminator needed).
  static BrickName FromBytes(const void* bytes) {
    uint64_t raw;
    std::memcpy(&raw, bytes, sizeof raw);
    if constexpr (std::endian::native == std::endian::little) raw = __builtin_bswap64(raw);
    return BrickName(raw);
  }
  /// Nothing unless `text` is a well-formed name.
  static std::optional<BrickName> Parse(std::string_view text);

  bool IsWellFormed() const;
  std::string ToString() const;
  constexpr uint64_t packed() const { return packed_; }
  constexpr auto operator<=>(const BrickName&) const = default;

 private:
  uint64_t packed_ = 0;
};

}  // namespace dhs::sky

template <>
struct std::hash<dhs::sky::BrickName> {
  size_t operator()(dhs::sky::BrickName name) const noexcept {
    uint64_t x = name.packed() * 0x9E3779B97F4A7C15ULL;
    return static_cast<size_t>(x ^ (x >> 32));
  }
};
