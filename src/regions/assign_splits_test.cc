// SPDX-License-Identifier: Apache-2.0
#include "regions/assign_splits.h"

#include <array>
#include <vector>

#include <gtest/gtest.h>

#include "sky/tessellation.h"

namespace dhs::regions {
namespace {

// Bricks of the row at Dec 0 in name order; column i has area 1 + i / 100 and belongs to region i / 10.
struct Row {
  std::vector<sky::BrickName> name;
  std::vector<int32_t> region;
  std::vector<double> area, property;

  explicit Row(int num_bricks) {
    for (int i = 0; i < num_bricks; ++i) {
      name.push_back(sky::NameOf({360, i}));
      region.push_back(i / 10);
      area.push_back(1.0 + i / 100.0);
      property.push_back(i % 10);
    }
  }
  SplitBricks View() const {
    return {name, region, static_cast<int32_t>((name.size() + 9) / 10), area, property, property, property, property};
  }
};

SplitOptions Options(const char* method) {
  SplitOptions options;
  options.method = method;
  return options;
}

TEST(AssignSplitsTest, HashGivesEachBrickTheSplitOfItsRegion) {
  const Row row(100);
  const SplitAssignment result = AssignSplits(row.View(), Options("hash"), {}).ValueOrDie();
  for (size_t i = 0; i < row.name.size(); ++i) {
    EXPECT_EQ(result.of_brick[i], SplitOf(SplitUniform(row.region[i], 13), SplitOptions{}));
    EXPECT_EQ(result.of_brick[i], result.of_region[static_cast<size_t>(row.region[i])]);
  }
}

TEST(AssignSplitsTest, BrickHashesNamesAndApproachesTheFractions) {
  const Row row(1440);
  const SplitAssignment result = AssignSplits(row.View(), Options("brick"), {}).ValueOrDie();
  std::array<int, 3> counts{};
  for (size_t i = 0; i < row.name.size(); ++i) {
    EXPECT_EQ(result.of_brick[i], SplitOf(SplitUniform(row.name[i], 13), SplitOptions{}));
    ++counts[static_cast<size_t>(result.of_brick[i])];
  }
  EXPECT_NEAR(counts[0] / 1440.0, 0.7, 0.03);
  EXPECT_NEAR(counts[1] / 1440.0, 0.1, 0.03);
  EXPECT_NEAR(counts[2] / 1440.0, 0.2, 0.03);
  for (const auto& of_region : result.of_region) EXPECT_FALSE(of_region.has_value());
}

TEST(AssignSplitsTest, ARegionKeepsTheSplitThatMostOfItsAreaHad) {
  const Row row(40);
  std::vector<std::optional<Split>> earlier(40);
  for (size_t i = 0; i < 10; ++i) earlier[i] = i < 4 ? Split::kTest : Split::kVal;
  for (size_t i = 10; i < 13; ++i) earlier[i] = Split::kTest;  // the rest of region 1 is new
  for (const char* method : {"hash", "balanced"}) {
    const SplitAssignment result = AssignSplits(row.View(), Options(method), earlier).ValueOrDie();
    EXPECT_EQ(result.of_region[0], Split::kVal);
    EXPECT_EQ(result.of_region[1], Split::kTest);
    EXPECT_EQ(result.kept.kept_regions, 2);
    EXPECT_EQ(result.kept.new_regions, 2);
    EXPECT_EQ(result.kept.conflicting_regions, 1);
    EXPECT_EQ(result.kept.kept_bricks, 6 + 3);
    EXPECT_EQ(result.kept.changed_bricks, 4);
    EXPECT_DOUBLE_EQ(result.kept.changed_area_deg2, 4.06);
    EXPECT_EQ(result.kept.new_bricks, 27);
  }
  const SplitAssignment plain = AssignSplits(row.View(), Options("hash"), {}).ValueOrDie();
  const SplitAssignment kept = AssignSplits(row.View(), Options("hash"), earlier).ValueOrDie();
  EXPECT_EQ(kept.of_region[2], plain.of_region[2]) << "new regions go by the hash";
  EXPECT_EQ(kept.of_region[3], plain.of_region[3]);
}

TEST(AssignSplitsTest, EqualAreasGoToTheFirstSplit) {
  Row row(2);
  row.area = {1.0, 1.0};
  const std::vector<std::optional<Split>> earlier = {Split::kTest, Split::kVal};
  EXPECT_EQ(AssignSplits(row.View(), Options("hash"), earlier).ValueOrDie().of_region[0], Split::kVal);
}

TEST(AssignSplitsTest, WithBrickEachBrickKeepsItsOwn) {
  const Row row(40);
  std::vector<std::optional<Split>> earlier(40);
  for (size_t i = 0; i < 30; ++i) earlier[i] = static_cast<Split>(i % 3);
  const SplitAssignment result = AssignSplits(row.View(), Options("brick"), earlier).ValueOrDie();
  for (size_t i = 0; i < 30; ++i) EXPECT_EQ(result.of_brick[i], earlier[i]);
  EXPECT_EQ(result.of_brick[35], SplitOf(SplitUniform(row.name[35], 13), SplitOptions{}));
  EXPECT_EQ(result.kept.kept_bricks, 30);
  EXPECT_EQ(result.kept.new_bricks, 10);
  EXPECT_EQ(result.kept.changed_bricks, 0);
  EXPECT_EQ(result.kept.kept_regions, 0);
}

}  // namespace
}  // namespace dhs::regions
