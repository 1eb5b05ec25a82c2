// SPDX-License-Identifier: Apache-2.0
#include "regions/balanced_split.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "regions/near_regions.h"
#include "regions/representativeness.h"

namespace dhs::regions {
namespace {

constexpr BalanceTargets kTargets{.fractions = {0.7, 0.1, 0.2}, .seed = 13};

// Bricks of area 1 in regions of given sizes; the property of a brick is a smooth function of its region and place.
struct Sky {
  std::vector<int32_t> region;
  std::vector<double> area, property;
  int32_t num_regions = 0;

  void Add(int num_bricks, double property_from, double property_to) {
    for (int i = 0; i < num_bricks; ++i) {
      region.push_back(num_regions);
      area.push_back(1.0);
      property.push_back(property_from + (property_to - property_from) * i / num_bricks);
    }
    ++num_regions;
  }
  BalanceGroups Groups() const {
    const std::array<std::span<const double>, 1> properties = {property};
    BalanceGroups groups{MakeProfiles(region, num_regions, area, properties), {}, {}};
    groups.region.resize(static_cast<size_t>(num_regions));
    std::iota(groups.region.begin(), groups.region.end(), 0);
    return groups;
  }
  std::array<double, 3> Shares(const std::vector<Split>& of_region) const {
    std::array<double, 3> shares{};
    for (const int32_t r : region) {
      shares[static_cast<size_t>(of_region[static_cast<size_t>(r)])] += 1.0 / static_cast<double>(region.size());
    }
    return shares;
  }
};

TEST(BalancedSplitTest, FindsTheExactFractionsWhereTheyExist) {
  Sky sky;
  for (const int size : {40, 30, 20, 10}) sky.Add(size, 0, 1);  // 40 + 30 | 10 | 20
  const auto split = BalanceSplits(sky.Groups(), sky.num_regions, kTargets, {}).ValueOrDie().of_region;
  EXPECT_EQ(split, (std::vector<Split>{Split::kTrain, Split::kTrain, Split::kTest, Split::kVal}));
}

TEST(BalancedSplitTest, MakesDistributionsAlikeThatAHashLeavesApart) {
  Sky sky;
  for (int region = 0; region < 120; ++region) sky.Add(20, region, region + 1.0);  // a gradient over the sky
  const auto distance = [&](const std::vector<Split>& of_region) {
    std::vector<Split> split;
    for (const int32_t r : sky.region) split.push_back(of_region[static_cast<size_t>(r)]);
    const std::vector<double>& p = sky.property;
    return CompareSplits({split, p, p, p, p, p, p}).properties[0].GreatestKs();
  };
  std::vector<Split> hashed;
  for (int32_t r = 0; r < sky.num_regions; ++r) hashed.push_back(SplitOf(SplitUniform(r, 13), SplitOptions{}));
  const auto balanced = BalanceSplits(sky.Groups(), sky.num_regions, kTargets, {}).ValueOrDie().of_region;
  EXPECT_GT(distance(hashed), 0.1);
  EXPECT_LT(distance(balanced), 0.09) << "twelve regions of val cannot be nearer than 1/24 to the rest";
  const auto shares = sky.Shares(balanced);
  EXPECT_NEAR(shares[0], 0.7, 0.005);
  EXPECT_NEAR(shares[1], 0.1, 0.005);
  EXPECT_NEAR(shares[2], 0.2, 0.005);
}

TEST(BalancedSplitTest, TheSeedDrawsAnotherSplitThatIsAsGood) {
  Sky sky;
  for (int region = 0; region < 60; ++region) sky.Add(20, region % 7, region % 7 + 2.0);
  const auto first = BalanceSplits(sky.Groups(), sky.num_regions, kTargets, {}).ValueOrDie().of_region;
  const auto second = BalanceSplits(sky.Groups(), sky.num_regions, {kTargets.fractions, 14}, {}).ValueOrDie().of_region;
  EXPECT_NE(first, second);
  EXPECT_NEAR(sky.Shares(second)[1], 0.1, 1e-9);
}

TEST(BalancedSplitTest, GivesNothingToASplitWithoutAFraction) {
  Sky sky;
  for (int region = 0; region < 30; ++region) sky.Add(10, region, region + 1);
  const auto split =
      BalanceSplits(sky.Groups(), sky.num_regions, {.fractions = {0.8, 0.0, 0.2}}, {}).ValueOrDie().of_region;
  EXPECT_EQ(std::count(split.begin(), split.end(), Split::kVal), 0);
  EXPECT_EQ(std::count(split.begin(), split.end(), Split::kTest), 6);
}

TEST(BalancedSplitTest, CountsWhatTheBufferLeaves) {
  // Forty regions in a ring; half of each borders on the next one. Whatever borders on another split is lost.
  constexpr int kNumRegions = 40;
  Sky sky;  // its "regions" are the groups
  BalanceGroups groups;
  for (int region = 0; region < kNumRegions; ++region) {
    for (const int part : {0, 1}) {
      sky.Add(5, 0, 1);
      groups.region.push_back(region);
      groups.near.push_back(part == 0 ? std::vector<int32_t>{} : std::vector<int32_t>{(region + 1) % kNumRegions});
    }
  }
  groups.profiles = sky.Groups().profiles;
  const auto split = BalanceSplits(groups, kNumRegions, kTargets, {}).ValueOrDie().of_region;
  std::array<double, 3> left{};
  double total = 0;
  for (size_t g = 0; g < groups.region.size(); ++g) {
    const Split own = split[static_cast<size_t>(groups.region[g])];
    const bool lost = !groups.near[g].empty() && split[static_cast<size_t>(groups.near[g][0])] != own;
    if (lost) continue;
    left[static_cast<size_t>(own)] += 1;
    total += 1;
  }
  EXPECT_NEAR(left[0] / total, 0.7, 0.02);
  EXPECT_NEAR(left[1] / total, 0.1, 0.02);
  EXPECT_NEAR(left[2] / total, 0.2, 0.02);
}

// Regions of groups that are near all other regions: nearly all work is to look at those.
BalanceGroups GroupsNearAll(int32_t num_regions) {
  constexpr int kGroupsOfRegion = 20;
  Sky sky;  // its "regions" are the groups
  BalanceGroups groups;
  for (int32_t region = 0; region < num_regions; ++region) {
    std::vector<int32_t> others;
    for (int32_t other = 0; other < num_regions; ++other) {
      if (other != region) others.push_back(other);
    }
    for (int part = 0; part < kGroupsOfRegion; ++part) {
      sky.Add(1 + region % 3, 0, 1);
      groups.region.push_back(region);
      groups.near.push_back(others);
    }
  }
  groups.profiles = sky.Groups().profiles;
  return groups;
}

TEST(BalancedSplitTest, WorkIsBoundedAndCountsTheRegionsNear) {
  constexpr int32_t kNumRegions = 60;
  const BalanceGroups groups = GroupsNearAll(kNumRegions);
  const auto work = [&](int64_t max_work) {
    const BalanceTargets targets{.fractions = kTargets.fractions, .max_work = max_work};
    return BalanceSplits(groups, kNumRegions, targets, {}).ValueOrDie().work;
  };
  const int64_t looks = LooksOf({.of_brick = {}, .region = groups.region, .near = groups.near});
  const int64_t placing = work(0);
  EXPECT_GE(placing, 8 * looks) << "three trials and a step for each region, before and after";
  EXPECT_LE(placing, 30 * looks);
  EXPECT_LE(work(placing), 3 * placing);
  EXPECT_GT(work(1000 * placing), 4 * placing) << "or the bound was none";
}

TEST(BalancedSplitTest, Stops) {
  StopToken stop;
  stop.RequestStop();
  EXPECT_EQ(ExitCodeOf(BalanceSplits(GroupsNearAll(5), 5, kTargets, {}, stop).status()), ExitCode::kInterrupted);
}

RC_GTEST_PROP(BalancedSplitProperty, DeviatesByNoMoreThanTheLargestRegion, ()) {
  const auto sizes = *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 60)));
  const int test = *rc::gen::inRange(0, 50), val = *rc::gen::inRange(0, 50);
  Sky sky;
  for (const int size : sizes) sky.Add(size, *rc::gen::inRange(0, 9), *rc::gen::inRange(0, 9));
  const BalanceTargets targets{.fractions = {1.0 - 0.01 * (test + val), 0.01 * val, 0.01 * test}, .seed = test};
  const auto split = BalanceSplits(sky.Groups(), sky.num_regions, targets, {}).ValueOrDie().of_region;
  const double largest = *std::max_element(sizes.begin(), sizes.end()) / static_cast<double>(sky.region.size());
  const auto shares = sky.Shares(split);
  for (size_t s = 0; s < shares.size(); ++s) RC_ASSERT(std::fabs(shares[s] - targets.fractions[s]) <= largest + 1e-9);
  RC_ASSERT(split == BalanceSplits(sky.Groups(), sky.num_regions, targets, {}).ValueOrDie().of_region);
}

