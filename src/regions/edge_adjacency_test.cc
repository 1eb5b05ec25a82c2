// SPDX-License-Identifier: Apache-2.0
#include "regions/edge_adjacency.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "testing/footprints.h"
#include "testing/testing.h"

namespace dhs::regions {
namespace {

using dhs::testing::Footprint;
using PairSet = std::set<std::pair<int32_t, int32_t>>;

AdjacentPairs EdgePairs(const Footprint& footprint) {
  const BrickBoxes boxes = FindBoxes(footprint.bricks, "bricks").ValueOrDie();
  return EdgeAdjacency(MakeBrickRows(boxes, footprint.bricks.name, "bricks").ValueOrDie());
}

PairSet AsSet(const AdjacentPairs& pairs) {
  PairSet set(pairs.begin(), pairs.end());
  RC_ASSERT(set.size() == pairs.size());  // each once
  return set;
}

// Straight from the definition, for any two boxes: a piece of a meridian or of a parallel in common.
bool ShareAnEdge(const sky::BrickBounds& a, const sky::BrickBounds& b) {
  constexpr double kTolerance = 1e-7;
  const auto same_ra = [](double x, double y) { return std::fabs(std::remainder(x - y, 360.0)) < kTolerance; };
  const double dec_overlap = std::min(a.dec2_deg, b.dec2_deg) - std::max(a.dec1_deg, b.dec1_deg);
  if (dec_overlap > kTolerance) return same_ra(a.ra2_deg, b.ra1_deg) || same_ra(b.ra2_deg, a.ra1_deg);
  if (std::fabs(dec_overlap) > kTolerance) return false;
  for (const double turn : {-720.0, -360.0, 0.0, 360.0, 720.0}) {
    if (std::min(a.ra2_deg, b.ra2_deg + turn) - std::max(a.ra1_deg, b.ra1_deg + turn) > kTolerance) return true;
  }
  return false;
}

PairSet PairsByDefinition(const Footprint& f) {
  PairSet pairs;
  for (size_t i = 0; i < f.size(); ++i) {
    for (size_t j = i + 1; j < f.size(); ++j) {
      if (ShareAnEdge(f.Bounds(i), f.Bounds(j))) pairs.emplace(i, j);
    }
  }
  return pairs;
}

RC_GTEST_PROP(EdgeAdjacencyProperty, EqualsTheDefinitionForEachTwoBricks, ()) {
  Footprint footprint = *dhs::testing::PatchesWithHoles(8);
  const PairSet expected = PairsByDefinition(footprint);
  RC_ASSERT(AsSet(EdgePairs(footprint)) == expected);
  footprint.DropBounds();
  RC_ASSERT(AsSet(EdgePairs(footprint)) == expected);  // from the names alone
}

RC_GTEST_PROP(EdgeAdjacencyProperty, HoldsForBoundsThatNoNameGives, ()) {
  const Footprint footprint = *dhs::testing::ForeignTessellations();
  RC_ASSERT(AsSet(EdgePairs(footprint)) == PairsByDefinition(footprint));
}

RC_GTEST_PROP(EdgeAdjacencyProperty, IsThatOfTheTessellation, ()) {
  const Footprint footprint = *dhs::testing::PatchesWithHoles(10);
  std::map<sky::Brick, int32_t> index;
  for (size_t i = 0; i < footprint.size(); ++i) {
    index[*sky::BrickFromName(footprint.bricks.name[i])] = static_cast<int32_t>(i);
  }
  PairSet expected;
  for (const auto& [brick, i] : index) {
    for (const sky::Brick neighbor : sky::EdgeNeighbors(brick)) {
      if (index.contains(neighbor)) expected.emplace(std::min(i, index[neighbor]), std::max(i, index[neighbor]));
    }
  }
  RC_ASSERT(AsSet(EdgePairs(footprint)) == expected);
}

RC_GTEST_PROP(EdgeAdjacencyProperty, DoesNotDependOnTheOrderOfBricks, ()) {
  const Footprint footprint = *rc::gen::oneOf(dhs::testing::PatchesWithHoles(7), dhs::testing::ForeignTessellations());
  std::vector<int32_t> order(footprint.size());
  std::iota(order.begin(), order.end(), 0);
  for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[*rc::gen::inRange<size_t>(0, i)]);
  PairSet mapped;
  for (const auto& [a, b] : EdgePairs({Take(footprint.bricks, order)})) {
    const int32_t i = order[static_cast<size_t>(a)], j = order[static_cast<size_t>(b)];
    mapped.emplace(std::min(i, j), std::max(i, j));
  }
  RC_ASSERT(mapped == AsSet(EdgePairs(footprint)));
}

RC_GTEST_PROP(EdgeAdjacencyProperty, IsInvariantUnderFullTurns, ()) {
  const Footprint footprint = *rc::gen::oneOf(dhs::testing::PatchesWithHoles(7), dhs::testing::ForeignTessellations());
  Footprint turned = footprint;
  for (size_t i = 0; i < turned.size(); ++i) {
    const double turns = 360.0 * *rc::gen::inRange(-2, 3);
    turned.bricks.ra1_deg[i] += turns;
    turned.bricks.ra2_deg[i] += turns;
  }
  RC_ASSERT(AsSet(EdgePairs(turned)) == AsSet(EdgePairs(footprint)));
}

RC_GTEST_PROP(EdgeAdjacencyProperty, IsInvariantUnderHalfATurn, ()) {
  // Every row has an even number of columns (or is a cap), so half a turn is a whole number of columns in all of them.
  const Footprint footprint = *dhs::testing::PatchesWithHoles(8);
  Footprint turned;
  for (const sky::BrickName name : footprint.bricks.name) {
    const sky::Brick brick = *sky::BrickFromName(name);
    const int32_t num_columns = sky::NumColumns(brick.row);
    turned.Add({brick.row, (brick.col + num_columns / 2) % num_columns});
  }
  RC_ASSERT(AsSet(EdgePairs(turned)) == AsSet(EdgePairs(footprint)));
}

RC_GTEST_PROP(EdgeAdjacencyProperty, RoundedBoundsMakeNoDifference, ()) {
  const Footprint footprint = *dhs::testing::PatchesWithHoles(8);
  Footprint rounded = footprint;
  for (size_t i = 0; i < rounded.size(); ++i) {
    rounded.bricks.ra1_deg[i] = static_cast<float>(rounded.bricks.ra1_deg[i]);
    rounded.bricks.ra2_deg[i] = std::round(rounded.bricks.ra2_deg[i] * 1e4) / 1e4;
  }
  RC_ASSERT(AsSet(EdgePairs(rounded)) == AsSet(EdgePairs(footprint)));
}

TEST(EdgeAdjacencyTest, RealFootprintFallsIntoThePublishedComponents) {
  const std::string text = dhs::testing::ReadGzip(DHS_TEST_DATA("tables/dr10-south-brick-lrg-counts.csv.gz"));
  Footprint footprint;
  for (size_t start = text.find('\n') + 1; start < text.size(); start = text.find('\n', start) + 1) {
    footprint.bricks.name.push_back(sky::BrickName::FromBytes(text.data() + start));
  }
  ASSERT_EQ(footprint.size(), 319'078u);
  const Components found = ConnectedComponents(319'078, EdgePairs(footprint));
  std::vector<int32_t> sizes(static_cast<size_t>(found.num_components), 0);
  for (const int32_t component : found.component) ++sizes[static_cast<size_t>(component)];
  std::sort(sizes.begin(), sizes.end(), std::greater<>());
  ASSERT_EQ(sizes.size(), 35u);
  EXPECT_EQ(std::vector<int32_t>(sizes.begin(), sizes.begin() + 6),
            (std::vector<int32_t>{178'406, 138'411, 375, 219, 196, 112}));
}

TEST(EdgeAdjacencyTest, CapsBorderOnTheWholeNextRow) {
  const Footprint cap = dhs::testing::MakePatch(0, 3, 0, 360, [](sky::Brick) { return true; });
  EXPECT_EQ(cap.size(), 1u + 10u + 16u);
  const Components found = ConnectedComponents(static_cast<int32_t>(cap.size()), EdgePairs(cap));
  EXPECT_EQ(found.num_components, 1);
  EXPECT_EQ(*std::max_element(found.degree.begin(), found.degree.end()), 10);
}

TEST(EdgeAdjacencyTest, CornersAreNoEdges) {
  Footprint footprint;  // rows 359 and 360 both have 1440 columns
  footprint.Add({359, 10});
  footprint.Add({360, 11});
  EXPECT_EQ(EdgePairs(footprint).size(), 0u);
  footprint.Add({360, 10});
  EXPECT_EQ(EdgePairs(footprint).size(), 2u);
}

TEST(BrickBoxesTest, SaysWhereBoundsComeFrom) {
  Footprint footprint;
  for (int32_t col = 10; col < 14; ++col) footprint.Add({400, col});
  footprint.bricks.ra1_deg[1] = std::nan("");
  footprint.bricks.dec1_deg[2] -= 0.01;
  footprint.bricks.name[3] = *sky::BrickName::Parse("0000p999");
  DHS_ASSERT_OK_AND_ASSIGN(const BrickBoxes boxes, FindBoxes(footprint.bricks, "bricks"));
  EXPECT_EQ(boxes.counts().confirmed, 1);
  EXPECT_EQ(boxes.counts().by_name, 1);
  EXPECT_EQ(boxes.counts().contradicts, 1);
  EXPECT_EQ(boxes.counts().of_unknown, 1);
  EXPECT_EQ(boxes.counts().first_contradicting, footprint.bricks.name[2]);
  EXPECT_EQ(boxes.Of(2).dec1_deg, footprint.bricks.dec1_deg[2]) << "bounds win over the name";
  EXPECT_EQ(boxes.Of(1).ra1_deg, sky::BoundsOf({400, 11}).ra1_deg);
}

TEST(BrickBoxesTest, RefusesWhatIsNoBox) {
  Footprint footprint;
  footprint.Add({400, 10});
  footprint.Add({400, 11});
  Footprint bad = footprint;
  bad.bricks.dec2_deg[1] = bad.bricks.dec1_deg[1];
  DHS_EXPECT_ERROR(FindBoxes(bad.bricks, "b.csv"), ExitCode::kData, "expected bounds dec1 < dec2");
  bad = footprint;
  bad.bricks.ra2_deg[0] = bad.bricks.ra1_deg[0];
  DHS_EXPECT_ERROR(FindBoxes(bad.bricks, "b.csv"), ExitCode::kData, bad.bricks.name[0].ToString());
  bad = footprint;
  bad.bricks.name = {*sky::BrickName::Parse("0000p999"), *sky::BrickName::Parse("0001p999")};
  bad.DropBounds();
  DHS_EXPECT_ERROR(FindBoxes(bad.bricks, "b.csv"), ExitCode::kData, "2 bricks without bounds");
}

TEST(BrickRowsTest, RefusesBricksThatOverlap) {
  Footprint footprint;
  footprint.Add({400, 10});
  footprint.Add({400, 11});
  Footprint bad = footprint;
  bad.bricks.ra1_deg[1] -= 0.05;
  const auto rows_of = [](const Footprint& f) {
    return MakeBrickRows(FindBoxes(f.bricks, "b.csv").ValueOrDie(), f.bricks.name, "b.csv");
  };
  DHS_EXPECT_ERROR(rows_of(bad), ExitCode::kData, "expected bricks of one tessellation");
  bad = footprint;
  bad.bricks.dec1_deg[1] += 0.05;
  DHS_EXPECT_ERROR(rows_of(bad), ExitCode::kData, footprint.bricks.name[1].ToString());
  DHS_ASSERT_OK(rows_of(footprint).status());
}

}  // namespace
}  // namespace dhs::regions
