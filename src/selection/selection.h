// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "regions/split.h"
#include "selection/ranking_config.h"
#include "selection/strata.h"

namespace dhs::selection {

enum class Strategy : uint8_t { kTopk, kStratifiedCustom, kStratifiedBalanced };
inline constexpr std::array<std::string_view, 3> kStrategyNames = {"topk", "stratified_custom", "stratified_balanced"};
inline std::string_view StrategyName(Strategy strategy) { return kStrategyNames[static_cast<size_t>(strategy)]; }

/// Regions that may be selected, column by column; NaN = null. A region has one row for each split that has bricks of
/// it, all with the values of the whole region; rows of a region follow each other, else in any order.
struct RegionPool {
  std::vector<int32_t> region_id;
  std::vector<regions::Split> split;
  std::vector<double> density;               ///< area-weighted density of the variant, 1/deg2
  std::array<std::vector<double>, 4> score;  ///< by RankingMode

  size_t size() const { return region_id.size(); }
  /// Whether the row is the first of its region.
  bool StartsRegion(size_t row) const { return row == 0 || region_id[row] != region_id[row - 1]; }
};

/// The density of each region, once.
std::vector<double> RegionDensities(const RegionPool& pool);

/// What to select. `splits` are those that take part, in the order of the output.
struct SelectionPlan {
  RankingConfig ranking;
  std::vector<regions::Split> splits;
  std::vector<double> weights;  ///< of the bins, for stratified_custom
  bool emit_balanced = true;
};

/// One group of a selection set: a split, and for stratified sets a bin.
struct SelectionGroup {
  size_t set;  ///< index into Selection::sets
  regions::Split split;
  int32_t bin;  ///< -1 for topk
  int64_t expected;
  int64_t found;
};

struct SelectionSet {
  std::string id;  ///< "topk_density_k100"
  Strategy strategy;
  RankingMode mode;
};

struct SelectedRegion {
  size_t set;
  size_t row;    ///< in the pool
  int32_t rank;  ///< 1-based in its group
  int32_t bin;   ///< -1 for topk
};

struct Selection {
  std::vector<SelectionSet> sets;             ///< in the order of the ranking, then topk, custom, balanced
  std::vector<SelectionGroup> groups;         ///< in the order of sets, splits, bins
  std::vector<SelectedRegion> rows;           ///< in the order of groups, ranks
  std::array<int64_t, 4> without_score = {};  ///< regions whose score is null, by RankingMode
};

/// Stage 3b (SPEC 6). Best score first, equal scores by smaller region_id; a region without a score is never selected.
/// Independent of the order of the pool. REQUIRES: a weight for each bin. Cost: one sort for each mode.
Selection SelectRegions(const RegionPool& pool, const Strata& strata, const SelectionPlan& plan);

}  // namespace dhs::selection
