// SPDX-License-Identifier: Apache-2.0
#include "regions/near_regions.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <utility>

#include "base/thread_pool.h"

namespace dhs::regions {

namespace {

// Bricks of one row and region that touch each other.
struct Stretch {
  double ra1_deg, ra2_deg;
  int32_t region;
};

std::vector<std::vector<Stretch>> MakeStretches(const BrickRows& bricks, std::span<const int32_t> region_id) {
  std::vector<std::vector<Stretch>> stretches;
  for (const BrickRow& row : bricks.rows) {
    auto& of_row = stretches.emplace_back();
    for (const RaInterval& interval : bricks.Of(row)) {
      const int32_t region = region_id[static_cast<size_t>(interval.brick)];
      if (!of_row.empty() && of_row.back().region == region &&
          interval.ra1_deg - of_row.back().ra2_deg <= kSameEdgeDeg) {
        of_row.back().ra2_deg = interval.ra2_deg;
      } else {
        of_row.push_back({interval.ra1_deg, interval.ra2_deg, region});
      }
    }
  }
  return stretches;
}

using BrickAndRegion = std::pair<int32_t, int32_t>;

// Adds (brick, region) for the bricks of one row that a stretch of another region reaches.
class Reached {
 public:
  Reached(std::span<const RaInterval> row, std::span<const int32_t> region_id, std::vector<BrickAndRegion>& found)
      : row_(row), region_id_(region_id), found_(found) {}

  // The open range may be wider than the circle and lie anywhere on it.
  void Add(int32_t region, double ra1_deg, double ra2_deg) {
    ForEachPlainRange(ra1_deg, ra2_deg, [&](double ra1, double ra2) { AddPlain(region, ra1, ra2); });
  }

 private:
  void AddPlain(int32_t region, double ra1_deg, double ra2_deg) {
    auto interval = std::partition_point(row_.begin(), row_.end(),
                                         [&](const RaInterval& other) { return other.ra2_deg <= ra1_deg; });
    for (; interval != row_.end() && interval->ra1_deg < ra2_deg; ++interval) {
      if (region_id_[static_cast<size_t>(interval->brick)] != region) found_.emplace_back(interval->brick, region);
    }
  }

  const std::span<const RaInterval> row_;
  const std::span<const int32_t> region_id_;
  std::vector<BrickAndRegion>& found_;
};

// (brick, near region) of one row, found so far: sorted, without repeats.
void SortWithoutRepeats(std::vector<BrickAndRegion>& found) {
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
}

// Those of one row. Repeats, one for each row in reach, never take more memory than what they repeat, or a few MB.
std::vector<BrickAndRegion> NearOfRow(const BrickRows& bricks, std::span<const int32_t> region_id,
                                      const std::vector<std::vector<Stretch>>& stretches, const BrickRow& row,
                                      double buffer_deg) {
  constexpr size_t kLeastToSort = 1 << 18;
  std::vector<BrickAndRegion> found;
  size_t sort_at = kLeastToSort;
  Reached reached(bricks.Of(row), region_id, found);
  ForEachRowInReach(bricks, row, buffer_deg, [&](size_t other, double reach_deg) {
    for (const Stretch& stretch : stretches[other]) {
      reached.Add(stretch.region, stretch.ra1_deg - reach_deg, stretch.ra2_deg + reach_deg);
    }
    if (found.size() < sort_at) return;
    SortWithoutRepeats(found);
    sort_at = std::max(kLeastToSort, 2 * found.size());
  });
  SortWithoutRepeats(found);
  return found;
}

// near[first[b] .. first[b + 1]) of brick b.
struct NearLists {
  std::vector<int32_t> near;
  std::vector<size_t> first;
};

NearLists Gather(const std::vector<std::vector<BrickAndRegion>>& of_rows, size_t num_bricks) {
  NearLists lists;
  lists.first.assign(num_bricks + 1, 0);
  for (const auto& row : of_rows) {
    for (const auto& [brick, region] : row) ++lists.first[static_cast<size_t>(brick) + 1];
  }
  for (size_t b = 0; b < num_bricks; ++b) lists.first[b + 1] += lists.first[b];
  std::vector<size_t> next(lists.first.begin(), lists.first.end() - 1);
  lists.near.resize(lists.first.back());
  for (const auto& row : of_rows) {
    for (const auto& [brick, region] : row) lists.near[next[static_cast<size_t>(brick)]++] = region;
  }
  return lists;
}

BrickGroups MakeGroups(const NearLists& lists, std::span<const int32_t> region_id) {
  BrickGroups groups;
  // Most bricks are near no other region: they are told without a look into the map.
  const int32_t num_regions = region_id.empty() ? 0 : *std::max_element(region_id.begin(), region_id.end()) + 1;
  std::vector<int32_t> inner(static_cast<size_t>(num_regions), -1);
  std::map<std::vector<int32_t>, int32_t> by_near;  // its region, then those near
  std::vector<int32_t> key;
  for (size_t b = 0; b < region_id.size(); ++b) {
    const auto near = std::span(lists.near).subspan(lists.first[b], lists.first[b + 1] - lists.first[b]);
    int32_t* group = &inner[static_cast<size_t>(region_id[b])];
    if (!near.empty()) {
      key.assign(1, region_id[b]);
      key.insert(key.end(), near.begin(), near.end());
      group = &by_near.try_emplace(key, -1).first->second;
    }
    if (*group < 0) {
      *group = static_cast<int32_t>(groups.region.size());
      groups.region.push_back(region_id[b]);
      groups.near.emplace_back(near.begin(), near.end());
    }
    groups.of_brick.push_back(*group);
  }
  return groups;
}

}  // namespace

int64_t LooksOf(const BrickGroups& groups) {
  int64_t looks = 0;
  for (const auto& near : groups.near) {
    const auto touched = static_cast<int64_t>(near.size()) + 1;
    looks += touched * touched;
  }
  return looks;
}

Result<std::optional<BrickGroups>> GroupByNearRegions(const BrickRows& bricks, std::span<const int32_t> region_id,
                                                      double buffer_deg, int num_threads, const StopToken& stop,
                                                      const NearLimits& limits) {
  const auto stretches = MakeStretches(bricks, region_id);
  std::vector<std::vector<BrickAndRegion>> of_rows(bricks.rows.size());
  std::atomic<int64_t> num_pairs = 0;  // once above the limit it stays there, whatever the order of the rows
  ARROW_RETURN_NOT_OK(
      base::ParallelFor(num_threads, static_cast<int64_t>(of_rows.size()), stop, [&](int, int64_t index) {
        const auto r = static_cast<size_t>(index);
        if (num_pairs > limits.pairs) return Status::OK();
        of_rows[r] = NearOfRow(bricks, region_id, stretches, bricks.rows[r], buffer_deg);
        num_pairs += static_cast<int64_t>(of_rows[r].size());
        return Status::OK();
      }));
  if (num_pairs > limits.pairs) return std::optional<BrickGroups>();
  const NearLists lists = Gather(of_rows, region_id.size());
  of_rows = {};
  BrickGroups groups = MakeGroups(lists, region_id);
  if (static_cast<int64_t>(groups.region.size()) > limits.groups || LooksOf(groups) > limits.looks) {
    return std::optional<BrickGroups>();
  }
  return std::optional(std::move(groups));
}

}  // namespace dhs::regions
