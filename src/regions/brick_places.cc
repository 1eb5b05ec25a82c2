// SPDX-License-Identifier: Apache-2.0
#include "regions/brick_places.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include <fmt/format.h>

#include "sky/tessellation.h"

namespace dhs::regions {

namespace {

// One brick: a centroid of objects or a rounded centre stays well within, another brick's row or RA in hours does not.
constexpr double kMaxDistanceDeg = 0.25;

// Distance from the bounds along RA (as an angle on the sky) or Dec, whichever is greater.
double DistanceDeg(sky::Brick brick, double ra_deg, double dec_deg) {
  const sky::BrickBounds bounds = sky::BoundsOf(brick);
  const double in_dec = std::max({bounds.dec1_deg - dec_deg, dec_deg - bounds.dec2_deg, 0.0});
  const double half_width = (bounds.ra2_deg - bounds.ra1_deg) / 2;
  const double from_center = std::fabs(std::remainder(ra_deg - (bounds.ra1_deg + half_width), 360.0));
  if (from_center <= half_width + kMaxDistanceDeg) return in_dec;
  return std::max(in_dec, (from_center - half_width) * std::cos(dec_deg * std::numbers::pi / 180.0));
}

}  // namespace

Status CheckPlaces(const BrickColumns& bricks, const std::function<std::string(size_t)>& path_of) {
  std::optional<size_t> first;
  int64_t num_far = 0;
  for (size_t i = 0; i < bricks.size(); ++i) {
    const std::optional<sky::Brick> brick = sky::BrickFromName(bricks.name[i]);
    if (!brick || DistanceDeg(*brick, bricks.ra_deg[i], bricks.dec_deg[i]) <= kMaxDistanceDeg) continue;
    if (!first || bricks.name[i] < bricks.name[*first]) first = i;
    ++num_far;
  }
  if (!first) return Status::OK();
  const sky::Brick brick = *sky::BrickFromName(bricks.name[*first]);
  return DataError(
      {.path = path_of(*first)},
      fmt::format("{} brick{} far from where the name says, first {}: expected RA {:.4f}, Dec {:+.4f} deg, "
                  "found RA {:.4f}, Dec {:+.4f}. Are RA and Dec in degrees, and of the same row as the name?",
                  num_far, num_far == 1 ? " lies" : "s lie", bricks.name[*first].ToString(), sky::CenterRaDeg(brick),
                  sky::CenterDecDeg(brick), bricks.ra_deg[*first], bricks.dec_deg[*first]));
}

}  // namespace dhs::regions
