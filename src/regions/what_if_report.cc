// SPDX-License-Identifier: Apache-2.0
#include "regions/what_if_report.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "regions/split_balance.h"
#include "stage/stage.h"

namespace dhs::regions {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<const char*, 4> kPropertyNames = {"psfsize_r", "psfdepth_r", "ebv", "lrg_density"};

std::string Number(double value) { return std::isnan(value) ? "-" : fmt::format("{:.3f}", value); }

std::string OptionsOf(const SplitChoice& choice) {
  std::string text =
      fmt::format("--adjacency {} --tiling {} --split {}", choice.adjacency, choice.tiling, choice.method);
  if (choice.buffer_deg > 0) text += fmt::format(" --split-buffer-deg {}", choice.buffer_deg);
  return text;
}

std::string LostOf(const SplitOutcome& outcome, int64_t num_bricks) {
  return FormatShare(static_cast<double>(outcome.num_lost), static_cast<double>(num_bricks));
}

std::string RowText(const SplitOutcome& o, int64_t num_bricks, const char* mark) {
  const SplitChoice& c = o.choice;
  std::string text = fmt::format("{:1} {:<8} {:<12} {:<11} {:>6} {:>8} {:>8}", mark, c.method, c.adjacency, c.tiling,
                                 c.buffer_deg > 0 ? fmt::format("{}", c.buffer_deg) : "-", FormatCount(o.num_regions),
                                 FormatShare(o.largest_region_share, 1.0));
  for (const double fraction : o.area_fractions) text += fmt::format(" {:>7}", FormatShare(fraction, 1.0));
  for (const double ks : o.ks) text += fmt::format(" {:>6}", Number(ks));
  return text + fmt::format(" {:>7} {:>8}\n", LostOf(o, num_bricks), FormatCount(o.num_borders));
}

std::string QualityOf(const SplitOutcome& o, const std::array<double, 3>& expected) {
  return fmt::format("areas within {:.2f} points, distances up to {}", o.GreatestPoints(expected),
                     Number(o.GreatestKs()));
}

std::string AdviceText(const WhatIf& what_if) {
  const SplitOutcome& best = what_if.outcomes[what_if.advised];
  const bool is_good = best.GreatestPoints(what_if.expected) <= kGoodPoints && best.GreatestKs() <= kGoodKs;
  std::string text = fmt::format(
      "Advice: {}: {}{}", OptionsOf(best.choice), QualityOf(best, what_if.expected),
      is_good ? "" : fmt::format(" (not within {} points and {}, but nearest to it)", kGoodPoints, kGoodKs));
  const SplitOutcome& o = what_if.outcomes[what_if.advised_with_buffer];
  const std::string tiles = o.choice.tiling == best.choice.tiling ? "" : fmt::format("--tiling {} ", o.choice.tiling);
  text += fmt::format("; with {}--split-buffer-deg {} test lies that far from train, for {} of the bricks ({})", tiles,
                      o.choice.buffer_deg, LostOf(o, what_if.num_bricks), QualityOf(o, what_if.expected));
  return text + "\n";
}

Json ChoiceJson(const SplitChoice& choice) {
  return {{"adjacency", choice.adjacency},
          {"tiling", choice.tiling},
          {"split", choice.method},
          {"split_buffer_deg", choice.buffer_deg}};
}

}  // namespace

std::string FormatWhatIf(const WhatIf& what_if) {
  std::string text = fmt::format(
      "Ways to split {} bricks, {:.2f} deg2; meant are {} train, {} val, {} test of the area. Nothing is written.\n",
      FormatCount(what_if.num_bricks), what_if.area_deg2, FormatShare(what_if.expected[0], 1.0),
      FormatShare(what_if.expected[1], 1.0), FormatShare(what_if.expected[2], 1.0));
  text += fmt::format("  {:<8} {:<12} {:<11} {:>6} {:>8} {:>8} {:>23} {:>27} {:>7} {:>8}\n", "", "", "", "buffer", "",
                      "largest", "area in splits", "greatest KS distance", "bricks", "train-");
  text += fmt::format("  {:<8} {:<12} {:<11} {:>6} {:>8} {:>8} {:>7} {:>7} {:>7} {:>6} {:>6} {:>6} {:>6} {:>7} {:>8}\n",
                      "split", "adjacency", "tiling", "deg", "regions", "region", "train", "val", "test", "psf_r",
                      "depth", "ebv", "lrg", "lost", "test");
  for (size_t i = 0; i < what_if.outcomes.size(); ++i) {
    const bool is_advised = i == what_if.advised || i == what_if.advised_with_buffer;
    text += RowText(what_if.outcomes[i], what_if.num_bricks, is_advised ? "*" : "");
  }
  text +=
      "  First line: the options as given. KS distance: of any two splits, over bricks. Bricks lost: in the buffer, in "
      "no split.\n  Train-test: pairs of bricks that share an edge, one in train and the other in test.\n";
  return text + AdviceText(what_if);
}

Json WhatIfJson(const WhatIf& what_if) {
  Json outcomes = Json::array();
  for (const SplitOutcome& o : what_if.outcomes) {
    Json entry = ChoiceJson(o.choice), areas, ks;
    for (size_t s = 0; s < kSplitNames.size(); ++s) areas[std::string(kSplitNames[s])] = o.area_fractions[s];
    for (size_t p = 0; p < o.ks.size(); ++p)
      ks[kPropertyNames[p]] = std::isnan(o.ks[p]) ? Json(nullptr) : Json(o.ks[p]);
    entry["regions"] = o.num_regions;
    entry["largest_region_share"] = o.largest_region_share;
    entry["area_fractions"] = std::move(areas);
    entry["greatest_ks_distance"] = std::move(ks);
    entry["bricks_lost"] = o.num_lost;
    entry["train_test_borders"] = o.num_borders;
    outcomes.push_back(std::move(entry));
  }
  Json json = {{"bricks", what_if.num_bricks}, {"area_deg2", what_if.area_deg2}, {"ways", std::move(outcomes)}};
  json["advised"] = ChoiceJson(what_if.outcomes[what_if.advised].choice);
  json["advised_with_buffer"] = ChoiceJson(what_if.outcomes[what_if.advised_with_buffer].choice);
  return json;
}

}  // namespace dhs::regions
