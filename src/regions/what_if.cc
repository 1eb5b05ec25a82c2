// SPDX-License-Identifier: Apache-2.0
#include "regions/what_if.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/thread_pool.h"
#include "regions/assign_splits.h"
#include "regions/near_regions.h"
#include "regions/partition.h"
#include "regions/representativeness.h"
#include "regions/split_buffer.h"

namespace dhs::regions {

namespace {

constexpr const char* kNoTiling = "none";
constexpr const char* kBalanced = "balanced";
// Tiles of a limit are compared where at least so many fit.
constexpr double kLeastTiles = 20;
constexpr size_t kNumTileSizes = 3;
constexpr std::array<double, 3> kBuffersDeg = {0.25, 0.5, 1.0};

// Three limits, rising, the greatest of which leaves enough tiles.
std::vector<std::string> TilingsFor(double area_deg2) {
  std::vector<std::string> tilings;
  for (const double limit : {1, 2, 5, 10, 20, 50, 100}) {
    if (limit * kLeastTiles <= area_deg2 || tilings.size() < kNumTileSizes) {
      tilings.push_back(fmt::format("area:{}", limit));
    }
  }
  tilings.erase(tilings.begin(), tilings.end() - kNumTileSizes);
  return tilings;
}

std::vector<double> BuffersFor(const RegionsOptions& options) {
  if (options.split_buffer_deg > 0) return {options.split_buffer_deg};
  return {kBuffersDeg.begin(), kBuffersDeg.end()};
}
double MiddleBuffer(const RegionsOptions& options) { return BuffersFor(options)[BuffersFor(options).size() / 2]; }

std::vector<SplitChoice> ChoicesFor(const RegionsOptions& options, double area_deg2) {
  const std::string edges = kTessellationAdjacency;
  std::vector<SplitChoice> choices = {
      {options.adjacency, options.tiling, options.split.method, options.split_buffer_deg}};
  const auto add = [&](SplitChoice choice) {
    const bool is_new = std::none_of(choices.begin(), choices.end(), [&](const SplitChoice& c) {
      return c.adjacency == choice.adjacency && c.tiling == choice.tiling && c.method == choice.method &&
             c.buffer_deg == choice.buffer_deg;
    });
    if (is_new) choices.push_back(std::move(choice));
  };
  const std::vector<std::string> tilings = TilingsFor(area_deg2);
  const std::vector<double> buffers = BuffersFor(options);
  add({edges, kNoTiling, "hash", 0});
  add({edges, kNoTiling, "brick", 0});
  add({edges, kNoTiling, kBalanced, 0});
  add({edges, tilings[1], "hash", 0});
  for (const std::string& tiling : tilings) add({edges, tiling, kBalanced, 0});
  add({edges, kNoTiling, "brick", MiddleBuffer(options)});
  for (const std::string& tiling : {tilings[1], tilings[2]}) {
    for (const double buffer : buffers) add({edges, tiling, kBalanced, buffer});
  }
  return choices;
}

// What all choices have in common.
struct Survey {
  const BrickColumns& bricks;
  const RegionsOptions& options;
  std::span<const std::optional<Split>> earlier;
  std::vector<double> lrg_density = {};
  std::map<std::string, Neighborhood> neighborhoods = {};                // by adjacency
  std::map<std::pair<std::string, std::string>, Tiles> partitions = {};  // by adjacency and tiling
  double area_deg2 = 0;

