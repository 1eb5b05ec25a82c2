// SPDX-License-Identifier: Apache-2.0
#include "selection/account.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "regions/representativeness_report.h"
#include "regions/split_balance.h"

namespace dhs::selection {

namespace {

using Json = nlohmann::ordered_json;
using regions::FormatShare;
using regions::kSplitNames;
using regions::SplitBalance;

constexpr size_t kNumMegaRegionsShown = 5;
constexpr size_t kNumShortfallsShown = 12;

struct ExpectedFound {
  int64_t expected = 0, found = 0;
};

std::array<ExpectedFound, kStrategyNames.size()> ByStrategy(const Selection& selection) {
  std::array<ExpectedFound, kStrategyNames.size()> totals;
  for (const SelectionGroup& group : selection.groups) {
    ExpectedFound& total = totals[static_cast<size_t>(selection.sets[group.set].strategy)];
    total.expected += group.expected;
    total.found += group.found;
  }
  return totals;
}

std::string GroupName(const Selection& selection, const SelectionGroup& group) {
  std::string name = fmt::format("{}, {}", selection.sets[group.set].id, SplitName(group.split));
  if (group.bin >= 0) name += fmt::format(", bin {}", group.bin);
  return name;
}

// Groups whose pool is too small.
std::vector<const SelectionGroup*> Shortfalls(const Selection& selection) {
  std::vector<const SelectionGroup*> shortfalls;
  for (const SelectionGroup& group : selection.groups) {
    if (group.found < group.expected) shortfalls.push_back(&group);
  }
  return shortfalls;
}

std::string StrategiesText(const Selection& selection) {
  std::string text = fmt::format("Selections\n  {:<22} {:>10} {:>10}\n", "strategy", "expected", "found");
  const auto totals = ByStrategy(selection);
  ExpectedFound all;
  for (size_t s = 0; s < totals.size(); ++s) {
    text += fmt::format("  {:<22} {:>10} {:>10}\n", kStrategyNames[s], FormatCount(totals[s].expected),
                        FormatCount(totals[s].found));
    all.expected += totals[s].expected;
    all.found += totals[s].found;
  }
  text += fmt::format("  {:<22} {:>10} {:>10}\n", "all", FormatCount(all.expected), FormatCount(all.found));
  const auto shortfalls = Shortfalls(selection);
  if (!shortfalls.empty())
    text += fmt::format("Pools that are too small: {}\n", FormatCount(static_cast<int64_t>(shortfalls.size())));
  for (size_t i = 0; i < std::min(kNumShortfallsShown, shortfalls.size()); ++i) {
    text += fmt::format("  {}: {} of {}\n", GroupName(selection, *shortfalls[i]), FormatCount(shortfalls[i]->found),
                        FormatCount(shortfalls[i]->expected));
  }
  if (shortfalls.size() > kNumShortfallsShown) {
    text += fmt::format("  and {} more, all in _manifest.json\n", shortfalls.size() - kNumShortfallsShown);
  }
  return text;
}

std::array<int64_t, kSplitNames.size()> RowsBySplit(const SelectionFindings& f) {
  std::array<int64_t, kSplitNames.size()> rows{};
  for (const SelectedRegion& row : f.selection.rows) ++rows[static_cast<size_t>(f.pool.split[row.row])];
  return rows;
}

// Unique regions that both modes select, whatever the strategy; the diagonal is what one mode selects.
using Overlap = std::array<std::array<int64_t, kModeNames.size()>, kModeNames.size()>;
size_t FirstRow(const RegionPool& pool, size_t row) {
  while (!pool.StartsRegion(row)) --row;
  return row;
}

// Number of regions among rising rows of the pool.
int64_t CountRegions(const RegionPool& pool, const std::vector<size_t>& rows) {
  int64_t count = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    count += i == 0 || pool.region_id[rows[i]] != pool.region_id[rows[i - 1]];
  }
  return count;
}

// Regions that are in one split as a whole (but for what lies in the buffer).
bool HasOneSplit(const RegionPool& pool, size_t row) {
  return pool.StartsRegion(row) && (row + 1 == pool.size() || pool.StartsRegion(row + 1));
}

Overlap OverlapOfModes(const SelectionFindings& f) {
  std::vector<uint8_t> modes_of(f.pool.size(), 0);  // of a region at its first row
  for (const SelectedRegion& row : f.selection.rows) {
    modes_of[FirstRow(f.pool, row.row)] |=
        static_cast<uint8_t>(1u << static_cast<unsigned>(f.selection.sets[row.set].mode));
  }
  Overlap overlap{};
  for (const uint8_t modes : modes_of) {
    for (size_t a = 0; a < kModeNames.size(); ++a) {
      for (size_t b = 0; b < kModeNames.size(); ++b) overlap[a][b] += (modes >> a & modes >> b & 1) != 0;
    }
  }
  return overlap;
}

std::string OverlapText(const SelectionFindings& f) {
  const Overlap overlap = OverlapOfModes(f);
  std::string text = fmt::format("Unique regions that two modes have in common\n  {:<14}", "");
  for (const RankingEntry& b : f.plan.ranking) text += fmt::format(" {:>14}", ModeName(b.mode));
  text += "\n";
  for (const RankingEntry& a : f.plan.ranking) {
    text += fmt::format("  {:<14}", ModeName(a.mode));
    for (const RankingEntry& b : f.plan.ranking) {
      text += fmt::format(" {:>14}", FormatCount(overlap[static_cast<size_t>(a.mode)][static_cast<size_t>(b.mode)]));
    }
    text += "\n";
  }
  return text;
}

SplitBalance BalanceOf(const SelectionFindings& f, const std::vector<size_t>& unique) {
  SplitBalance balance{{}, f.expected_fractions};
  std::set<int32_t> ids;
  for (const size_t row : unique) {
    balance.Add(f.pool.split[row], f.sizes.n_bricks[row], f.sizes.area_deg2[row], f.sizes.n_lrgs[row]);
    ids.insert(f.pool.region_id[row]);
  }
  balance.num_regions = static_cast<int64_t>(ids.size());
  return balance;
}

// What brings the splits of the selection nearer to their shares: the cure of stage 3a where that is out of balance
// itself; else it is the selection, which takes as many regions of a small split as of a large one.
std::string CureOf(const SelectionFindings& f) {
  std::vector<size_t> all(f.pool.split.size());
  std::iota(all.begin(), all.end(), size_t{0});
  const SplitBalance pool = BalanceOf(f, all);
  const double area = pool.Total().area_deg2;
  if (!regions::ImbalanceWarnings(pool, "").empty()) {
    return regions::SplitCure({.adjacency = "grid", .tiling = "none", .split = "hash"}, area) + " (dhs regions)";
  }
  int64_t most = 0;
  for (const regions::SplitContent& split : pool.splits) most = std::max(most, split.num_regions);
  return fmt::format("A set takes as many regions of every split; with a k of at least {} it takes them all", most);
}

// The regions with most bricks among `unique`, most first.
std::vector<size_t> MegaRegions(const SelectionFindings& f, std::vector<size_t> unique) {
  const auto middle = unique.begin() + static_cast<ptrdiff_t>(std::min(kNumMegaRegionsShown, unique.size()));
  std::partial_sort(unique.begin(), middle, unique.end(), [&](size_t a, size_t b) {
    if (f.sizes.n_bricks[a] != f.sizes.n_bricks[b]) return f.sizes.n_bricks[a] > f.sizes.n_bricks[b];
    return f.pool.region_id[a] != f.pool.region_id[b] ? f.pool.region_id[a] < f.pool.region_id[b] : a < b;
  });
  unique.erase(middle, unique.end());
  return unique;
}

std::string MegaRegionsText(const SelectionFindings& f, const std::vector<size_t>& unique, int64_t num_bricks) {
  std::string text =
      fmt::format("Largest selected regions\n  {:>9} {:>10} {:>8} {:>6}\n", "region", "bricks", "share", "split");
  for (const size_t row : MegaRegions(f, unique)) {
    text += fmt::format("  {:>9} {:>10} {:>8} {:>6}\n", f.pool.region_id[row], FormatCount(f.sizes.n_bricks[row]),
                        FormatShare(static_cast<double>(f.sizes.n_bricks[row]), static_cast<double>(num_bricks)),
                        SplitName(f.pool.split[row]));
  }
  return text;
}

std::string RangesText(const SelectionFindings& f, const std::vector<size_t>& unique, int64_t num_bricks) {
  std::string text = fmt::format("Unique regions: {} of {}\n", FormatCount(CountRegions(f.pool, unique)),
                                 FormatCount(static_cast<int64_t>(RegionDensities(f.pool).size())));
  text += fmt::format("Unique bricks: {} of {} ({})\n", FormatCount(num_bricks), FormatCount(f.num_survey_bricks),
                      FormatShare(static_cast<double>(num_bricks), static_cast<double>(f.num_survey_bricks)));
  if (f.num_buffer_bricks > 0) {
    text += fmt::format("Bricks in the buffer between splits, never selected: {}\n", FormatCount(f.num_buffer_bricks));
  }
  if (!unique.empty()) {
    int64_t least = f.sizes.n_bricks[unique[0]], greatest = least;
    for (const size_t row : unique) {
      least = std::min(least, f.sizes.n_bricks[row]);
      greatest = std::max(greatest, f.sizes.n_bricks[row]);
    }
    text += fmt::format("Bricks per selected region: {} to {}\n", FormatCount(least), FormatCount(greatest));
  }
  std::vector<std::string> nulls;
  for (const auto& [column, count] : f.nulls) nulls.push_back(fmt::format("{} {}", column, FormatCount(count)));
  text += fmt::format("Nulls in the output: {}\n", nulls.empty() ? "none" : fmt::format("{}", fmt::join(nulls, ", ")));
  for (const RankingEntry& e : f.plan.ranking) {
    const int64_t count = f.selection.without_score[static_cast<size_t>(e.mode)];
    if (count > 0) {
      text += fmt::format("Regions without {}, never selected: {}\n", ScoreColumn(e.mode), FormatCount(count));
    }
  }
  return text;
}

std::vector<std::string> Warnings(const SelectionFindings& f, const SplitBalance& balance,
                                  const std::vector<size_t>& unique) {
  std::vector<std::string> warnings;
  const auto shortfalls = Shortfalls(f.selection);
  if (!shortfalls.empty()) {
    warnings.push_back(fmt::format(
        "{} pools are smaller than what the ranking asks for, first {}: {} of {}; ask for less or make more regions "
        "(dhs regions --tiling)",
        shortfalls.size(), GroupName(f.selection, *shortfalls[0]), shortfalls[0]->found, shortfalls[0]->expected));
  }
  const std::string cure = CureOf(f);
  for (std::string& warning : regions::ImbalanceWarnings(balance, cure)) {
    warnings.push_back("of the selected regions, " + std::move(warning));
  }
  const double area = balance.Total().area_deg2;
  for (const size_t row : unique) {
    if (!HasOneSplit(f.pool, row)) continue;
    std::string warning = regions::MegaRegionWarning(
        f.pool.region_id[row], f.sizes.area_deg2[row], area, SplitName(f.pool.split[row]),
        regions::MegaRegionCure({.adjacency = "grid", .tiling = "none", .split = "hash"}, area));
    if (!warning.empty()) warnings.push_back("of the selected regions, " + std::move(warning) + " (dhs regions)");
  }
  for (std::string& warning : regions::DifferenceWarnings(f.comparison, cure)) {
    warnings.push_back("of the selected bricks, " + std::move(warning));
  }
  return warnings;
}

Json ManifestJson(const SelectionFindings& f, const std::vector<size_t>& unique, int64_t num_bricks) {
  Json strategies, splits, shortfalls = Json::array(), without_score = Json::object(), nulls = Json::object();
  const auto totals = ByStrategy(f.selection);
  for (size_t s = 0; s < totals.size(); ++s) {
    strategies[std::string(kStrategyNames[s])] = {{"expected", totals[s].expected}, {"found", totals[s].found}};
  }
  const auto rows = RowsBySplit(f);
  for (size_t s = 0; s < rows.size(); ++s) splits[std::string(kSplitNames[s])] = rows[s];
  for (const SelectionGroup* group : Shortfalls(f.selection)) {
    Json entry = {{"selection_set_id", f.selection.sets[group->set].id}, {"region_split", SplitName(group->split)}};
    if (group->bin >= 0) entry["density_bin"] = group->bin;
    entry["expected"] = group->expected;
    entry["found"] = group->found;
    shortfalls.push_back(std::move(entry));
  }
  for (const RankingEntry& e : f.plan.ranking) {
    without_score[ScoreColumn(e.mode)] = f.selection.without_score[static_cast<size_t>(e.mode)];
  }
  for (const auto& [column, count] : f.nulls) nulls[column] = count;
  Json json = {{"regions_in_pool", RegionDensities(f.pool).size()},
               {"regions_excluded_by_split", f.num_excluded_regions},
               {"regions_without_score", std::move(without_score)},
               {"rows", f.selection.rows.size()},
               {"selection_sets", f.selection.sets.size()},
               {"strategies", std::move(strategies)},
               {"rows_by_split", std::move(splits)},
               {"pools_too_small", std::move(shortfalls)},
               {"unique_regions", CountRegions(f.pool, unique)},
               {"unique_bricks", num_bricks},
               {"bricks_in_survey", f.num_survey_bricks},
               {"density_bin_edges", f.strata.edges},
               {"nulls", std::move(nulls)}};
  if (f.num_buffer_bricks > 0) json["bricks_in_buffer"] = f.num_buffer_bricks;
  return json;
}

}  // namespace

