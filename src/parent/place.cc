// SPDX-License-Identifier: Apache-2.0
#include "parent/place.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

namespace dhs::parent {
namespace {

uint64_t PackEightBytes(std::string_view text) {
  uint64_t packed = 0;
  for (size_t i = 0; i < 8; ++i) {
    const uint64_t byte = i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
    packed = (packed << 8) | byte;
  }
  return packed;
}

// The finalizer of splitmix64 (Steele, Lea, Flood 2014): a bijection on 64 bits.
uint64_t Mix(uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

}  // namespace

std::optional<SplitName> SplitName::Parse(std::string_view text) {
  if (text.empty() || text.size() > 8) return std::nullopt;
  SplitName name;
  name.packed_ = PackEightBytes(text);
  return name;
}

std::string SplitName::ToString() const {
  std::string text;
  for (int shift = 56; shift >= 0; shift -= 8) {
    const char byte = static_cast<char>((packed_ >> shift) & 0xFF);
    if (byte == '\0') break;
    text.push_back(byte);
  }
  return text;
}

sky::BrickName PackBrickName(std::string_view text) { return sky::BrickName(PackEightBytes(text)); }

void KeyChecksum::Add(const RowKey& key) {
  uint64_t h = Mix(key.place.brick.packed());
  h = Mix(h ^ static_cast<uint64_t>(key.objid));
  h = Mix(h ^ static_cast<uint64_t>(static_cast<uint32_t>(key.place.region_id)));
  h = Mix(h ^ key.place.split.packed());
  sum += h;
  xored ^= h;
}

void KeyChecksum::Add(const KeyChecksum& other) {
  sum += other.sum;
  xored ^= other.xored;
}

std::string KeyChecksum::ToString() const { return fmt::format("{:016x}{:016x}", sum, xored); }

}  // namespace dhs::parent
