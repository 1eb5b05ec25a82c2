// SPDX-License-Identifier: Apache-2.0
#include "photometry/variant.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dhs::photometry {

std::span<const Variant, kNumBuiltinVariants> BuiltinVariants() {
  static const std::array<Variant, kNumBuiltinVariants> variants = {{
      {.name = "v1_pure_massive", .zmag_max = 20.0, .rz_min = 0.5, .zw1_min = 1.6},
      {.name = "v2_baseline_dr10", .zmag_max = 20.4, .rz_min = 0.4, .zw1_min = 1.6},
      {.name = "v3_color_relaxed", .zmag_max = 20.4, .rz_min = 0.4, .zw1_min = 0.8},
      {.name = "v4_mag_relaxed", .zmag_max = 21.0, .rz_min = 0.4, .zw1_min = 0.8},
      {.name = "v5_very_relaxed", .zmag_max = 21.5, .rz_min = 0.3, .zw1_min = 0.8},
  }};
  return variants;
}

Result<int> FindVariant(std::string_view name) {
  std::vector<std::string> names;
  for (const Variant& variant : BuiltinVariants()) {
    if (variant.name == name) return static_cast<int>(names.size());
    names.push_back(variant.name);
  }
  return UsageError(fmt::format("there is no variant '{}'.{} The variants are {}", name, DidYouMean(name, names),
                                fmt::join(names, ", ")));
}

std::string NormalizeType(std::string_view raw) {
  constexpr std::string_view kPadding(" \0", 2);
  const size_t first = raw.find_first_not_of(kPadding);
  if (first == std::string_view::npos) return {};
  std::string type(raw.substr(first, raw.find_last_not_of(kPadding) - first + 1));
  std::transform(type.begin(), type.end(), type.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });
  return type;
}

}  // namespace dhs::photometry
