// SPDX-License-Identifier: Apache-2.0
#include "sky/brick_name.h"

namespace dhs::sky {

namespace {

// Byte `index` of the name, 0 the first.
constexpr char ByteAt(uint64_t packed, int index) {
  return static_cast<char>(static_cast<unsigned char>(packed >> (56 - 8 * index)));
}

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<BrickName> BrickName::Parse(std::string_view text) {
  if (text.size() != sizeof(uint64_t)) return std::nullopt;
  const BrickName name = FromBytes(text.data());
  if (!name.IsWellFormed()) return std::nullopt;
  return name;
}

bool BrickName::IsWellFormed() const {
  for (const int index : {0, 1, 2, 3, 5, 6, 7}) {
    if (!IsDigit(ByteAt(packed_, index))) return false;
  }
  const char sign = ByteAt(packed_, 4);
  return sign == 'p' || sign == 'm';
}

std::string BrickName::ToString() const {
  std::string text(sizeof(uint64_t), '\0');
  for (int index = 0; index < 8; ++index) text[static_cast<size_t>(index)] = ByteAt(packed_, index);
  return text;
}

}  // namespace dhs::sky