std::vector<size_t> UniqueRows(const Selection& selection) {
  std::vector<size_t> unique;
  for (const SelectedRegion& row : selection.rows) unique.push_back(row.row);
  std::sort(unique.begin(), unique.end());
  unique.erase(std::unique(unique.begin(), unique.end()), unique.end());
  return unique;
}

void WriteAccount(const std::string& variant, const SelectionFindings& f, StageReport& report) {
  const std::vector<size_t> unique = UniqueRows(f.selection);
  const SplitBalance balance = BalanceOf(f, unique);
  const int64_t num_bricks = balance.Total().num_bricks;
  const std::vector<std::string> warnings = Warnings(f, balance, unique);
  report.warnings.insert(report.warnings.end(), warnings.begin(), warnings.end());

  std::string& text = report.account;
  text = fmt::format("Ranking: {}\nPool: {} regions", FormatRankingConfig(f.plan.ranking),
                     FormatCount(static_cast<int64_t>(RegionDensities(f.pool).size())));
  if (f.num_excluded_regions > 0) {
    text += fmt::format(" ({} more are in excluded splits)", FormatCount(f.num_excluded_regions));
  }
  text += fmt::format("; density bins at {:.2f} per deg2\n", fmt::join(f.strata.edges, ", "));
  text += StrategiesText(f.selection);
  const auto rows = RowsBySplit(f);
  text += fmt::format("Rows by split: train {}, val {}, test {}\n", FormatCount(rows[0]), FormatCount(rows[1]),
                      FormatCount(rows[2]));
  text += RangesText(f, unique, num_bricks);
  text += OverlapText(f);
  text += MegaRegionsText(f, unique, num_bricks);
  text += FormatBalance(balance, variant);
  text += regions::FormatRepresentativeness(f.comparison, "the selected bricks");

  report.manifest = ManifestJson(f, unique, num_bricks);
  const auto totals = ByStrategy(f.selection);
  report.figures = {{"rows selected", FormatCount(static_cast<int64_t>(f.selection.rows.size()))}};
  for (size_t s = 0; s < totals.size(); ++s) {
    if (totals[s].expected == 0) continue;
    report.figures.push_back(
        {fmt::format("{} (of {})", kStrategyNames[s], FormatCount(totals[s].expected)), FormatCount(totals[s].found)});
  }
  report.figures.push_back({"unique regions", FormatCount(CountRegions(f.pool, unique))});
  report.figures.push_back({"unique bricks", FormatCount(num_bricks)});
}

}  // namespace dhs::selection
