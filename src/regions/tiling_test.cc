// SPDX-License-Identifier: Apache-2.0
#include "regions/tiling.h"

#include <algorithm>
#include <numeric>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "regions/partition.h"
#include "testing/footprints.h"
#include "testing/testing.h"

namespace dhs::regions {
namespace {

using dhs::testing::Footprint;

struct Cut {
  Neighborhood neighborhood;
  Tiles tiles;
  std::vector<double> areas_deg2;  // of regions
};

Cut CutUp(const Footprint& f, const std::string& tiling, const char* adjacency = kTessellationAdjacency,
          int num_threads = 1) {
  RegionsOptions options;
  options.adjacency = adjacency;
  Cut cut{FindNeighborhood(f.bricks, options, "bricks").ValueOrDie(), {}, {}};
  cut.tiles = CutBricks(f.bricks, cut.neighborhood, ParseTiling(tiling).ValueOrDie(), num_threads, {}).ValueOrDie();
  cut.areas_deg2.assign(static_cast<size_t>(cut.tiles.num_regions), 0);
  for (size_t i = 0; i < f.size(); ++i) {
    cut.areas_deg2[static_cast<size_t>(cut.tiles.region[i])] += f.bricks.area_deg2[i];
  }
  return cut;
}

Footprint Solid(int32_t first_row, int32_t last_row, double ra_deg, double width_deg) {
  return dhs::testing::MakePatch(first_row, last_row, ra_deg, width_deg, [](sky::Brick) { return true; });
}

// What holds for every tiling: regions refine components, are connected, are numbered by first brick.
void CheckPartition(const Cut& cut) {
  const auto& component = cut.neighborhood.components.component;
  const auto& region = cut.tiles.region;
  AdjacentPairs within;
  for (const auto& [a, b] : cut.neighborhood.pairs) {
    if (region[static_cast<size_t>(a)] == region[static_cast<size_t>(b)]) within.emplace_back(a, b);
  }
  // Connected pieces of regions, numbered by first brick: must be the regions themselves.
  const Components pieces = ConnectedComponents(static_cast<int32_t>(region.size()), within);
  RC_ASSERT(pieces.component == region);
  RC_ASSERT(pieces.num_components == cut.tiles.num_regions);
  std::set<std::pair<int32_t, int32_t>> region_component;
  for (size_t i = 0; i < region.size(); ++i) region_component.emplace(region[i], component[i]);
  RC_ASSERT(region_component.size() == static_cast<size_t>(cut.tiles.num_regions));
}

void CheckLimits(const Footprint& f, const Cut& cut, double limit_deg2, double greatest_deg2) {
  const auto& component = cut.neighborhood.components.component;
  std::vector<double> component_area(static_cast<size_t>(cut.neighborhood.components.num_components), 0);
  std::vector<int32_t> bricks_of(cut.areas_deg2.size(), 0);
  std::set<std::pair<int32_t, int32_t>> regions_of;
  for (size_t i = 0; i < f.size(); ++i) {
    component_area[static_cast<size_t>(component[i])] += f.bricks.area_deg2[i];
    ++bricks_of[static_cast<size_t>(cut.tiles.region[i])];
    regions_of.emplace(component[i], cut.tiles.region[i]);
  }
  std::vector<int32_t> num_regions(component_area.size(), 0);
  for (const auto& [c, r] : regions_of) ++num_regions[static_cast<size_t>(c)];
  for (size_t c = 0; c < component_area.size(); ++c) {
    RC_ASSERT(component_area[c] > limit_deg2 || num_regions[c] == 1);  // below the limit: whole
  }
  for (size_t r = 0; r < cut.areas_deg2.size(); ++r) {
    RC_ASSERT(cut.areas_deg2[r] <= greatest_deg2 + 1e-9 || bricks_of[r] == 1);
  }
}

RC_GTEST_PROP(TilingProperty, TilesAreConnectedPartsOfComponentsWithinTheLimit, ()) {
  const Footprint f = *dhs::testing::PatchesWithHoles(*rc::gen::element(8, 20, 30));
  const double limit = *rc::gen::element(1.0, 2.5, 6.0);
  const char* adjacency = *rc::gen::element(kTessellationAdjacency, kGridAdjacency);
  const Cut cut = CutUp(f, "area:" + std::to_string(limit), adjacency);
  CheckPartition(cut);
  CheckLimits(f, cut, limit, limit);
  RC_ASSERT(CutUp(f, "area:" + std::to_string(limit), adjacency, 3).tiles.region == cut.tiles.region);
}

RC_GTEST_PROP(TilingProperty, PixelsAreConnectedPartsOfComponentsWithinTheLimit, ()) {
  const Footprint f = *dhs::testing::PatchesWithHoles(*rc::gen::element(12, 30));
  const int nside = *rc::gen::element(16, 32, 64);
  const Tiling tiling = ParseTiling("healpix:" + std::to_string(nside)).ValueOrDie();
  const Cut cut = CutUp(f, "healpix:" + std::to_string(nside));
  CheckPartition(cut);
  // A pixel holds the bricks whose centres it has: those on its border count whole.
  const double border = 4 * std::sqrt(tiling.limit_deg2) * 0.25;
  CheckLimits(f, cut, tiling.limit_deg2, kMaxHealpixShare * tiling.limit_deg2 + border);
}

RC_GTEST_PROP(TilingProperty, TilesOfSolidPatchesAreAtLeastHalfTheLimit, ()) {
  const int32_t first_row = *rc::gen::element(0, 5, 100, 350, 600, 690);
  const Footprint f = Solid(first_row, first_row + *rc::gen::inRange(8, 31), 350, *rc::gen::inRange(8, 60));
  const double limit = *rc::gen::element(2.0, 5.0, 9.0);
  const Cut cut = CutUp(f, "area:" + std::to_string(limit));
  const double total = std::accumulate(cut.areas_deg2.begin(), cut.areas_deg2.end(), 0.0);
  if (total <= limit) return;
  for (const double area : cut.areas_deg2) RC_ASSERT(area >= 0.5 * limit - 0.0625);
}

// Second moment of a disk of the same area over that of the tile: 1 for a disk, 0.95 for a square, 0.76 for a 2 x 1
// box.
std::vector<double> Compactness(const Footprint& f, const Cut& cut) {
  std::vector<sky::UnitVector> mean(cut.areas_deg2.size(), {0, 0, 0});
  std::vector<double> moment(cut.areas_deg2.size(), 0);
  const auto place = [&](size_t i) { return sky::UnitVectorOf(f.bricks.ra_deg[i], f.bricks.dec_deg[i]); };
  for (size_t i = 0; i < f.size(); ++i) {
    const auto r = static_cast<size_t>(cut.tiles.region[i]);
    const double w = f.bricks.area_deg2[i] / cut.areas_deg2[r];
    const sky::UnitVector v = place(i);
    mean[r] = {mean[r].x + w * v.x, mean[r].y + w * v.y, mean[r].z + w * v.z};
  }
  for (size_t i = 0; i < f.size(); ++i) {
    const auto r = static_cast<size_t>(cut.tiles.region[i]);
    const sky::UnitVector v = place(i), m = mean[r];
    const double d2 = (v.x - m.x) * (v.x - m.x) + (v.y - m.y) * (v.y - m.y) + (v.z - m.z) * (v.z - m.z);
    moment[r] += f.bricks.area_deg2[i] * d2;
  }
  std::vector<double> compactness;
  constexpr double kDegPerRad = 180 / M_PI;
  for (size_t r = 0; r < moment.size(); ++r) {
    const double area = cut.areas_deg2[r];
    compactness.push_back(area * area / (2 * M_PI) / (moment[r] * kDegPerRad * kDegPerRad));
  }
  std::sort(compactness.begin(), compactness.end());
  return compactness;
}

TEST(TilingTest, TilesAreCompact) {
  // 40 x 40 deg with a tenth of the bricks missing, in tiles of 25 deg2.
  const Footprint f = dhs::testing::MakePatch(300, 460, 350, 40, [](sky::Brick brick) {
    return (static_cast<uint32_t>(brick.row * 2654435761u + brick.col * 40503u) >> 16) % 10 != 0;
  });
  const Cut cut = CutUp(f, "area:25");
  EXPECT_GT(cut.tiles.num_regions, 50);
  const std::vector<double> compactness = Compactness(f, cut);
  EXPECT_GT(compactness[compactness.size() / 10], 0.6) << "nine tenths are like boxes of 3 x 1 or better";
  EXPECT_GT(compactness[compactness.size() / 2], 0.75) << "half of them like 2 x 1 or better";
}

TEST(TilingTest, ManyTilesAreNearTheLimit) {
  const Cut cut = CutUp(Solid(340, 440, 10, 25), "area:20");
  std::vector<double> areas = cut.areas_deg2;
  std::sort(areas.begin(), areas.end());
  EXPECT_LE(areas.back(), 20.0);
  EXPECT_GE(areas[areas.size() / 2], 0.85 * 20);
}

TEST(TilingTest, AStarOfThinArmsIsStillCutWithinTheLimit) {
  // Arms of one brick's width: no cut can be even, for only one arm at a time can be taken off.
  const Footprint f = dhs::testing::MakePatch(340, 381, 10, 10.25,
                                              [](sky::Brick brick) { return brick.row == 360 || brick.col == 60; });
  const Cut cut = CutUp(f, "area:2");
  CheckPartition(cut);
  CheckLimits(f, cut, 2.0, 2.0);
}

TEST(TilingTest, AComponentBelowTheLimitStaysWhole) {
  Footprint f = Solid(340, 344, 10, 1);
  const Footprint far = Solid(360, 380, 30, 5);
  for (size_t i = 0; i < far.size(); ++i) f.Add(*sky::BrickFromName(far.bricks.name[i]));
  const Cut cut = CutUp(f.Sorted(), "area:5");
  EXPECT_EQ(cut.neighborhood.components.num_components, 2);
  EXPECT_GT(cut.tiles.num_regions, 5);
  EXPECT_NEAR(cut.areas_deg2[0], 0.75, 0.01) << "12 bricks, the first by name";
}

TEST(TilingTest, NamesItsFormsWhenRefused) {
  for (const char* text : {"", "some", "healpix", "healpix:", "healpix:3", "healpix:256", "healpix:-8", "healpix:8x",
                           "area", "area:0.5", "area:-5", "area:nan", "area:inf", "area:5 ", "grid:5"}) {
    DHS_EXPECT_ERROR(ParseTiling(text), ExitCode::kUsage, "area:DEG2");
  }
  DHS_ASSERT_OK_AND_ASSIGN(const Tiling healpix, ParseTiling("healpix:8"));
  EXPECT_NEAR(healpix.limit_deg2, 53.7148, 1e-4);
  DHS_ASSERT_OK_AND_ASSIGN(const Tiling area, ParseTiling("area:2.5e1"));
  EXPECT_EQ(area.limit_deg2, 25);
}

}  // namespace
}  // namespace dhs::regions
