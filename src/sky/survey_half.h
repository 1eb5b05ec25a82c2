// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "sky/tessellation.h"

namespace dhs::sky {

/// The two halves that the Legacy Surveys image apart, with different telescopes: north (BASS and MzLS) and south
/// (DECam). They overlap.
enum class SurveyHalf : uint8_t { kNorth, kSouth };

/// From the column RELEASE of DR8 and later: 8000, 9010, 9012, 10000, 10002 (even) are south, 8001, 9011 (odd) north.
/// Nothing for other numbers.
std::optional<SurveyHalf> HalfOfRelease(int64_t release);

/// The half whose measurements count where both have a brick: north at Dec > 32.375 deg north of the Galactic plane,
/// else south; by the centre of the brick. 32.375 is an edge of bricks, so none is cut. The survey's own rule
/// (desitarget, resolve), which goes by HEALPix pixel at the plane, where there are no sources to speak of.
SurveyHalf ResolvedHalf(Brick brick);

}  // namespace dhs::sky
