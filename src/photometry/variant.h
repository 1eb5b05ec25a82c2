// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "dhs/error.h"

namespace dhs::photometry {

/// A named set of LRG cuts: zmag < zmag_max, rz > rz_min, zw1 > zw1_min (AB magnitudes, all strict, all finite), and
/// TYPE not PSF.
struct Variant {
  std::string name;  ///< "v3_color_relaxed"
  double zmag_max;
  double rz_min;
  double zw1_min;

  std::string FlagColumn() const { return "is_" + name; }      ///< "is_v3_color_relaxed"
  std::string CountColumn() const { return "n_lrg_" + name; }  ///< "n_lrg_v3_color_relaxed"
};

inline constexpr std::string_view kDefaultVariantName = "v3_color_relaxed";
inline constexpr int kNumBuiltinVariants = 5;

/// v1..v5 in order; each is contained in the next.
std::span<const Variant, kNumBuiltinVariants> BuiltinVariants();
/// Index into BuiltinVariants; UsageError with the nearest names.
Result<int> FindVariant(std::string_view name);

/// The one rule for flags: the cuts on the stored float32 values, promoted to double. NaN fails every cut.
inline bool PassesCuts(const Variant& v, float zmag, float rz, float zw1) {
  return static_cast<double>(zmag)<v.zmag_max&& static_cast<double>(rz)> v.rz_min &&
         static_cast<double>(zw1) > v.zw1_min;
}

/// TYPE as stored: trimmed of blanks and NULs at both ends, upper case.
std::string NormalizeType(std::string_view raw);
inline bool IsPointSource(std::string_view normalized_type) { return normalized_type == "PSF"; }

}  // namespace dhs::photometry
