// SPDX-License-Identifier: Apache-2.0
#include "regions/split_balance.h"

#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "stage/stage.h"

namespace dhs::regions {

namespace {

std::string Line(std::string_view split, std::string_view regions, std::string_view bricks, std::string_view area,
                 std::string_view area_share, std::string_view brick_share, std::string_view lrgs,
                 std::string_view lrg_share, std::string_view expected) {
  return fmt::format("  {:<6} {:>9} {:>10} {:>12} {:>8} {:>8} {:>12} {:>8} {:>9}\n", split, regions, bricks, area,
                     area_share, brick_share, lrgs, lrg_share, expected);
}

}  // namespace

void SplitBalance::Add(Split split, int64_t num_bricks, double area_deg2, int64_t num_lrgs) {
  SplitContent& content = split == Split::kBuffer ? buffer : splits[static_cast<size_t>(split)];
  ++content.num_regions;
  content.num_bricks += num_bricks;
  content.area_deg2 += area_deg2;
  content.num_lrgs += num_lrgs;
}

SplitContent SplitBalance::Total() const {
  SplitContent total;
  for (const SplitContent& content : splits) {
    total.num_regions += content.num_regions;
    total.num_bricks += content.num_bricks;
    total.area_deg2 += content.area_deg2;
    total.num_lrgs += content.num_lrgs;
  }
  return total;
}

std::string FormatShare(double part, double whole) {
  return whole > 0 ? fmt::format("{:.1f} %", 100.0 * part / whole) : "-";
}

std::string FormatBalance(const SplitBalance& balance, const std::string& variant) {
  SplitContent total = balance.Total();
  std::string text = fmt::format("Split balance (LRGs of {})\n", variant);
  text += Line("split", "regions", "bricks", "area deg2", "area", "bricks", "LRGs", "LRGs", "expected");
  const auto add = [&](std::string_view name, const SplitContent& c, double expected) {
    text += Line(
        name, FormatCount(c.num_regions), FormatCount(c.num_bricks), fmt::format("{:.2f}", c.area_deg2),
        FormatShare(c.area_deg2, total.area_deg2),
        FormatShare(static_cast<double>(c.num_bricks), static_cast<double>(total.num_bricks)), FormatCount(c.num_lrgs),
        FormatShare(static_cast<double>(c.num_lrgs), static_cast<double>(total.num_lrgs)), FormatShare(expected, 1.0));
  };
  for (size_t s = 0; s < kSplitNames.size(); ++s) add(kSplitNames[s], balance.splits[s], balance.expected[s]);
  total.num_regions = balance.num_regions;
  add("all", total, 1.0);
  if (const SplitContent& buffer = balance.buffer; buffer.num_bricks > 0) {
    text += fmt::format("  In the buffer between splits, in none of them: {} bricks, {:.2f} deg2, {} LRGs\n",
                        FormatCount(buffer.num_bricks), buffer.area_deg2, FormatCount(buffer.num_lrgs));
  }
  return text;
}

std::vector<std::string> ImbalanceWarnings(const SplitBalance& balance, std::string_view cure) {
  std::vector<std::string> warnings;
  const double total = balance.Total().area_deg2;
  if (!(total > 0)) return warnings;
  for (size_t s = 0; s < kSplitNames.size(); ++s) {
    const double points = 100.0 * (balance.splits[s].area_deg2 / total - balance.expected[s]);
    if (std::fabs(points) > kMaxImbalancePoints) {
      warnings.push_back(fmt::format("split {} holds {} of the area, expected {}: {:+.1f} points. {}", kSplitNames[s],
                                     FormatShare(balance.splits[s].area_deg2, total),
                                     FormatShare(balance.expected[s], 1.0), points, cure));
    }
  }
  return warnings;
}

std::string MegaRegionWarning(int32_t region_id, double area_deg2, double total_deg2, std::string_view split,
                              std::string_view cure) {
  const double share = area_deg2 / total_deg2;
  if (!(share > kMaxRegionAreaShare)) return {};
  return fmt::format("region {} holds {} of the area and is {} as a whole: one draw decides the balance. {}", region_id,
                     FormatShare(share, 1.0), split, cure);
}

std::string SplitCure(const SplitChoices& choices, double total_deg2) {
  std::vector<std::string> missing;
  if (choices.split != "balanced") missing.emplace_back("--split balanced");
  if (choices.tiling == "none") missing.push_back("--tiling " + SuggestedTiling(total_deg2));
  if (choices.adjacency != "tessellation") missing.emplace_back("--adjacency tessellation");
  if (!missing.empty()) {
    const std::string first = missing.front();
    missing.erase(missing.begin());
    return fmt::format("{}{}{} brings the splits near their shares and makes them alike", first,
                       missing.empty() ? "" : " with ", fmt::join(missing, " and "));
  }
  if (choices.has_kept_splits) return "The splits kept by --split-from decide; without it they come out nearer";
  const std::string tiles = fmt::format("smaller tiles than --tiling {}", choices.tiling);
  if (choices.buffer_deg > 0)
    return fmt::format("A narrower --split-buffer-deg than {} or {} help", choices.buffer_deg, tiles);
  return fmt::format("Only {} can bring them nearer", tiles);
}

std::string MegaRegionCure(const SplitChoices& choices, double total_deg2) {
  if (choices.tiling != "none") return fmt::format("Smaller tiles than --tiling {} cut it", choices.tiling);
  return fmt::format("--tiling {} with --adjacency tessellation cuts it into compact tiles",
                     SuggestedTiling(total_deg2));
}

std::string SuggestedTiling(double total_deg2) {
  constexpr double kNumTiles = 20;
  double suggested = 1;
  for (const double limit : {2, 5, 10, 20, 50}) {
    if (limit * kNumTiles <= total_deg2) suggested = limit;
  }
  return fmt::format("area:{}", suggested);
}

}  // namespace dhs::regions
