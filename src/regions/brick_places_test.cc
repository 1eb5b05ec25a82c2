// SPDX-License-Identifier: Apache-2.0
#include "regions/brick_places.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sky/tessellation.h"
#include "testing/testing.h"

namespace dhs::regions {
namespace {

BrickColumns At(const char* name, double ra_deg, double dec_deg) {
  BrickColumns bricks;
  bricks.name = {*sky::BrickName::Parse(name)};
  bricks.ra_deg = {ra_deg};
  bricks.dec_deg = {dec_deg};
  return bricks;
}

Status Check(const BrickColumns& bricks) {
  return CheckPlaces(bricks, [](size_t) { return "t"; });
}

RC_GTEST_PROP(BrickPlacesProperty, AnyPointOfABrickIsAtItsPlace, ()) {
  const auto id = *rc::gen::inRange(1, sky::kNumBricks + 1);
  const sky::Brick brick = *sky::BrickFromId(id);
  const sky::BrickBounds bounds = sky::BoundsOf(brick);
  const double x = *rc::gen::inRange(0, 1001) / 1000.0, y = *rc::gen::inRange(0, 1001) / 1000.0;
  const double ra = bounds.ra1_deg + x * (bounds.ra2_deg - bounds.ra1_deg);
  const double dec = bounds.dec1_deg + y * (bounds.dec2_deg - bounds.dec1_deg);
  const std::string name = sky::NameOf(brick).ToString();
  RC_ASSERT(Check(At(name.c_str(), ra, dec)).ok());
  RC_ASSERT(Check(At(name.c_str(), ra >= 359.9 ? ra - 359.9 : ra + 0.1, dec)).ok());
  const double opposite = dec > 0 ? dec - 45 : dec + 45;
  RC_ASSERT(!Check(At(name.c_str(), ra, opposite)).ok());
}

TEST(BrickPlacesTest, TakesTheShorterWayRound) {
  DHS_ASSERT_OK(Check(At("0001p000", 359.9, 0)));
  DHS_ASSERT_OK(Check(At("3598p000", 0.1, 0)));
}

TEST(BrickPlacesTest, DistancesInRaAreThoseOnTheSky) {
  const sky::Brick brick = *sky::BrickFromName(*sky::BrickName::Parse("1800m900"));
  EXPECT_EQ(brick.row, 0);
  DHS_ASSERT_OK(Check(At("1800m900", 12, -89.9)));
  // At Dec 60 half a degree of RA is a quarter of a degree.
  const sky::Brick north = sky::BrickAt(100, 60);
  const std::string name = sky::NameOf(north).ToString();
  DHS_ASSERT_OK(Check(At(name.c_str(), sky::BoundsOf(north).ra2_deg + 0.49, 60.0)));
  DHS_EXPECT_ERROR(Check(At(name.c_str(), sky::BoundsOf(north).ra2_deg + 0.52, 60.0)), ExitCode::kData,
                   "1 brick lies far from where the name says, first " + name);
}

TEST(BrickPlacesTest, NamesOutsideTheTessellationMayLieAnywhere) { DHS_ASSERT_OK(Check(At("9999p999", 5, 5))); }

}  // namespace
}  // namespace dhs::regions
