// SPDX-License-Identifier: Apache-2.0
#include "sky/survey_half.h"

#include <gtest/gtest.h>

namespace dhs::sky {
namespace {

TEST(SurveyHalf, IsToldByTheReleaseNumber) {
  for (const int release : {8000, 9010, 9012, 10000, 10002}) EXPECT_EQ(HalfOfRelease(release), SurveyHalf::kSouth);
  for (const int release : {8001, 9011}) EXPECT_EQ(HalfOfRelease(release), SurveyHalf::kNorth);
  for (const int release : {0, -1, 7000, 100000}) EXPECT_EQ(HalfOfRelease(release), std::nullopt);
}

TEST(SurveyHalf, NorthCountsAboveTheEdgeAndThePlane) {
  EXPECT_EQ(ResolvedHalf(BrickAt(180, 32.376)), SurveyHalf::kNorth);
  EXPECT_EQ(ResolvedHalf(BrickAt(180, 32.374)), SurveyHalf::kSouth);
  EXPECT_EQ(ResolvedHalf(BrickAt(20, 40)), SurveyHalf::kSouth);   // b = -22
  EXPECT_EQ(ResolvedHalf(BrickAt(120, 40)), SurveyHalf::kNorth);  // b = +31
  EXPECT_EQ(ResolvedHalf(BrickAt(180, -20)), SurveyHalf::kSouth);
}

TEST(SurveyHalf, TheEdgeIsOneOfBricks) {
  const BrickBounds above = BoundsOf(BrickAt(180, 32.376));
  EXPECT_EQ(above.dec1_deg, 32.375);
}

}  // namespace
}  // namespace dhs::sky
