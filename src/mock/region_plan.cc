// SPDX-License-Identifier: Apache-2.0
//
// Numbers and their standing. Measured: everything in SPEC 12 that is named below. Assumed: how the bricks outside the
// four largest regions are shared out (sizes with a heavy tail, at most 630 bricks), and where regions lie.
#include "mock/region_plan.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <queue>
#include <utility>

#include <fmt/format.h>

#include "mock/random.h"

namespace dhs::mock {
namespace {

using regions::Split;

constexpr uint64_t kPlaceStream = 20;
constexpr uint64_t kSizeStream = 21;
constexpr int32_t kSplitSeed = 13;

constexpr int32_t kFullRegions = 3477;
constexpr int64_t kFullUnselectedBricks = 261'304 - 256'277;
constexpr int64_t kFullEmptyBricks = 256'277 - 256'208;
constexpr int64_t kMaxSmallRegion = 630;

// The four regions that hold most of the sky, each in a round patch of its own.
struct LargeRegion {
  int32_t full_scale_id;
  Split split;
  int64_t num_bricks;
  double ra_deg, dec_deg;
};
constexpr LargeRegion kLargeRegions[] = {{1961, Split::kTest, 115'023, 170, 5},
                                         {0, Split::kTest, 91'039, 20, -25},
                                         {2659, Split::kTrain, 23'885, 290, 40},
                                         {2467, Split::kVal, 18'324, 280, -40}};

// What the real catalog has of each split beside these four: selected regions, their bricks, and all rows.
struct SplitFigures {
  int64_t small_regions, small_bricks, rows;
};
constexpr std::array<SplitFigures, 3> kFigures = {
    SplitFigures{297, 4'870, 2'208'075}, SplitFigures{230, 640, 1'454'614}, SplitFigures{280, 2'496, 16'025'058}};

using UnitVector = std::array<double, 3>;

UnitVector VectorOf(double ra_deg, double dec_deg) {
  constexpr double kRadians = std::numbers::pi / 180;
  const double cos_dec = std::cos(dec_deg * kRadians);
  return {cos_dec * std::cos(ra_deg * kRadians), cos_dec * std::sin(ra_deg * kRadians), std::sin(dec_deg * kRadians)};
}

// Numbers of bricks of `count` regions that add up to `total`, with a heavy tail, falling.
std::vector<int64_t> DrawSizes(Rng& rng, int64_t count, int64_t total) {
  std::vector<int64_t> sizes(static_cast<size_t>(count), 1);
  if (count == 0) return sizes;
  std::vector<double> weights(sizes.size());
  double sum = 0;
  for (double& weight : weights) sum += weight = std::pow(rng.Uniform(), -0.9);
  const auto spare = static_cast<double>(std::max<int64_t>(0, total - count));
  int64_t given = count;
  for (size_t i = 0; i < sizes.size(); ++i) {
    const auto more = std::min(kMaxSmallRegion - 1, static_cast<int64_t>(spare * weights[i] / sum));
    sizes[i] += more;
    given += more;
  }
  for (size_t i = 0; given < total; i = (i + 1) % sizes.size()) {
    if (sizes[i] == kMaxSmallRegion) continue;
    ++sizes[i];
    ++given;
  }
  std::sort(sizes.rbegin(), sizes.rend());
  return sizes;
}

// Which region each brick of the sky is in.
class Sky {
 public:
  Sky() : owner_(static_cast<size_t>(sky::kNumBricks) + 1, -1) {}

  // The `count` bricks of a new region that grows from `start` in all directions, or nothing if there is no room.
  std::vector<sky::Brick> Grow(int32_t region, sky::Brick start, int64_t count) {
    const UnitVector center = VectorOf(sky::CenterRaDeg(start), sky::CenterDecDeg(start));
    const auto distance = [&](sky::Brick brick) {  // rises with the angle
      const UnitVector v = VectorOf(sky::CenterRaDeg(brick), sky::CenterDecDeg(brick));
      return -(v[0] * center[0] + v[1] * center[1] + v[2] * center[2]);
    };
    using Entry = std::pair<double, sky::Brick>;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
    std::vector<sky::Brick> taken;
    queue.emplace(distance(start), start);
    while (!queue.empty() && static_cast<int64_t>(taken.size()) < count) {
      const sky::Brick brick = queue.top().second;
      queue.pop();
      const std::vector<sky::Brick> neighbors = sky::EdgeNeighbors(brick);
      if (Owner(brick) != -1 || !IsApart(region, neighbors)) continue;
      Owner(brick) = region;
      taken.push_back(brick);
      for (const sky::Brick neighbor : neighbors) {
        if (Owner(neighbor) == -1) queue.emplace(distance(neighbor), neighbor);
      }
    }
    if (static_cast<int64_t>(taken.size()) == count) return taken;
    for (const sky::Brick brick : taken) Owner(brick) = -1;
    return {};
  }

 private:
  int32_t& Owner(sky::Brick brick) { return owner_[static_cast<size_t>(sky::BrickId(brick))]; }
  bool IsApart(int32_t region, const std::vector<sky::Brick>& neighbors) {
    return std::all_of(neighbors.begin(), neighbors.end(),
                       [&](sky::Brick neighbor) { return Owner(neighbor) == -1 || Owner(neighbor) == region; });
  }
  std::vector<int32_t> owner_;  // by brick id; -1 = none
};

Status Place(Sky& sky, Rng& rng, PlannedRegion& region, int64_t num_bricks) {
  constexpr int kMaxTries = 10'000;
  for (int i = 0; i < kMaxTries && region.bricks.empty(); ++i) {
    const double ra_deg = rng.Uniform(0, 360);
    const double dec_deg = std::asin(rng.Uniform(-0.995, 0.995)) * 180 / std::numbers::pi;
    region.bricks = sky.Grow(region.region_id, sky::BrickAt(ra_deg, dec_deg), num_bricks);
  }
  if (!region.bricks.empty()) return Status::OK();
  return InternalError(fmt::format("no room on the sky for region {} of {} bricks", region.region_id, num_bricks));
}

// Ids of the regions that are not yet planned, of one split, in a random order.
std::vector<int32_t> FreeIds(const RegionPlan& plan, Split split, uint64_t seed) {
  std::vector<int32_t> ids;
  for (const PlannedRegion& region : plan.regions) {
    if (region.split == split && !region.selected) ids.push_back(region.region_id);
  }
  std::sort(ids.begin(), ids.end(), [seed](int32_t a, int32_t b) {
    return Mix(seed ^ Mix(static_cast<uint64_t>(a))) < Mix(seed ^ Mix(static_cast<uint64_t>(b)));
  });
  return ids;
}

int64_t Scaled(int64_t full, double scale) {
  return std::max<int64_t>(1, std::llround(static_cast<double>(full) * scale));
}

}  // namespace

Result<RegionPlan> PlanRegions(uint64_t seed, int64_t num_rows) {
  if (num_rows < kMinMockRows || num_rows > kFullScaleRows) {
    return UsageError(fmt::format("--rows {}: expected {} to {}", num_rows, kMinMockRows, kFullScaleRows));
  }
  const double scale = static_cast<double>(num_rows) / static_cast<double>(kFullScaleRows);
  const double root = std::sqrt(scale);
  RegionPlan plan;
  plan.regions.resize(static_cast<size_t>(std::max<int64_t>(60, Scaled(kFullRegions, root))));
  for (size_t id = 0; id < plan.regions.size(); ++id) {
    plan.regions[id].region_id = static_cast<int32_t>(id);
    plan.regions[id].split = regions::SplitOf(regions::SplitUniform(static_cast<int32_t>(id), kSplitSeed), {});
  }

  // Large regions first: later ones find room beside them.
  std::vector<std::pair<int64_t, int32_t>> sizes;  // bricks, region
  Sky sky;
  for (const LargeRegion& large : kLargeRegions) {
    const bool full = plan.regions.size() == kFullRegions;
    PlannedRegion& region =
        plan.regions[static_cast<size_t>(full ? large.full_scale_id : FreeIds(plan, large.split, seed).front())];
    region.selected = true;
    region.bricks =
        sky.Grow(region.region_id, sky::BrickAt(large.ra_deg, large.dec_deg), Scaled(large.num_bricks, scale));
    if (region.bricks.empty()) return InternalError(fmt::format("no room for region {}", region.region_id));
  }
  Rng size_rng(seed, 0, kSizeStream);
  for (size_t s = 0; s < kFigures.size(); ++s) {
    const SplitFigures& figures = kFigures[s];
    const std::vector<int32_t> ids = FreeIds(plan, static_cast<Split>(s), seed);
    const int64_t count = std::min<int64_t>(Scaled(figures.small_regions, root), static_cast<int64_t>(ids.size()));
    const std::vector<int64_t> drawn = DrawSizes(size_rng, count, std::max(count, Scaled(figures.small_bricks, scale)));
    for (size_t i = 0; i < drawn.size(); ++i) {
      plan.regions[static_cast<size_t>(ids[i])].selected = true;
      sizes.emplace_back(drawn[i], ids[i]);
    }
    plan.rows_by_split[s] = Scaled(figures.rows, scale);
  }
  std::vector<int32_t> rest;
  for (const PlannedRegion& region : plan.regions) {
    if (!region.selected) rest.push_back(region.region_id);
  }
  const auto num_rest = static_cast<int64_t>(rest.size());
  const std::vector<int64_t> drawn =
      DrawSizes(size_rng, num_rest, std::max(num_rest, Scaled(kFullUnselectedBricks, scale)));
  for (size_t i = 0; i < drawn.size(); ++i) sizes.emplace_back(drawn[i], rest[i]);

  std::sort(sizes.begin(), sizes.end(),
            [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
  Rng place_rng(seed, 0, kPlaceStream);
  for (const auto& [num_bricks, id] : sizes) {
    ARROW_RETURN_NOT_OK(Place(sky, place_rng, plan.regions[static_cast<size_t>(id)], num_bricks));
  }
  for (PlannedRegion& region : plan.regions) {
    std::sort(region.bricks.begin(), region.bricks.end(),
              [](sky::Brick a, sky::Brick b) { return sky::NameOf(a) < sky::NameOf(b); });
    if (region.selected) plan.num_selected_bricks += static_cast<int64_t>(region.bricks.size());
  }
  plan.num_empty_bricks = Scaled(kFullEmptyBricks, scale);
  // Rounding by split must not change the total.
  plan.rows_by_split[static_cast<size_t>(Split::kTest)] = num_rows -
                                                          plan.rows_by_split[static_cast<size_t>(Split::kTrain)] -
                                                          plan.rows_by_split[static_cast<size_t>(Split::kVal)];
  return plan;
}

}  // namespace dhs::mock
