// SPDX-License-Identifier: Apache-2.0
#include "regions/account.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "regions/geometry_account.h"
#include "regions/representativeness_report.h"
#include "regions/split_balance.h"

namespace dhs::regions {

namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kNumLargestShown = 10;

// By brick; a region counts in every split that has a brick of it.
SplitBalance BalanceOf(const RegionsOptions& options, size_t variant, const BrickColumns& bricks,
                       const RegionsResult& result) {
  using Contents = std::array<SplitContent, kSplitNames.size() + 1>;  // and the buffer
  std::vector<Contents> of_region(result.regions.size());
  for (size_t i = 0; i < bricks.size(); ++i) {
    SplitContent& content =
        of_region[static_cast<size_t>(result.bricks.region_id[i])][static_cast<size_t>(result.bricks.split[i])];
    ++content.num_bricks;
    content.area_deg2 += bricks.area_deg2[i];
    content.num_lrgs += bricks.n_lrg[variant][i];
  }
  SplitBalance balance{{}, ExpectedFractions(options.split)};
  for (const Contents& contents : of_region) {
    balance.num_regions += std::any_of(contents.begin(), contents.begin() + kSplitNames.size(),
                                       [](const SplitContent& c) { return c.num_bricks > 0; })
                               ? 1
                               : 0;
    for (size_t s = 0; s < contents.size(); ++s) {
      const SplitContent& c = contents[s];
      if (c.num_bricks > 0) balance.Add(static_cast<Split>(s), c.num_bricks, c.area_deg2, c.num_lrgs);
    }
  }
  return balance;
}

std::vector<const Region*> LargestRegions(const std::vector<Region>& regions) {
  std::vector<const Region*> largest;
  for (const Region& region : regions) largest.push_back(&region);
  const auto middle = largest.begin() + static_cast<ptrdiff_t>(std::min(kNumLargestShown, largest.size()));
  std::partial_sort(largest.begin(), middle, largest.end(), [](const Region* a, const Region* b) {
    return a->n_bricks != b->n_bricks ? a->n_bricks > b->n_bricks : a->region_id < b->region_id;
  });
  largest.erase(middle, largest.end());
  return largest;
}

std::string_view SplitNameOf(const Region& region) { return region.split ? SplitName(*region.split) : kMixedSplitName; }

std::string CutLine(const std::string& cut, const CutCount& count) {
  return fmt::format(
      "  {:<32} {:>10}{}\n", cut, FormatCount(count.failed),
      count.without_value > 0 ? fmt::format("  ({} of them have no value)", FormatCount(count.without_value)) : "");
}

std::string SourceLine(std::string_view what, const SourceCounts& source) {
  return fmt::format("{} from the counts for {} bricks, from the bricks file for {}, from the tessellation for {}\n",
                     what, FormatCount(source.counts), FormatCount(source.bricks_file),
                     FormatCount(source.tessellation));
}

std::string BricksText(const RegionsOptions& options, const RegionsFindings& findings) {
  const QualityResult& quality = *findings.quality;
  std::string text = fmt::format("Bricks with counts: {}; rows of the bricks file: {}; bricks not in it: {}\n",
                                 FormatCount(findings.num_bricks), FormatCount(findings.num_bricks_file_rows),
                                 FormatCount(findings.join->not_in_bricks_file));
  text += SourceLine("RA/Dec", findings.join->position);
  text += SourceLine("Area", findings.join->area);
  text += "Quality cuts (bricks that fail; a brick may fail several)\n";
  text += CutLine(fmt::format("ebv <= {} mag", options.quality.max_ebv_mag), quality.ebv);
  text += CutLine(fmt::format("psfsize_r <= {} arcsec", options.quality.max_psf_r_arcsec), quality.psf_r);
  text += CutLine(fmt::format("psfdepth_r >= {} mag", options.quality.min_psfdepth_r_mag), quality.depth_r);
  text += fmt::format("  {:<32} {:>10}\n", "any", FormatCount(quality.num_failed));
  text += fmt::format("  {:<32} {:>10}\n", "pass all", FormatCount(static_cast<int64_t>(quality.passing.size())));
  return text;
}

std::string LargestText(const std::vector<const Region*>& largest, const SplitContent& total) {
  std::string text = fmt::format("Largest regions\n  {:>9} {:>10} {:>8} {:>12} {:>8} {:>6}  {}\n", "region", "bricks",
                                 "bricks", "area deg2", "area", "split", "RA, Dec of brick centres");
  for (const Region* r : largest) {
    text += fmt::format("  {:>9} {:>10} {:>8} {:>12.2f} {:>8} {:>6}  {:.2f}..{:.2f}, {:+.2f}..{:+.2f}\n", r->region_id,
                        FormatCount(r->n_bricks),
                        FormatShare(static_cast<double>(r->n_bricks), static_cast<double>(total.num_bricks)),
                        r->area_deg2, FormatShare(r->area_deg2, total.area_deg2), SplitNameOf(*r), r->ra_min_deg,
                        r->ra_max_deg, r->dec_min_deg, r->dec_max_deg);
  }
  return text;
}

std::string KeptText(const EarlierCounts& earlier, const KeptSplits& kept) {
  std::string text = fmt::format("Earlier splits: {} bricks, {} of them no longer there",
                                 FormatCount(earlier.num_bricks), FormatCount(earlier.num_gone));
  if (earlier.num_in_buffer > 0) {
    text += fmt::format("; {} more were in a buffer and are new", FormatCount(earlier.num_in_buffer));
  }
  text += fmt::format("\n  bricks:  {} keep their split, {} are new, {} change with their region ({:.2f} deg2)\n",
                      FormatCount(kept.kept_bricks), FormatCount(kept.new_bricks), FormatCount(kept.changed_bricks),
                      kept.changed_area_deg2);
  if (kept.kept_regions + kept.new_regions > 0) {
    text += fmt::format(
        "  regions: {} keep the split that most of their area had ({} had bricks of several), {} are new\n",
        FormatCount(kept.kept_regions), FormatCount(kept.conflicting_regions), FormatCount(kept.new_regions));
  }
  return text;
}

Json KeptJson(const EarlierCounts& earlier, const KeptSplits& kept) {
  return {{"bricks", earlier.num_bricks},
          {"bricks_in_buffer", earlier.num_in_buffer},
          {"bricks_gone", earlier.num_gone},
          {"bricks_kept", kept.kept_bricks},
          {"bricks_new", kept.new_bricks},
          {"bricks_changed", kept.changed_bricks},
          {"area_changed_deg2", kept.changed_area_deg2},
          {"regions_kept", kept.kept_regions},
          {"regions_conflicting", kept.conflicting_regions},
          {"regions_new", kept.new_regions}};
}

// More area that changes its split than this share of what had one is worth a warning.
constexpr double kMaxChangedShare = 0.01;

std::vector<std::string> KeptWarnings(const KeptSplits& kept, int64_t num_bricks) {
  const auto share = static_cast<double>(kept.changed_bricks) / static_cast<double>(num_bricks);
  if (!(share > kMaxChangedShare)) return {};
  return {fmt::format(
      "--split-from: {} bricks with an earlier split ({}) change it with their region (regions whose bricks "
      "had several splits: {}); the same --adjacency, --tiling and quality cuts as before, or --split "
      "brick, keep them",
      FormatCount(kept.changed_bricks), FormatShare(share, 1.0), FormatCount(kept.conflicting_regions))};
}

Json CutJson(const CutCount& count) { return {{"failed", count.failed}, {"without_value", count.without_value}}; }
Json SourceJson(const SourceCounts& source) {
  return {{"counts", source.counts}, {"bricks_file", source.bricks_file}, {"tessellation", source.tessellation}};
}

ComparedBricks ComparedOf(const BrickColumns& bricks, const BrickResults& results, size_t variant) {
  return {.split = results.split,
          .ra_deg = bricks.ra_deg,
          .dec_deg = bricks.dec_deg,
          .psfsize_r_arcsec = bricks.psfsize_arcsec[kBandR],
          .psfdepth_r_mag = bricks.psfdepth_mag[kBandR],
          .ebv_mag = bricks.ebv_mag,
          .lrg_density = results.lrg_density[variant]};
}

Json ManifestJson(const RegionsFindings& findings, const SplitBalance& balance, const Representativeness& comparison) {
  const QualityResult& quality = *findings.quality;
  Json splits;
  for (size_t s = 0; s < kSplitNames.size(); ++s) {
    const SplitContent& content = balance.splits[s];
    splits[std::string(kSplitNames[s])] = {{"expected_fraction", balance.expected[s]},
                                           {"regions", content.num_regions},
                                           {"bricks", content.num_bricks},
                                           {"area_deg2", content.area_deg2},
                                           {"lrgs", content.num_lrgs}};
  }
  return {{"bricks_in", findings.num_bricks},
          {"bricks_file_rows", findings.num_bricks_file_rows},
          {"bricks_not_in_bricks_file", findings.join->not_in_bricks_file},
          {"position_from", SourceJson(findings.join->position)},
          {"area_from", SourceJson(findings.join->area)},
          {"failed_cuts",
           {{"ebv", CutJson(quality.ebv)},
            {"psfsize_r", CutJson(quality.psf_r)},
            {"psfdepth_r", CutJson(quality.depth_r)},
            {"any", quality.num_failed}}},
          {"bricks_out", quality.passing.size()},
          {"regions", findings.result->regions.size()},
          {"splits", std::move(splits)},
          {"representativeness", RepresentativenessJson(comparison)},
          {"notes", findings.notes}};
}

}  // namespace

