// SPDX-License-Identifier: Apache-2.0
#include "sky/galactic.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace dhs::sky {
namespace {

constexpr double kDegree = std::numbers::pi / 180.0;

// Great-circle distance by the chord.
double SeparationDeg(double lon1, double lat1, double lon2, double lat2) {
  const auto x = [](double lon, double lat) { return std::cos(lat * kDegree) * std::cos(lon * kDegree); };
  const auto y = [](double lon, double lat) { return std::cos(lat * kDegree) * std::sin(lon * kDegree); };
  const double dz = std::sin(lat1 * kDegree) - std::sin(lat2 * kDegree);
  const double chord = std::hypot(x(lon1, lat1) - x(lon2, lat2), y(lon1, lat1) - y(lon2, lat2), dz);
  return 2 * std::asin(chord / 2) / kDegree;
}

// ra, dec, l, b as astropy 8.0.2 has them: SkyCoord(ra, dec, frame="icrs").galactic.
constexpr double kAstropy[][4] = {
    {0.000000, 0.000000, 96.337283, -60.188552},      {266.404990, -28.936170, 0.000007, 0.000003},
    {192.859480, 27.128250, 340.737599, 89.999997},   {12.859480, -27.128250, 160.737599, -89.999997},
    {83.630000, 22.010000, 184.559740, -5.789180},    {0.000000, 90.000000, 122.931925, 27.128252},
    {180.000000, -90.000000, 302.931925, -27.128252}, {359.999000, -0.001000, 96.334637, -60.189071},
    {45.000000, 45.000000, 145.563006, -12.148255},   {310.000000, -62.000000, 334.193678, -36.385165},
    {184.255785, 30.465950, 187.020477, 81.757940},   {342.166931, 4.375152, 74.969557, -46.744208},
    {51.897461, -19.909568, 210.038250, -53.633582},  {341.513801, 35.229812, 95.863468, -20.967444},
    {112.259323, -23.179333, 237.716689, -2.628372},  {152.397522, -5.336461, 246.464841, 39.182498},
    {297.972934, -47.047311, 352.004068, -29.462781}, {147.311689, -11.173115, 247.677347, 31.540426},
    {197.853728, -36.376558, 307.416992, 26.321158},  {9.921281, -28.383660, 6.480527, -87.112807},
};

TEST(GalacticTest, AgreesWithAstropyToATenthOfAnArcsecond) {
  for (const auto& [ra, dec, l, b] : kAstropy) {
    const GalacticPoint point = GalacticOf({ra, dec});
    EXPECT_LT(SeparationDeg(point.l_deg, point.b_deg, l, b), 0.1 / 3600) << "RA " << ra << ", Dec " << dec;
    const EquatorialPoint back = EquatorialOf({l, b});
    EXPECT_LT(SeparationDeg(back.ra_deg, back.dec_deg, ra, dec), 0.1 / 3600) << "l " << l << ", b " << b;
  }
}

RC_GTEST_PROP(GalacticTest, GoesThereAndBack, ()) {
  const double ra = *rc::gen::inRange(0, 360'000'000) / 1e6;
  const double dec = *rc::gen::inRange(-90'000'000, 90'000'001) / 1e6;
  const GalacticPoint there = GalacticOf({ra, dec});
  RC_ASSERT(there.l_deg >= 0 && there.l_deg < 360 && std::abs(there.b_deg) <= 90);
  const EquatorialPoint back = EquatorialOf(there);
  // asin loses half of the digits at a pole.
  RC_ASSERT(SeparationDeg(back.ra_deg, back.dec_deg, ra, dec) < 1e-5);
}

}  // namespace
}  // namespace dhs::sky
