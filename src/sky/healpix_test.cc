// SPDX-License-Identifier: Apache-2.0
#include "sky/healpix.h"

#include <set>

#include <gtest/gtest.h>

namespace dhs::sky {
namespace {

TEST(HealpixTest, BasePixelsAreThoseOfThePaper) {
  // Gorski et al. 2005, figure 4: 0..3 around the north pole, 4..7 on the equator, 8..11 around the south pole.
  const Healpix base(1);
  EXPECT_EQ(base.PixelAt(45, 60), 0);
  EXPECT_EQ(base.PixelAt(315, 60), 3);
  EXPECT_EQ(base.PixelAt(0, 0), 4);
  EXPECT_EQ(base.PixelAt(90, 0), 5);
  EXPECT_EQ(base.PixelAt(45, -60), 8);
  EXPECT_EQ(base.PixelAt(405, -60), 8) << "RA modulo 360";
  EXPECT_NEAR(base.PixelAreaDeg2(), 41252.9612 / 12, 1e-3);
}

TEST(HealpixTest, PixelsNestAndCoverTheSphere) {
  const Healpix coarse(4), fine(8);
  std::set<int64_t> pixels;
  for (double dec = -90; dec <= 90; dec += 0.5) {
    for (double ra = 0; ra <= 360; ra += 0.5) {
      const int64_t pixel = fine.PixelAt(ra, dec);
      pixels.insert(pixel);
      ASSERT_EQ(pixel / 4, coarse.PixelAt(ra, dec)) << ra << " " << dec;
    }
  }
  EXPECT_EQ(pixels.size(), 768u);
  EXPECT_NEAR(fine.PixelAreaDeg2() * 768, 41252.9612, 1e-3);
}

}  // namespace
}  // namespace dhs::sky
