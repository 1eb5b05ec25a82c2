// SPDX-License-Identifier: Apache-2.0
#include "regions/near_regions.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "regions/split_buffer.h"
#include "testing/footprints.h"
#include "testing/testing.h"

namespace dhs::regions {
namespace {

using dhs::testing::Footprint;

BrickRows RowsOf(const Footprint& footprint) {
  const BrickBoxes boxes = FindBoxes(footprint.bricks, "bricks").ValueOrDie();
  return MakeBrickRows(boxes, footprint.bricks.name, "bricks").ValueOrDie();
}

RC_GTEST_PROP(NearRegionsProperty, TellsWhatTheBufferTakesWhateverTheSplits, ()) {
  const Footprint f = *rc::gen::oneOf(dhs::testing::PatchesWithHoles(9), dhs::testing::ForeignTessellations());
  if (f.size() == 0) return;
  const BrickRows rows = RowsOf(f);
  const double buffer_deg = *rc::gen::element(0.05, 0.26, 0.7, 2.0);
  const int num_regions = *rc::gen::inRange(1, 6);
  std::vector<int32_t> region;
  for (size_t i = 0; i < f.size(); ++i) {
    // Mostly stretches of one region, as tiles are.
    const bool is_new = i == 0 || *rc::gen::inRange(0, 4) == 0;
    region.push_back(is_new ? *rc::gen::inRange(0, num_regions) : region.back());
  }
  const BrickGroups groups = GroupByNearRegions(rows, region, buffer_deg, 2, {}).ValueOrDie().value();
  for (int draw = 0; draw < 3; ++draw) {
    std::vector<Split> of_region, before, expected;
    for (int r = 0; r < num_regions; ++r)
      of_region.push_back(*rc::gen::element(Split::kTrain, Split::kVal, Split::kTest));
    for (size_t i = 0; i < f.size(); ++i) {
      const auto group = static_cast<size_t>(groups.of_brick[i]);
      const Split own = of_region[static_cast<size_t>(region[i])];
      RC_ASSERT(groups.region[group] == region[i]);
      const bool is_taken = std::any_of(groups.near[group].begin(), groups.near[group].end(),
                                        [&](int32_t other) { return of_region[static_cast<size_t>(other)] != own; });
      before.push_back(own);
      expected.push_back(is_taken ? Split::kBuffer : own);
    }
    RC_ASSERT(MarkBuffer(rows, before, buffer_deg, 1, {}).ValueOrDie() == expected);
  }
}

TEST(NearRegionsTest, GroupsAreFewAndInTheOrderOfBricks) {
  const Footprint f = dhs::testing::MakePatch(350, 370, 100, 5, [](sky::Brick) { return true; });
  std::vector<int32_t> region;
  for (const double ra : f.bricks.ra_deg) region.push_back(ra < 102.5 ? 0 : 1);
  DHS_ASSERT_OK_AND_ASSIGN(const auto found, GroupByNearRegions(RowsOf(f), region, 0.5, 1, {}));
  ASSERT_TRUE(found.has_value());
  const BrickGroups& groups = *found;
  ASSERT_EQ(groups.region.size(), 4u) << "the inside and the edge of two regions";
  EXPECT_EQ(groups.of_brick[0], 0);
  std::vector<int32_t> seen;
  for (const int32_t group : groups.of_brick) {
    if (std::find(seen.begin(), seen.end(), group) == seen.end()) seen.push_back(group);
  }
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

TEST(NearRegionsTest, SaysSoWhereTheBufferIsLargeAgainstTheRegions) {
  const Footprint f = dhs::testing::MakePatch(350, 370, 100, 5, [](sky::Brick) { return true; });
  std::vector<int32_t> region(f.size());
  for (size_t i = 0; i < region.size(); ++i) region[i] = static_cast<int32_t>(i);  // every brick near all others
  const auto n = static_cast<int64_t>(f.size());
  const auto is_found = [&](const NearLimits& limits, int num_threads) {
    return GroupByNearRegions(RowsOf(f), region, 9.0, num_threads, {}, limits).ValueOrDie().has_value();
  };
  const NearLimits exact = {.pairs = n * (n - 1), .groups = n, .looks = n * n * n};
  for (const int num_threads : {1, 2}) {
    EXPECT_TRUE(is_found(exact, num_threads));
    EXPECT_FALSE(is_found({exact.pairs - 1, exact.groups, exact.looks}, num_threads));
    EXPECT_FALSE(is_found({exact.pairs, exact.groups - 1, exact.looks}, num_threads));
    EXPECT_FALSE(is_found({exact.pairs, exact.groups, exact.looks - 1}, num_threads));
  }
}

}  // namespace
}  // namespace dhs::regions
