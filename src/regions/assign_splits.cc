// SPDX-License-Identifier: Apache-2.0
#include "regions/assign_splits.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "regions/balanced_split.h"

namespace dhs::regions {

namespace {

using OptionalSplits = std::vector<std::optional<Split>>;

// The split that most of each region's area had; counts kept, new and conflicting ones.
OptionalSplits KeptOfRegions(const SplitBricks& bricks, std::span<const std::optional<Split>> earlier,
                             KeptSplits& kept) {
  std::vector<std::array<double, kSplitNames.size()>> area(static_cast<size_t>(bricks.num_regions));
  for (size_t i = 0; i < earlier.size(); ++i) {
    if (!earlier[i]) continue;
    area[static_cast<size_t>(bricks.region_id[i])][static_cast<size_t>(*earlier[i])] += bricks.area_deg2[i];
  }
  OptionalSplits splits(area.size());
  for (size_t region = 0; region < area.size(); ++region) {
    const auto& of_split = area[region];
    const auto most = std::max_element(of_split.begin(), of_split.end());
    if (*most == 0) {
      ++kept.new_regions;
      continue;
    }
    ++kept.kept_regions;
    kept.conflicting_regions += std::count_if(of_split.begin(), of_split.end(), [](double a) { return a > 0; }) > 1;
    splits[region] = static_cast<Split>(most - of_split.begin());
  }
  return splits;
}

void CountBricks(const SplitBricks& bricks, std::span<const std::optional<Split>> earlier,
                 const std::vector<Split>& assigned, KeptSplits& kept) {
  for (size_t i = 0; i < earlier.size(); ++i) {
    if (!earlier[i]) {
      ++kept.new_bricks;
    } else if (*earlier[i] == assigned[i]) {
      ++kept.kept_bricks;
    } else {
      ++kept.changed_bricks;
      kept.changed_area_deg2 += bricks.area_deg2[i];
    }
  }
}

Result<std::vector<Split>> Balanced(const SplitBricks& bricks, const SplitOptions& options, const OptionalSplits& kept,
                                    const StopToken& stop) {
  BalanceGroups groups;
  const std::array<std::span<const double>, 4> properties = {bricks.psfsize_r_arcsec, bricks.psfdepth_r_mag,
                                                             bricks.ebv_mag, bricks.lrg_density};
  if (bricks.near != nullptr) {
    groups.profiles = MakeProfiles(bricks.near->of_brick, static_cast<int32_t>(bricks.near->region.size()),
                                   bricks.area_deg2, properties);
    groups.region = bricks.near->region;
    groups.near = bricks.near->near;
  } else {
    groups.profiles = MakeProfiles(bricks.region_id, bricks.num_regions, bricks.area_deg2, properties);
    groups.region.resize(static_cast<size_t>(bricks.num_regions));
    std::iota(groups.region.begin(), groups.region.end(), 0);
  }
  ARROW_ASSIGN_OR_RAISE(BalancedSplits balanced,
                        BalanceSplits(groups, bricks.num_regions,
                                      {ExpectedFractions(options), static_cast<int32_t>(options.seed)}, kept, stop));
  return std::move(balanced.of_region);
}

std::vector<Split> Hashed(const SplitOptions& options, int32_t num_regions, const OptionalSplits& kept) {
  std::vector<Split> splits;
  splits.reserve(static_cast<size_t>(num_regions));
  for (int32_t region = 0; region < num_regions; ++region) {
    const auto& earlier = kept.empty() ? std::nullopt : kept[static_cast<size_t>(region)];
    splits.push_back(earlier ? *earlier : SplitOf(SplitUniform(region, static_cast<int32_t>(options.seed)), options));
  }
  return splits;
}

std::vector<Split> HashedByBrick(const SplitBricks& bricks, const SplitOptions& options,
                                 std::span<const std::optional<Split>> earlier) {
  std::vector<Split> splits;
  splits.reserve(bricks.name.size());
  for (size_t i = 0; i < bricks.name.size(); ++i) {
    const bool keeps = !earlier.empty() && earlier[i];
    splits.push_back(keeps ? *earlier[i]
                           : SplitOf(SplitUniform(bricks.name[i], static_cast<int32_t>(options.seed)), options));
  }
  return splits;
}

}  // namespace

Result<SplitAssignment> AssignSplits(const SplitBricks& bricks, const SplitOptions& options,
                                     std::span<const std::optional<Split>> earlier, const StopToken& stop) {
  SplitAssignment assignment;
  const SplitMethod method = MethodOf(options);
  if (method == SplitMethod::kBrick) {
    assignment.of_region.resize(static_cast<size_t>(bricks.num_regions));
    assignment.of_brick = HashedByBrick(bricks, options, earlier);
  } else {
    OptionalSplits kept;
    if (!earlier.empty()) kept = KeptOfRegions(bricks, earlier, assignment.kept);
    std::vector<Split> of_region;
    if (method == SplitMethod::kBalanced) {
      ARROW_ASSIGN_OR_RAISE(of_region, Balanced(bricks, options, kept, stop));
    } else {
      of_region = Hashed(options, bricks.num_regions, kept);
    }
    assignment.of_region.assign(of_region.begin(), of_region.end());
    assignment.of_brick.reserve(bricks.region_id.size());
    for (const int32_t id : bricks.region_id) assignment.of_brick.push_back(of_region[static_cast<size_t>(id)]);
  }
  CountBricks(bricks, earlier, assignment.of_brick, assignment.kept);
  return assignment;
}

}  // namespace dhs::regions