  const Neighborhood& Edges() const { return neighborhoods.at(kTessellationAdjacency); }
};

Status AddPartitions(const std::vector<SplitChoice>& choices, int num_threads, const StopToken& stop, Survey& survey) {
  for (const SplitChoice& choice : choices) {
    if (!survey.neighborhoods.contains(choice.adjacency)) {
      RegionsOptions options = survey.options;
      options.adjacency = choice.adjacency;
      options.split_buffer_deg = 0;
      ARROW_ASSIGN_OR_RAISE(survey.neighborhoods[choice.adjacency],
                            FindNeighborhood(survey.bricks, options, options.bricks));
    }
    const std::pair key(choice.adjacency, choice.tiling);
    if (survey.partitions.contains(key)) continue;
    ARROW_ASSIGN_OR_RAISE(const Tiling tiling, ParseTiling(choice.tiling));
    ARROW_ASSIGN_OR_RAISE(survey.partitions[key],
                          CutBricks(survey.bricks, survey.neighborhoods[choice.adjacency], tiling, num_threads, stop));
  }
  return Status::OK();
}

void AddAreas(const Survey& survey, const Tiles& tiles, const std::vector<Split>& splits, SplitOutcome& outcome) {
  std::vector<double> of_region(static_cast<size_t>(tiles.num_regions), 0.0);
  double in_splits = 0;
  for (size_t i = 0; i < splits.size(); ++i) {
    const double area = survey.bricks.area_deg2[i];
    of_region[static_cast<size_t>(tiles.region[i])] += area;
    if (splits[i] == Split::kBuffer) {
      ++outcome.num_lost;
      continue;
    }
    outcome.area_fractions[static_cast<size_t>(splits[i])] += area;
    in_splits += area;
  }
  outcome.num_regions = tiles.num_regions;
  outcome.largest_region_share = *std::max_element(of_region.begin(), of_region.end()) / survey.area_deg2;
  for (double& fraction : outcome.area_fractions) fraction = in_splits > 0 ? fraction / in_splits : 0;
}

void AddDistances(const Survey& survey, const std::vector<Split>& splits, SplitOutcome& outcome) {
  const BrickColumns& b = survey.bricks;
  const Representativeness comparison = CompareSplits(
      {splits, b.ra_deg, b.dec_deg, b.psfsize_arcsec[kBandR], b.psfdepth_mag[kBandR], b.ebv_mag, survey.lrg_density});
  for (size_t p = 0; p < outcome.ks.size(); ++p) outcome.ks[p] = comparison.properties[p].GreatestKs();
}

int64_t CountBorders(const AdjacentPairs& pairs, const std::vector<Split>& splits) {
  int64_t num_borders = 0;
  for (const auto& [a, b] : pairs) {
    const Split one = splits[static_cast<size_t>(a)], other = splits[static_cast<size_t>(b)];
    num_borders += (one == Split::kTrain && other == Split::kTest) || (one == Split::kTest && other == Split::kTrain);
  }
  return num_borders;
}

Result<SplitOutcome> Evaluate(const Survey& survey, const SplitChoice& choice, const StopToken& stop) {
  const BrickColumns& b = survey.bricks;
  const Tiles& tiles = survey.partitions.at({choice.adjacency, choice.tiling});
  SplitBricks split_bricks = {.name = b.name,
                              .region_id = tiles.region,
                              .num_regions = tiles.num_regions,
                              .area_deg2 = b.area_deg2,
                              .psfsize_r_arcsec = b.psfsize_arcsec[kBandR],
                              .psfdepth_r_mag = b.psfdepth_mag[kBandR],
                              .ebv_mag = b.ebv_mag,
                              .lrg_density = survey.lrg_density};
  SplitOptions split = survey.options.split;
  split.method = choice.method;
  std::optional<BrickGroups> near;
  if (choice.buffer_deg > 0 && MethodOf(split) == SplitMethod::kBalanced) {
    ARROW_ASSIGN_OR_RAISE(near, GroupByNearRegions(*survey.Edges().rows, tiles.region, choice.buffer_deg, 1, stop));
    if (near) split_bricks.near = &*near;
  }
  ARROW_ASSIGN_OR_RAISE(SplitAssignment assignment, AssignSplits(split_bricks, split, survey.earlier, stop));
  std::vector<Split> splits = std::move(assignment.of_brick);
  if (choice.buffer_deg > 0) {
    ARROW_ASSIGN_OR_RAISE(splits, MarkBuffer(*survey.Edges().rows, splits, choice.buffer_deg, 1, stop));
  }
  SplitOutcome outcome{.choice = choice};
  AddAreas(survey, tiles, splits, outcome);
  AddDistances(survey, splits, outcome);
  outcome.num_borders = CountBorders(survey.Edges().pairs, splits);
  return outcome;
}

// How far from good: 1 is just good.
double BadnessOf(const SplitOutcome& outcome, const std::array<double, 3>& expected) {
  const double ks = outcome.GreatestKs();
  return std::max(outcome.GreatestPoints(expected) / kGoodPoints, std::isnan(ks) ? 100.0 : ks / kGoodKs);
}

// The best balanced split with this buffer: of good ones that with the fewest borders, then with the fewest bricks
// lost.
std::optional<size_t> BestBalanced(const WhatIf& what_if, double buffer_deg) {
  const auto is_better = [&](const SplitOutcome& a, const SplitOutcome& b) {
    const double bad_a = BadnessOf(a, what_if.expected), bad_b = BadnessOf(b, what_if.expected);
    if (bad_a > 1.0 || bad_b > 1.0) return bad_a < bad_b;
    return std::pair(a.num_borders, a.num_lost) < std::pair(b.num_borders, b.num_lost);
  };
  std::optional<size_t> best;
  for (size_t i = 0; i < what_if.outcomes.size(); ++i) {
    const SplitOutcome& o = what_if.outcomes[i];
    if (o.choice.method != kBalanced || o.choice.buffer_deg != buffer_deg) continue;
    if (!best || is_better(o, what_if.outcomes[*best])) best = i;
  }
  return best;
}

}  // namespace

double SplitOutcome::GreatestKs() const { return std::fmax(std::fmax(ks[0], ks[1]), std::fmax(ks[2], ks[3])); }

double SplitOutcome::GreatestPoints(const std::array<double, 3>& expected) const {
  double greatest = 0;
  for (size_t s = 0; s < expected.size(); ++s) {
    greatest = std::max(greatest, 100.0 * std::fabs(area_fractions[s] - expected[s]));
  }
  return greatest;
}

Result<WhatIf> CompareSplitChoices(const BrickColumns& bricks, const RegionsOptions& options, int score_variant,
                                   std::span<const std::optional<Split>> earlier, int num_threads,
                                   const StopToken& stop) {
  Survey survey{.bricks = bricks, .options = options, .earlier = earlier};
  const std::vector<int64_t>& counts = bricks.n_lrg[static_cast<size_t>(score_variant)];
  for (size_t i = 0; i < bricks.size(); ++i) {
    survey.area_deg2 += bricks.area_deg2[i];
    survey.lrg_density.push_back(static_cast<double>(counts[i]) / bricks.area_deg2[i]);
  }
  const std::vector<SplitChoice> choices = ChoicesFor(options, survey.area_deg2);
  ARROW_RETURN_NOT_OK(AddPartitions(choices, num_threads, stop, survey));
  WhatIf result;
  result.num_bricks = static_cast<int64_t>(bricks.size());
  result.area_deg2 = survey.area_deg2;
  result.expected = ExpectedFractions(options.split);
  result.outcomes.resize(choices.size());
  ARROW_RETURN_NOT_OK(
      base::ParallelFor(num_threads, static_cast<int64_t>(choices.size()), stop, [&](int, int64_t index) {
        const auto i = static_cast<size_t>(index);
        return Evaluate(survey, choices[i], stop).Value(&result.outcomes[i]);
      }));
  result.advised = *BestBalanced(result, 0);
  result.advised_with_buffer = *BestBalanced(result, MiddleBuffer(options));
  return result;
}

}  // namespace dhs::regions
