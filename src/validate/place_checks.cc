// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "validate/validate.h"

namespace dhs::validate {
namespace {

constexpr std::string_view kBufferName = "buffer";

CheckCount& Start(std::vector<CheckCount>* checks, std::string_view id) {
  CheckCount& check = (*checks)[CheckIndex(id)];
  check.ran = true;
  return check;
}

Finding OfBrick(sky::BrickName brick, std::string value) {
  Finding finding;
  finding.brickname = brick.ToString();
  finding.value = std::move(value);
  return finding;
}

std::vector<std::string> Names(const std::set<parent::SplitName>& splits) {
  std::vector<std::string> names;
  for (const parent::SplitName split : splits) names.push_back(split.ToString());
  return names;
}

// Regions whose bricks have several splits in `dhs regions`, the buffer left out.
std::set<int32_t> DividedRegions(const parent::RegionBricks& regions) {
  std::map<int32_t, parent::SplitName> split_of;
  std::set<int32_t> divided;
  for (size_t i = 0; i < regions.splits.size(); ++i) {
    if (regions.splits[i].ToString() == kBufferName) continue;
    const auto [known, is_new] = split_of.emplace(regions.region_ids[i], regions.splits[i]);
    if (!is_new && known->second != regions.splits[i]) divided.insert(regions.region_ids[i]);
  }
  return divided;
}

void CheckAgainstRegions(const std::vector<parent::PlaceCount>& places, const parent::RegionBricks& regions,
                         std::vector<CheckCount>* checks) {
  std::unordered_map<sky::BrickName, size_t> row_of;
  row_of.reserve(regions.names.size());
  for (size_t i = 0; i < regions.names.size(); ++i) row_of.emplace(regions.names[i], i);
  const bool has_splits = !regions.splits.empty();
  CheckCount& known = Start(checks, "cross_stage.brick_in_regions");
  CheckCount& region = Start(checks, "cross_stage.region_of_brick");
  CheckCount& split = (*checks)[CheckIndex("cross_stage.split_of_brick")];
  CheckCount& buffer = (*checks)[CheckIndex("cross_stage.not_in_buffer")];
  split.ran = buffer.ran = has_splits;
  for (const parent::PlaceCount& p : places) {
    const auto found = row_of.find(p.place.brick);
    if (found == row_of.end()) {
      known.Add(OfBrick(p.place.brick, fmt::format("{} objects", p.num_rows)));
      continue;
    }
    const size_t row = found->second;
    if (regions.region_ids[row] != p.place.region_id) {
      region.Add(
          OfBrick(p.place.brick, fmt::format("region {}, expected {}", p.place.region_id, regions.region_ids[row])));
    }
    if (!has_splits) continue;
    if (regions.splits[row].ToString() == kBufferName) {
      buffer.Add(OfBrick(p.place.brick, fmt::format("{} objects in {}", p.num_rows, p.place.split.ToString())));
    } else if (regions.splits[row] != p.place.split) {
      split.Add(OfBrick(p.place.brick,
                        fmt::format("{}, expected {}", p.place.split.ToString(), regions.splits[row].ToString())));
    }
  }
}

// REQUIRES: `regions` has counts.
MissingBricks CheckCounts(const std::vector<parent::PlaceCount>& places, const parent::RegionBricks& regions,
                          std::vector<CheckCount>* checks) {
  std::unordered_map<sky::BrickName, int64_t> objects_of;
  std::set<std::pair<parent::SplitName, int32_t>> present;
  std::set<int32_t> present_regions;
  for (const parent::PlaceCount& p : places) {
    objects_of[p.place.brick] += p.num_rows;
    present.emplace(p.place.split, p.place.region_id);
    present_regions.insert(p.place.region_id);
  }
  CheckCount& no_brick_lost = Start(checks, "cross_stage.no_brick_lost");
  CheckCount& objects = Start(checks, "cross_stage.objects_of_brick");
  MissingBricks missing;
  for (size_t i = 0; i < regions.names.size(); ++i) {
    const int64_t count = regions.counts[i];
    const auto found = objects_of.find(regions.names[i]);
    if (found != objects_of.end()) {
      if (found->second == count) continue;
      objects.Add(OfBrick(regions.names[i], fmt::format("{} objects, {} counted", found->second, count)));
      continue;
    }
    const bool has_split = !regions.splits.empty();
    if (has_split && regions.splits[i].ToString() == kBufferName) continue;
    const bool selected = has_split ? present.contains({regions.splits[i], regions.region_ids[i]})
                                    : present_regions.contains(regions.region_ids[i]);
    if (!selected) {
      ++missing.not_selected;
    } else if (count == 0) {
      ++missing.without_lrg;
    } else {
      ++missing.lost;
      no_brick_lost.Add(
          OfBrick(regions.names[i], fmt::format("no object of region {}, {} counted", regions.region_ids[i], count)));
    }
  }
  return missing;
}

}  // namespace

std::optional<MissingBricks> CheckPlaces(const std::vector<parent::PlaceCount>& places,
                                         const parent::RegionBricks* regions, bool divides_regions,
                                         std::vector<CheckCount>* checks) {
  std::map<sky::BrickName, std::set<int32_t>> regions_of_brick;
  std::map<sky::BrickName, std::set<parent::SplitName>> splits_of_brick;
  std::map<int32_t, std::set<parent::SplitName>> splits_of_region;
  for (const parent::PlaceCount& p : places) {
    regions_of_brick[p.place.brick].insert(p.place.region_id);
    splits_of_brick[p.place.brick].insert(p.place.split);
    splits_of_region[p.place.region_id].insert(p.place.split);
  }
  CheckCount& one_region = Start(checks, "integrity.brick_in_one_region");
  for (const auto& [brick, ids] : regions_of_brick) {
    if (ids.size() > 1) one_region.Add(OfBrick(brick, fmt::format("regions {}", fmt::join(ids, ", "))));
  }
  CheckCount& one_split = Start(checks, "integrity.brick_in_one_split");
  for (const auto& [brick, splits] : splits_of_brick) {
    if (splits.size() > 1) one_split.Add(OfBrick(brick, fmt::format("splits {}", fmt::join(Names(splits), ", "))));
  }
  const std::set<int32_t> divided = regions == nullptr ? std::set<int32_t>() : DividedRegions(*regions);
  if (regions != nullptr || !divides_regions) {
    CheckCount& whole = Start(checks, "integrity.region_in_one_split");
    for (const auto& [id, splits] : splits_of_region) {
      if (splits.size() < 2 || divided.contains(id)) continue;
      Finding finding;
      finding.value = fmt::format("region {} in {}", id, fmt::join(Names(splits), ", "));
      whole.Add(std::move(finding));
    }
  }
  if (regions == nullptr) return std::nullopt;
  CheckAgainstRegions(places, *regions, checks);
  if (regions->counts.empty()) return std::nullopt;
  return CheckCounts(places, *regions, checks);
}

}  // namespace dhs::validate
