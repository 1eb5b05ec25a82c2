// SPDX-License-Identifier: Apache-2.0
#include "regions/radix_sort.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <utility>

namespace dhs::regions {

namespace {

constexpr int kDigitBits = 11;
constexpr size_t kNumDigits = size_t{1} << kDigitBits;
constexpr size_t kNumPasses = (64 + kDigitBits - 1) / kDigitBits;
constexpr uint64_t kSign = uint64_t{1} << 63;
// Below this the histograms cost more than a comparison sort.
constexpr size_t kMinSize = 1024;

// Unsigned order of keys = order of numbers: negative ones have all bits turned over, others the sign.
uint64_t KeyOf(double value) {
  const auto bits = std::bit_cast<uint64_t>(value);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}
double ValueOf(uint64_t key) { return std::bit_cast<double>((key & kSign) != 0 ? key & ~kSign : ~key); }

size_t DigitOf(uint64_t key, size_t pass) { return (key >> (pass * kDigitBits)) & (kNumDigits - 1); }

}  // namespace

void RadixSort(std::vector<double>& values) {
  if (values.size() < kMinSize) {
    std::sort(values.begin(), values.end(), [](double a, double b) { return KeyOf(a) < KeyOf(b); });
    return;
  }
  std::vector<uint64_t> keys(values.size()), moved(values.size());
  std::vector<std::array<size_t, kNumDigits>> counts(kNumPasses);
  for (size_t i = 0; i < values.size(); ++i) {
    keys[i] = KeyOf(values[i]);
    for (size_t pass = 0; pass < kNumPasses; ++pass) ++counts[pass][DigitOf(keys[i], pass)];
  }
  for (size_t pass = 0; pass < kNumPasses; ++pass) {
    auto& next = counts[pass];
    if (next[DigitOf(keys[0], pass)] == keys.size()) continue;
    size_t sum = 0;
    for (size_t& count : next) sum += std::exchange(count, sum);
    for (const uint64_t key : keys) moved[next[DigitOf(key, pass)]++] = key;
    keys.swap(moved);
  }
  for (size_t i = 0; i < values.size(); ++i) values[i] = ValueOf(keys[i]);
}

}  // namespace dhs::regions
