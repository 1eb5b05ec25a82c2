// SPDX-License-Identifier: Apache-2.0
#include "selection/selection.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <tuple>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dhs::selection {
namespace {

using regions::Split;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
const std::vector<Split> kAllSplits = {Split::kTrain, Split::kVal, Split::kTest};

RegionPool MakePool(size_t n, Split split = Split::kTrain) {
  RegionPool pool;
  for (size_t i = 0; i < n; ++i) {
    pool.region_id.push_back(static_cast<int32_t>(i));
    pool.split.push_back(split);
    pool.density.push_back(static_cast<double>(i));
    for (auto& score : pool.score) score.push_back(static_cast<double>(i));
  }
  return pool;
}

// What a row says, in words.
using Words = std::tuple<std::string, std::string, int32_t, int32_t, int32_t>;  // set, split, bin, rank, region
std::vector<Words> Describe(const RegionPool& pool, const Selection& selection) {
  std::vector<Words> words;
  for (const SelectedRegion& row : selection.rows) {
    words.emplace_back(selection.sets[row.set].id, SplitName(pool.split[row.row]), row.bin, row.rank,
                       pool.region_id[row.row]);
  }
  return words;
}

// SPEC 6 in plain words: for each group, look for the best region left, k times.
std::vector<Words> PlainReference(const RegionPool& pool, const Strata& strata, const SelectionPlan& plan) {
  std::vector<Words> words;
  const auto pick = [&](const std::string& id, RankingMode mode, Split split, int32_t bin, int64_t k) {
    std::vector<bool> taken(pool.size(), false);
    const auto& score = pool.score[static_cast<size_t>(mode)];
    for (int32_t rank = 1; rank <= k; ++rank) {
      int best = -1;
      for (size_t i = 0; i < pool.size(); ++i) {
        if (taken[i] || pool.split[i] != split || std::isnan(score[i])) continue;
        if (bin >= 0 && strata.BinOf(pool.density[i]) != bin) continue;
        if (best < 0 || score[i] > score[static_cast<size_t>(best)] ||
            (score[i] == score[static_cast<size_t>(best)] &&
             pool.region_id[i] < pool.region_id[static_cast<size_t>(best)])) {
          best = static_cast<int>(i);
        }
      }
      if (best < 0) return;
      taken[static_cast<size_t>(best)] = true;
      words.emplace_back(id, SplitName(split), bin, rank, pool.region_id[static_cast<size_t>(best)]);
    }
  };
  const auto num_bins = static_cast<int32_t>(plan.weights.size());
  for (const RankingEntry& e : plan.ranking) {
    const std::string mode(ModeName(e.mode));
    for (const Split split : plan.splits)
      pick("topk_" + mode + "_k" + std::to_string(e.k_top), e.mode, split, -1, e.k_top);
    for (const bool balanced : {false, true}) {
      if (balanced && !plan.emit_balanced) continue;
      const std::string id = (balanced ? "strat_balanced_" : "strat_custom_") + mode + "_k" + std::to_string(e.k_strat);
      for (const Split split : plan.splits) {
        for (int32_t bin = 0; bin < num_bins; ++bin) {
          const double weight = balanced ? 1.0 / num_bins : plan.weights[static_cast<size_t>(bin)];
          const double product = weight * static_cast<double>(e.k_strat);
          pick(id, e.mode, split, bin, static_cast<int64_t>(std::ceil(product - 1e-9)));
        }
      }
    }
  }
  return words;
}

// Puts some regions into further splits, each in a row of its own.
RegionPool Divide(const RegionPool& pool) {
  RegionPool divided;
  for (size_t i = 0; i < pool.size(); ++i) {
    for (const Split split : kAllSplits) {
      if (split != pool.split[i] && *rc::gen::inRange(0, 4) != 0) continue;
      divided.region_id.push_back(pool.region_id[i]);
      divided.split.push_back(split);
      divided.density.push_back(pool.density[i]);
      for (size_t mode = 0; mode < kModeNames.size(); ++mode) divided.score[mode].push_back(pool.score[mode][i]);
    }
  }
  return divided;
}

RC_GTEST_PROP(SelectionProperty, EqualsAPlainReference, ()) {
  const auto n = *rc::gen::inRange<size_t>(1, 60);
  RegionPool pool = MakePool(n);
  for (size_t i = 0; i < n; ++i) {
    pool.split[i] = *rc::gen::elementOf(kAllSplits);
    pool.density[i] = *rc::gen::inRange(0, 8) * 0.5;
    for (auto& score : pool.score) score[i] = *rc::gen::inRange(0, 10) == 0 ? kNaN : *rc::gen::inRange(0, 12) * 1.0;
  }
  for (size_t i = n; i > 1; --i) std::swap(pool.region_id[i - 1], pool.region_id[*rc::gen::inRange<size_t>(0, i)]);
  if (*rc::gen::arbitrary<bool>()) pool = Divide(pool);
  SelectionPlan plan;
  plan.ranking = {{RankingMode::kPsfWeighted, *rc::gen::inRange(0, 9), *rc::gen::inRange(0, 12)},
                  {RankingMode::kNLrg, *rc::gen::inRange(0, 9), *rc::gen::inRange(0, 12)}};
  plan.splits = *rc::gen::arbitrary<bool>() ? kAllSplits : std::vector<Split>{Split::kTrain, Split::kTest};
  plan.weights = {0.2, 0.4, 0.4};
  plan.emit_balanced = *rc::gen::arbitrary<bool>();
  const Strata strata = MakeStrata(pool.density, std::vector<double>{0, 0.5, 0.9, 1});
  const Selection selection = SelectRegions(pool, strata, plan);
  RC_ASSERT(Describe(pool, selection) == PlainReference(pool, strata, plan));
  RC_ASSERT(RegionDensities(pool).size() == n);
}

TEST(SelectionTest, LargePoolGivesTheFullConfiguration) {
  RegionPool pool = MakePool(6000);
  for (size_t i = 0; i < pool.size(); ++i) pool.split[i] = kAllSplits[i % 3];
  SelectionPlan plan;
  plan.ranking = *ParseRankingConfig("n_lrg:100:75,psf_weighted:100:75,density:100:75,area_weighted:100:75");
  plan.splits = kAllSplits;
  plan.weights = {0.2, 0.4, 0.4};
  const Selection selection = SelectRegions(pool, MakeStrata(pool.density, std::vector<double>{0, 0.5, 0.9, 1}), plan);
  std::map<Strategy, int> by_strategy;
  std::map<Split, int> by_split;
  for (const SelectedRegion& row : selection.rows) {
    ++by_strategy[selection.sets[row.set].strategy];
    ++by_split[pool.split[row.row]];
  }
  EXPECT_EQ(selection.rows.size(), 3000u);
  EXPECT_EQ(by_strategy[Strategy::kTopk], 1200);
  EXPECT_EQ(by_strategy[Strategy::kStratifiedCustom], 900);
  EXPECT_EQ(by_strategy[Strategy::kStratifiedBalanced], 900);
  for (const Split split : kAllSplits) EXPECT_EQ(by_split[split], 1000);
  ASSERT_EQ(selection.sets.size(), 12u);
  EXPECT_EQ(selection.sets[0].id, "topk_n_lrg_k100");
  EXPECT_EQ(selection.sets[1].id, "strat_custom_n_lrg_k75");
  EXPECT_EQ(selection.sets[2].id, "strat_balanced_n_lrg_k75");
  EXPECT_EQ(selection.sets[3].id, "topk_psf_weighted_k100");
}

TEST(SelectionTest, TiesGoToTheSmallerRegion) {
  RegionPool pool = MakePool(4);
  pool.region_id = {9, 3, 7, 5};
  for (auto& score : pool.score) score = {1, 1, 2, 1};
  SelectionPlan plan{{{RankingMode::kDensity, 3, 0}}, {Split::kTrain}, {1.0}, true};
  const Selection selection = SelectRegions(pool, MakeStrata(pool.density, std::vector<double>{0, 1}), plan);
  std::vector<int32_t> ids;
  for (const SelectedRegion& row : selection.rows) ids.push_back(pool.region_id[row.row]);
  EXPECT_EQ(ids, (std::vector<int32_t>{7, 3, 5}));
}

TEST(SelectionTest, RegionsWithoutAScoreAreCountedAndLeftOut) {
  RegionPool pool = MakePool(3);
  pool.score[static_cast<size_t>(RankingMode::kDensity)] = {kNaN, 1, kNaN};
  SelectionPlan plan{{{RankingMode::kDensity, 3, 3}}, {Split::kTrain}, {1.0}, true};
  const Selection selection = SelectRegions(pool, MakeStrata(pool.density, std::vector<double>{0, 1}), plan);
  EXPECT_EQ(selection.rows.size(), 3u) << "one region in each of three sets";
  EXPECT_EQ(selection.without_score[static_cast<size_t>(RankingMode::kDensity)], 2);
  for (const SelectionGroup& group : selection.groups) {
    EXPECT_EQ(group.expected, 3);
    EXPECT_EQ(group.found, 1);
  }
}

}  // namespace
}  // namespace dhs::selection
