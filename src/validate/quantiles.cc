// SPDX-License-Identifier: Apache-2.0
#include "validate/quantiles.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace dhs::validate {
namespace {

constexpr size_t kNumDrawers = 65536;
// A list of this length takes as much memory as counts of all 65,536 values.
constexpr size_t kMaxListed = 131072;

// Rising with the value: positive numbers get the sign bit, negative ones are turned over.
uint32_t OrderedBits(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  return (bits & 0x80000000U) != 0 ? ~bits : bits | 0x80000000U;
}

float FromOrderedBits(uint32_t bits) {
  return std::bit_cast<float>((bits & 0x80000000U) != 0 ? bits & 0x7FFFFFFFU : ~bits);
}

}  // namespace

ExactQuantiles::ExactQuantiles() : drawers_(kNumDrawers) {}
ExactQuantiles::~ExactQuantiles() = default;
ExactQuantiles::ExactQuantiles(ExactQuantiles&&) noexcept = default;
ExactQuantiles& ExactQuantiles::operator=(ExactQuantiles&&) noexcept = default;

void ExactQuantiles::AddLow(Drawer& drawer, uint16_t low, uint32_t times) {
  if (drawer.counted.empty() && drawer.listed.size() + times > kMaxListed) {
    drawer.counted.assign(65536, 0);
    for (const uint16_t listed : drawer.listed) ++drawer.counted[listed];
    drawer.listed = {};
  }
  if (drawer.counted.empty()) {
    drawer.listed.insert(drawer.listed.end(), times, low);
  } else {
    drawer.counted[low] += times;
  }
  drawer.count += times;
  count_ += times;
}

void ExactQuantiles::Add(float value) {
  const uint32_t bits = OrderedBits(value);
  std::unique_ptr<Drawer>& drawer = drawers_[bits >> 16];
  if (drawer == nullptr) drawer = std::make_unique<Drawer>();
  AddLow(*drawer, static_cast<uint16_t>(bits & 0xFFFFU), 1);
}

void ExactQuantiles::Merge(const ExactQuantiles& other) {
  for (size_t d = 0; d < kNumDrawers; ++d) {
    const Drawer* from = other.drawers_[d].get();
    if (from == nullptr) continue;
    if (drawers_[d] == nullptr) drawers_[d] = std::make_unique<Drawer>();
    for (const uint16_t low : from->listed) AddLow(*drawers_[d], low, 1);
    for (size_t low = 0; low < from->counted.size(); ++low) {
      if (from->counted[low] != 0) AddLow(*drawers_[d], static_cast<uint16_t>(low), from->counted[low]);
    }
  }
}

std::optional<float> ExactQuantiles::Quantile(double p) const {
  if (count_ == 0) return std::nullopt;
  const auto rank = std::clamp<int64_t>(static_cast<int64_t>(std::ceil(p * static_cast<double>(count_))), 1, count_);
  int64_t before = 0;
  for (size_t d = 0; d < kNumDrawers; ++d) {
    const Drawer* drawer = drawers_[d].get();
    if (drawer == nullptr || before + drawer->count < rank) {
      before += drawer == nullptr ? 0 : drawer->count;
      continue;
    }
    uint32_t low = 0;
    if (drawer->counted.empty()) {
      std::vector<uint16_t> sorted = drawer->listed;
      const auto nth = sorted.begin() + (rank - before - 1);
      std::nth_element(sorted.begin(), nth, sorted.end());
      low = *nth;
    } else {
      while ((before += drawer->counted[low]) < rank) ++low;
    }
    return FromOrderedBits(static_cast<uint32_t>(d << 16) | low);
  }
  return std::nullopt;
}

}  // namespace dhs::validate
