// SPDX-License-Identifier: Apache-2.0
#include "regions/representativeness_report.h"

#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "regions/split_balance.h"
#include "stage/stage.h"

namespace dhs::regions {

namespace {

using Json = nlohmann::ordered_json;

std::string Number(double value) { return std::isnan(value) ? "-" : fmt::format("{:.3f}", value); }

std::string Median(double value) { return value >= 1000 ? fmt::format("{:.1f}", value) : Number(value); }

std::string PValue(double value) {
  if (std::isnan(value)) return "-";
  return value < 0.001 ? "<0.001" : fmt::format("{:.3f}", value);
}

Json JsonOf(double value) { return std::isnan(value) ? Json(nullptr) : Json(value); }

std::string PairName(size_t pair) {
  return fmt::format("{}-{}", SplitName(kSplitPairs[pair][0]), SplitName(kSplitPairs[pair][1]));
}

std::string CoverageLine(std::string_view split, const SplitCoverage& c, int64_t num_cells) {
  if (c.num_bricks == 0) return fmt::format("  {:<6} no bricks\n", split);
  return fmt::format("  {:<6} {:>10} bricks, RA {:.2f}..{:.2f}, Dec {:+.2f}..{:+.2f}, {} of the cells\n", split,
                     FormatCount(c.num_bricks), c.ra_min_deg, c.ra_max_deg, c.dec_min_deg, c.dec_max_deg,
                     FormatShare(static_cast<double>(c.num_cells), static_cast<double>(num_cells)));
}

}  // namespace

std::string FormatRepresentativeness(const Representativeness& comparison, std::string_view which) {
  std::string text =
      fmt::format("Representativeness of {} (medians; Kolmogorov-Smirnov distances between the splits)\n", which);
  text += fmt::format("  {:<11} {:>8} {:>8} {:>8}  {:>9} {:>10} {:>8} {:>8}  {}\n", "", "train", "val", "test",
                      PairName(0), PairName(1), PairName(2), "least p", "verdict");
  for (const PropertyComparison& p : comparison.properties) {
    text += fmt::format("  {:<11} {:>8} {:>8} {:>8}  {:>9} {:>10} {:>8} {:>8}  {}\n", p.name, Median(p.median[0]),
                        Median(p.median[1]), Median(p.median[2]), Number(p.ks[0]), Number(p.ks[1]), Number(p.ks[2]),
                        PValue(p.LeastPValue()), Verdict(p.GreatestKs(), p.LeastPValue()));
  }
  text +=
      "  p: chance of such a distance if bricks were independent draws. Neighbours are not, so go by the distance.\n";
  text += fmt::format("Coverage (cells of 10 x 10 deg that hold any of {}: {})\n", which, comparison.num_cells);
  for (size_t s = 0; s < kSplitNames.size(); ++s) {
    text += CoverageLine(kSplitNames[s], comparison.coverage[s], comparison.num_cells);
  }
  return text;
}

Json RepresentativenessJson(const Representativeness& comparison) {
  Json properties, coverage;
  for (const PropertyComparison& p : comparison.properties) {
    Json medians, pairs;
    for (size_t s = 0; s < kSplitNames.size(); ++s) medians[std::string(kSplitNames[s])] = JsonOf(p.median[s]);
    for (size_t pair = 0; pair < kSplitPairs.size(); ++pair) {
      pairs[PairName(pair)] = {{"ks_distance", JsonOf(p.ks[pair])},
                               {"p_if_bricks_were_independent", JsonOf(p.p_value[pair])}};
    }
    properties[std::string(p.name)] = {{"median", std::move(medians)},
                                       {"pairs", std::move(pairs)},
                                       {"verdict", Verdict(p.GreatestKs(), p.LeastPValue())}};
  }
  for (size_t s = 0; s < kSplitNames.size(); ++s) {
    const SplitCoverage& c = comparison.coverage[s];
    coverage[std::string(kSplitNames[s])] = {{"bricks", c.num_bricks},           {"ra_min", JsonOf(c.ra_min_deg)},
                                             {"ra_max", JsonOf(c.ra_max_deg)},   {"dec_min", JsonOf(c.dec_min_deg)},
                                             {"dec_max", JsonOf(c.dec_max_deg)}, {"cells_10_deg", c.num_cells}};
  }
  return {
      {"properties", std::move(properties)}, {"coverage", std::move(coverage)}, {"cells_10_deg", comparison.num_cells}};
}

std::vector<std::string> DifferenceWarnings(const Representativeness& comparison, std::string_view cure) {
  std::vector<std::string> different;
  for (const PropertyComparison& p : comparison.properties) {
    size_t worst = kSplitPairs.size();
    for (size_t pair = 0; pair < kSplitPairs.size(); ++pair) {
      const bool differs = p.ks[pair] > kMaxKsDistance && p.p_value[pair] < kMaxChance;
      if (differs && (worst == kSplitPairs.size() || p.ks[pair] > p.ks[worst])) worst = pair;
    }
    if (worst < kSplitPairs.size()) {
      different.push_back(fmt::format("{} by {:.2f} ({})", p.name, p.ks[worst], PairName(worst)));
    }
  }
  if (different.empty()) return {};
  return {fmt::format("the splits differ in {} (Kolmogorov-Smirnov distance, at most {} is meant). {}",
                      fmt::join(different, ", "), kMaxKsDistance, cure)};
}

}  // namespace dhs::regions