RC_GTEST_PROP(BalancedSplitProperty, KeptRegionsKeepTheirSplit, ()) {
  const auto kept_as = *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 5)));
  Sky sky;
  std::vector<std::optional<Split>> kept;
  for (const int k : kept_as) {
    sky.Add(*rc::gen::inRange(1, 30), 0, 1);
    kept.push_back(k < 3 ? std::optional(static_cast<Split>(k)) : std::nullopt);
  }
  const auto split = BalanceSplits(sky.Groups(), sky.num_regions, kTargets, kept).ValueOrDie().of_region;
  for (size_t r = 0; r < kept.size(); ++r) RC_ASSERT(!kept[r] || split[r] == *kept[r]);
}

RC_GTEST_PROP(RegionProfilesProperty, DifferencesAreKolmogorovSmirnovDistances, ()) {
  const int num_bricks = *rc::gen::inRange(10, 400);
  std::vector<int32_t> group;
  std::vector<double> property, of_group[2];
  for (int i = 0; i < num_bricks; ++i) {
    group.push_back(i < 2 ? i : *rc::gen::inRange(0, 2));
    property.push_back(*rc::gen::inRange(0, 200) * 0.125);
    of_group[group.back()].push_back(property.back());
  }
  const std::vector<double> area(group.size(), 0.5);
  const std::array<std::span<const double>, 1> properties = {property};
  const GroupProfiles profiles = MakeProfiles(group, 2, area, properties);
  RC_ASSERT(std::fabs(profiles.AreaOf(0) + profiles.AreaOf(1) - 1.0) < 1e-12);
  double greatest = 0;
  for (size_t k = 0; k + 1 < profiles.length; ++k) {
    greatest =
        std::max(greatest, std::fabs(profiles.Of(0)[k] / profiles.AreaOf(0) - profiles.Of(1)[k] / profiles.AreaOf(1)));
  }
  for (auto& values : of_group) std::sort(values.begin(), values.end());
  const double distance = KolmogorovSmirnovDistance(of_group[0], of_group[1]);
  RC_ASSERT(greatest <= distance + 1e-12);
  // Between two edges lies at most one bin of the bricks, all of which could be of the smaller group.
  const double slack =
      (num_bricks / 32.0 + 1.0) / static_cast<double>(std::min(of_group[0].size(), of_group[1].size()));
  RC_ASSERT(distance <= greatest + slack + 1e-12);
}

}  // namespace
}  // namespace dhs::regions
