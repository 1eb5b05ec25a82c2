// SPDX-License-Identifier: Apache-2.0
#include "map/colors.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace dhs::map {

namespace {

constexpr double kLowPercent = 1, kHighPercent = 99;

constexpr Color FromHex(uint32_t rgb) {
  return {(rgb >> 16 & 255U) / 255.0, (rgb >> 8 & 255U) / 255.0, (rgb & 255U) / 255.0};
}

constexpr std::array<Color, 4> kSplitColors = {FromHex(0x004488), FromHex(0xDDAA33), FromHex(0xBB5566),
                                               FromHex(0xA6A6A6)};

// Viridis at 17 places at equal distances; in between, straight lines in sRGB are within 6/255 of it.
constexpr std::array<uint32_t, 17> kViridis = {0x440154, 0x48186A, 0x472D7B, 0x424086, 0x3B528B, 0x33638D,
                                               0x2C728E, 0x26828E, 0x21918C, 0x1F9F88, 0x27AD81, 0x3DBC74,
                                               0x5CC863, 0x81D34D, 0xAADC32, 0xD5E21A, 0xFDE725};

double ElementAt(std::vector<double>& values, double percent) {
  const auto n = static_cast<double>(values.size());
  const auto rank = static_cast<int64_t>(std::max(1.0, std::ceil(percent * n / 100.0)));
  const auto place = values.begin() + (rank - 1);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

}  // namespace

std::span<const Color> SplitColors() { return kSplitColors; }

Color LevelColor(int level) {
  constexpr size_t kNumPieces = kViridis.size() - 1;
  const double place = static_cast<double>(kNumPieces) * level / (kNumLevels - 1);
  const auto left = std::min(static_cast<size_t>(place), kNumPieces - 1);
  const double share = place - static_cast<double>(left);
  const Color a = FromHex(kViridis[left]), b = FromHex(kViridis[left + 1]);
  return {a.red + share * (b.red - a.red), a.green + share * (b.green - a.green), a.blue + share * (b.blue - a.blue)};
}

int ColorScale::LevelOf(double value) const {
  if (std::isnan(value)) return -1;
  const double place = (value - low) / (high - low) * kNumLevels;
  return static_cast<int>(std::clamp(std::floor(place), 0.0, kNumLevels - 1.0));
}

std::optional<ColorScale> MakeScale(std::vector<double> values, std::optional<std::pair<double, double>> range) {
  ColorScale scale{};
  const size_t num_rows = values.size();
  std::erase_if(values, [](double value) { return std::isnan(value); });
  scale.num_without_value = static_cast<int64_t>(num_rows - values.size());
  std::vector<double> finite = values;
  std::erase_if(finite, [](double value) { return std::isinf(value); });
  if (finite.empty()) return std::nullopt;
  if (range) {
    scale.low = range->first;
    scale.high = range->second;
  } else {
    scale.low = ElementAt(finite, kLowPercent);
    scale.high = ElementAt(finite, kHighPercent);
    scale.low_percent = kLowPercent;
    scale.high_percent = kHighPercent;
  }
  scale.num_below = std::count_if(values.begin(), values.end(), [&](double value) { return value < scale.low; });
  scale.num_above = std::count_if(values.begin(), values.end(), [&](double value) { return value > scale.high; });
  if (!(scale.low < scale.high)) {
    const double half = std::max(std::abs(scale.low) * 0.01, 1e-6);
    scale.low -= half;
    scale.high += half;
  }
  return scale;
}

}  // namespace dhs::map
