// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "mock/random.h"

namespace dhs::mock {

/// TYPE of a source; kSer is written as COMP in DR8.
enum class SourceType : uint8_t { kPsf = 0, kRex, kExp, kDev, kSer, kDup };
inline constexpr int kNumTypes = 6;

/// Observed (reddened) AB magnitudes of one luminous red galaxy, before blends and failures.
struct LrgMagnitudes {
  double g, r, i, z, w1, w2;
  SourceType type;
};

/// Part of the magnitude range: what v3 admits, what v4 adds, what v5 adds.
enum class LrgPart { kToZ204 = 0, kToZ210 = 1, kToZ215 = 2 };

/// Draws one LRG that passes v3, v4 or v5 and no narrower variant's magnitude limit. `red` asks for z-W1 > 1.6 (in
/// kToZ204 only; not red means z-W1 <= 1.6). `ebv` moves g-r and r-z against the mean 0.043 of the fitted rows.
LrgMagnitudes DrawLrg(Rng& rng, LrgPart part, bool red, double ebv);

/// Half-light radius (arcsec) and ellipticity of an extended source of magnitude z.
struct Shape {
  float r_arcsec, e1, e2, sersic;
};
Shape DrawShape(Rng& rng, SourceType type, double z_mag);

}  // namespace dhs::mock
