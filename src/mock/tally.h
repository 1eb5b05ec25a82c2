// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "mock/lrg_model.h"
#include "mock/population.h"
#include "mock/sweep_layout.h"

namespace dhs::mock {

/// Cuts in the order in which a source is tested; it is charged to the first that it fails. `footprint` is 0: the
/// truth knows no footprint option.
inline constexpr std::array<std::string_view, 6> kCutNames = {"footprint", "psf", "flux", "zmag", "rz", "zw1"};

/// v1..v5: name, z <, r-z >, z-W1 >. Written here once more on purpose: the truth must not share code with what it
/// checks.
struct TruthVariant {
  std::string_view name;
  double zmag_max, rz_min, zw1_min;
};
inline constexpr std::array<TruthVariant, kNumVariants> kTruthVariants = {{{"v1_pure_massive", 20.0, 0.5, 1.6},
                                                                           {"v2_baseline_dr10", 20.4, 0.4, 1.6},
                                                                           {"v3_color_relaxed", 20.4, 0.4, 0.8},
                                                                           {"v4_mag_relaxed", 21.0, 0.4, 0.8},
                                                                           {"v5_very_relaxed", 21.5, 0.3, 0.8}}};

/// What a scan of written rows must find.
struct Tally {
  int64_t num_rows = 0;
  std::array<int64_t, kNumTypes> by_type{};
  int64_t n_gal = 0;  ///< TYPE not PSF, r, z and W1 flux > 0
  std::array<int64_t, kNumVariants> n_lrg{};
  std::array<std::array<int64_t, kCutNames.size()>, kNumVariants> rejected{};

  /// Counts one written row. LRG: float32 of z, r-z and z-W1 computed in double from the float32 fluxes, all
  /// inequalities strict. "flux" = r, z or W1 flux not finite or not > 0.
  void Count(SourceType type, const std::array<float, kNumBands>& flux_nmgy);
  Tally& operator+=(const Tally& other);
};

}  // namespace dhs::mock
