// SPDX-License-Identifier: Apache-2.0
#include "sky/healpix.h"

#include <algorithm>
#include <numbers>
#include <random>
#include <set>

#include <gtest/gtest.h>
#include <healpix_base.h>

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

TEST(HealpixTest, AgreesWithHealpixCxx) {
  constexpr double kRadPerDeg = std::numbers::pi / 180;
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> ra_of(-10, 730), z_of(-1, 1), near_pole(0, 1e-3);
  for (const int32_t nside : {1, 2, 64, 1024, 1 << 29}) {
    const T_Healpix_Base<int64> reference(nside, NEST, SET_NSIDE);
    const Healpix own(nside);
    const auto check = [&](double ra, double dec) {
      const double theta = std::clamp((90 - dec) * kRadPerDeg, 0.0, std::numbers::pi);
      ASSERT_EQ(own.PixelAt(ra, dec), reference.ang2pix(pointing(theta, ra * kRadPerDeg))) << ra << " " << dec;
    };
    // At the highest resolution the last digit of RA decides; there the 29 levels above are compared by the others.
    if (nside < 1 << 20) {
      for (int i = 0; i < 200'000; ++i) {
        check(ra_of(random), std::asin(z_of(random)) / kRadPerDeg);
        check(ra_of(random), 90 - near_pole(random));
        check(ra_of(random), -90 + near_pole(random));
      }
    } else {
      for (int64_t face = 0; face < 12; ++face) {
        for (const int64_t in_face : {int64_t{0}, int64_t{1} << 40, (int64_t{1} << 58) - 1}) {
          const int64_t pixel = (face << 58) + in_face;
          const pointing center = reference.pix2ang(pixel);
          EXPECT_EQ(Healpix(1 << 26).PixelAt(center.phi / kRadPerDeg, 90 - center.theta / kRadPerDeg), pixel >> 6);
        }
      }
    }
    check(0, 90), check(0, -90);
  }
}

}  // namespace
}  // namespace dhs::sky
