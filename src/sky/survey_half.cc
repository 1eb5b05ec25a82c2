// SPDX-License-Identifier: Apache-2.0
#include "sky/survey_half.h"

#include "sky/galactic.h"

namespace dhs::sky {

std::optional<SurveyHalf> HalfOfRelease(int64_t release) {
  if (release < 8000 || release > 32767) return std::nullopt;
  return release % 2 == 0 ? SurveyHalf::kSouth : SurveyHalf::kNorth;
}

SurveyHalf ResolvedHalf(Brick brick) {
  constexpr double kSplitDecDeg = 32.375;
  const double dec_deg = CenterDecDeg(brick);
  if (dec_deg < kSplitDecDeg) return SurveyHalf::kSouth;
  return GalacticOf({CenterRaDeg(brick), dec_deg}).b_deg > 0 ? SurveyHalf::kNorth : SurveyHalf::kSouth;
}

}  // namespace dhs::sky
