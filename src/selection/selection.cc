// SPDX-License-Identifier: Apache-2.0
#include "selection/selection.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace dhs::selection {

namespace {

// Rows with a score, best first, by split and bin: rows_of[split][bin + 1], bin -1 holding all of the split.
struct Ranked {
  std::array<std::vector<std::vector<size_t>>, regions::kSplitNames.size()> rows_of;
  int64_t without_score = 0;

  const std::vector<size_t>& Of(regions::Split split, int32_t bin) const {
    return rows_of[static_cast<size_t>(split)][static_cast<size_t>(bin + 1)];
  }
};

Ranked Rank(const RegionPool& pool, RankingMode mode, const std::vector<int32_t>& bins, size_t num_bins) {
  const std::vector<double>& score = pool.score[static_cast<size_t>(mode)];
  Ranked ranked;
  for (auto& rows : ranked.rows_of) rows.resize(num_bins + 1);
  std::vector<size_t> order;
  for (size_t row = 0; row < pool.size(); ++row) {
    if (std::isnan(score[row])) {
      ranked.without_score += pool.StartsRegion(row);
    } else {
      order.push_back(row);
    }
  }
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return score[a] != score[b] ? score[a] > score[b] : pool.region_id[a] < pool.region_id[b];
  });
  for (const size_t row : order) {
    auto& of_split = ranked.rows_of[static_cast<size_t>(pool.split[row])];
    of_split[0].push_back(row);
    if (bins[row] >= 0) of_split[static_cast<size_t>(bins[row]) + 1].push_back(row);
  }
  return ranked;
}

void AddGroup(const Ranked& ranked, regions::Split split, int32_t bin, int64_t count, Selection& selection) {
  const std::vector<size_t>& rows = ranked.Of(split, bin);
  const size_t set = selection.sets.size() - 1;
  const auto found = std::min(count, static_cast<int64_t>(rows.size()));
  for (int64_t i = 0; i < found; ++i) {
    selection.rows.push_back({set, rows[static_cast<size_t>(i)], static_cast<int32_t>(i + 1), bin});
  }
  selection.groups.push_back({set, split, bin, count, found});
}

void AddStratified(const Ranked& ranked, const SelectionPlan& plan, const std::vector<double>& weights, int64_t k,
                   Selection& selection) {
  for (const regions::Split split : plan.splits) {
    for (size_t bin = 0; bin < weights.size(); ++bin) {
      AddGroup(ranked, split, static_cast<int32_t>(bin), CeilOfProduct(weights[bin], k), selection);
    }
  }
}

}  // namespace

std::vector<double> RegionDensities(const RegionPool& pool) {
  std::vector<double> densities;
  for (size_t row = 0; row < pool.size(); ++row) {
    if (pool.StartsRegion(row)) densities.push_back(pool.density[row]);
  }
  return densities;
}

Selection SelectRegions(const RegionPool& pool, const Strata& strata, const SelectionPlan& plan) {
  std::vector<int32_t> bins(pool.size());
  for (size_t row = 0; row < pool.size(); ++row) bins[row] = strata.BinOf(pool.density[row]);
  const size_t num_bins = plan.weights.size();
  const std::vector<double> equal_weights(num_bins, 1.0 / static_cast<double>(num_bins));

  Selection selection;
  for (const RankingEntry& entry : plan.ranking) {
    const Ranked ranked = Rank(pool, entry.mode, bins, num_bins);
    selection.without_score[static_cast<size_t>(entry.mode)] = ranked.without_score;
    const auto start_set = [&](Strategy strategy, std::string_view prefix, int64_t k) {
      selection.sets.push_back({fmt::format("{}_{}_k{}", prefix, ModeName(entry.mode), k), strategy, entry.mode});
    };
    if (entry.k_top > 0) {
      start_set(Strategy::kTopk, "topk", entry.k_top);
      for (const regions::Split split : plan.splits) AddGroup(ranked, split, -1, entry.k_top, selection);
    }
    if (entry.k_strat > 0) {
      start_set(Strategy::kStratifiedCustom, "strat_custom", entry.k_strat);
      AddStratified(ranked, plan, plan.weights, entry.k_strat, selection);
    }
    if (entry.k_strat > 0 && plan.emit_balanced) {
      start_set(Strategy::kStratifiedBalanced, "strat_balanced", entry.k_strat);
      AddStratified(ranked, plan, equal_weights, entry.k_strat, selection);
    }
  }
  return selection;
}

}  // namespace dhs::selection