void WriteAccount(const RegionsOptions& options, int score_variant, const RegionsFindings& findings,
                  StageReport& report) {
  const std::vector<Region>& regions = findings.result->regions;
  const SplitBalance balance =
      BalanceOf(options, static_cast<size_t>(score_variant), *findings.passing, *findings.result);
  SplitContent total = balance.Total();
  total.num_regions = static_cast<int64_t>(regions.size());  // some may be in several splits
  total.num_bricks += balance.buffer.num_bricks;
  total.area_deg2 += balance.buffer.area_deg2;
  const std::vector<const Region*> largest = LargestRegions(regions);

  const SplitChoices choices = {options.adjacency, options.tiling, options.split.method, options.split_buffer_deg,
                                findings.earlier.has_value()};
  const std::string cure = SplitCure(choices, total.area_deg2);
  report.warnings = ImbalanceWarnings(balance, cure);
  const auto greatest = std::max_element(regions.begin(), regions.end(),
                                         [](const Region& a, const Region& b) { return a.area_deg2 < b.area_deg2; });
  if (greatest != regions.end() && greatest->split) {
    std::string warning = MegaRegionWarning(greatest->region_id, greatest->area_deg2, total.area_deg2,
                                            SplitName(*greatest->split), MegaRegionCure(choices, total.area_deg2));
    if (!warning.empty()) report.warnings.push_back(std::move(warning));
  }

  const Representativeness comparison =
      CompareSplits(ComparedOf(*findings.passing, findings.result->bricks, static_cast<size_t>(score_variant)));
  for (std::string& warning : DifferenceWarnings(comparison, cure)) report.warnings.push_back(std::move(warning));

  report.account = BricksText(options, findings);
  GeometryAccount geometry = DescribeGeometry(options, *findings.passing, *findings.result);
  for (std::string& warning : geometry.warnings) report.warnings.push_back(std::move(warning));
  report.account += geometry.regions_text;
  report.account += fmt::format("Regions: {}, {:.2f} deg2\n", FormatCount(total.num_regions), total.area_deg2);
  report.account += LargestText(largest, total);
  report.account += FormatBalance(balance, options.variant);
  report.account += geometry.buffer_text;
  report.account += FormatRepresentativeness(comparison, "the bricks");
  if (findings.earlier) report.account += KeptText(*findings.earlier, findings.result->kept);
  for (const std::string& note : findings.notes) report.account += "Note: " + note + "\n";

  report.manifest = ManifestJson(findings, balance, comparison);
  report.manifest.update(geometry.json);
  if (findings.earlier) {
    report.manifest["split_from"] = KeptJson(*findings.earlier, findings.result->kept);
    for (std::string& warning : KeptWarnings(findings.result->kept, findings.earlier->num_bricks)) {
      report.warnings.push_back(std::move(warning));
    }
  }
  report.figures = {{"bricks with counts", FormatCount(findings.num_bricks)},
                    {"bricks failing a quality cut", FormatCount(findings.quality->num_failed)},
                    {"bricks kept", FormatCount(total.num_bricks)},
                    {"regions", FormatCount(total.num_regions)}};
  for (size_t s = 0; s < kSplitNames.size(); ++s) {
    report.figures.push_back(
        {fmt::format("area in {}", kSplitNames[s]), FormatShare(balance.splits[s].area_deg2, total.area_deg2)});
  }
}

}  // namespace dhs::regions
