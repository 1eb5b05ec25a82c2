// SPDX-License-Identifier: Apache-2.0
#include "regions/split_buffer.h"

#include <algorithm>
#include <array>

#include "base/thread_pool.h"

namespace dhs::regions {

namespace {

constexpr size_t kNumSplits = kSplitNames.size();

// Bricks of one row and split that touch each other.
struct Stretch {
  double ra1_deg, ra2_deg;
  Split split;
};

// Stretches of row r: all[first[r] .. first[r + 1]).
struct Stretches {
  std::vector<Stretch> all;
  std::vector<size_t> first;
};

Stretches MakeStretches(const BrickRows& bricks, std::span<const Split> splits) {
  Stretches stretches;
  stretches.first.reserve(bricks.rows.size() + 1);
  for (const BrickRow& row : bricks.rows) {
    stretches.first.push_back(stretches.all.size());
    for (const RaInterval& interval : bricks.Of(row)) {
      const Split split = splits[static_cast<size_t>(interval.brick)];
      if (split == Split::kBuffer) continue;
      const bool is_first = stretches.all.size() == stretches.first.back();
      if (!is_first && stretches.all.back().split == split &&
          interval.ra1_deg - stretches.all.back().ra2_deg <= kSameEdgeDeg) {
        stretches.all.back().ra2_deg = interval.ra2_deg;
      } else {
        stretches.all.push_back({interval.ra1_deg, interval.ra2_deg, split});
      }
    }
  }
  stretches.first.push_back(stretches.all.size());
  return stretches;
}

// How many stretches of each split reach each interval of one row, as differences from one interval to the next.
class Cover {
 public:
  explicit Cover(std::span<const RaInterval> row) : row_(row) {
    for (auto& steps : steps_) steps.assign(row.size() + 1, 0);
  }

  // Intervals with a point in the open range; it may be wider than the circle and lie anywhere on it.
  void Add(Split split, double ra1_deg, double ra2_deg) {
    ForEachPlainRange(ra1_deg, ra2_deg, [&](double ra1, double ra2) { AddPlain(split, ra1, ra2); });
  }

  // Calls mark(interval) for those that a split other than their own reaches.
  template <typename Mark>
  void ForEachReached(std::span<const Split> splits, Mark mark) const {
    std::array<int32_t, kNumSplits> covering{};
    for (size_t i = 0; i < row_.size(); ++i) {
      const auto own = static_cast<size_t>(splits[static_cast<size_t>(row_[i].brick)]);
      bool is_reached = false;
      for (size_t s = 0; s < kNumSplits; ++s) {
        covering[s] += steps_[s][i];
        is_reached |= s != own && covering[s] > 0;
      }
      if (is_reached && own < kNumSplits) mark(row_[i]);
    }
  }

 private:
  void AddPlain(Split split, double ra1_deg, double ra2_deg) {
    const auto first = std::partition_point(row_.begin(), row_.end(),
                                            [&](const RaInterval& interval) { return interval.ra2_deg <= ra1_deg; });
    const auto last =
        std::partition_point(first, row_.end(), [&](const RaInterval& interval) { return interval.ra1_deg < ra2_deg; });
    auto& steps = steps_[static_cast<size_t>(split)];
    ++steps[static_cast<size_t>(first - row_.begin())];
    --steps[static_cast<size_t>(last - row_.begin())];
  }

  std::span<const RaInterval> row_;
  std::array<std::vector<int32_t>, kNumSplits> steps_;
};

void MarkRow(const BrickRows& bricks, std::span<const Split> splits, const Stretches& stretches, size_t r,
             double buffer_deg, std::vector<Split>& marked) {
  const BrickRow& row = bricks.rows[r];
  Cover cover(bricks.Of(row));
  ForEachRowInReach(bricks, row, buffer_deg, [&](size_t other, double reach_deg) {
    for (size_t s = stretches.first[other]; s < stretches.first[other + 1]; ++s) {
      const Stretch& stretch = stretches.all[s];
      cover.Add(stretch.split, stretch.ra1_deg - reach_deg, stretch.ra2_deg + reach_deg);
    }
  });
  cover.ForEachReached(splits, [&](const RaInterval& i) { marked[static_cast<size_t>(i.brick)] = Split::kBuffer; });
}

}  // namespace

Result<std::vector<Split>> MarkBuffer(const BrickRows& bricks, std::span<const Split> splits, double buffer_deg,
                                      int num_threads, const StopToken& stop) {
  const Stretches stretches = MakeStretches(bricks, splits);
  std::vector<Split> marked(splits.begin(), splits.end());
  // A brick is in one row alone, so threads never write to the same one.
  ARROW_RETURN_NOT_OK(
      base::ParallelFor(num_threads, static_cast<int64_t>(bricks.rows.size()), stop, [&](int, int64_t r) {
        MarkRow(bricks, splits, stretches, static_cast<size_t>(r), buffer_deg, marked);
        return Status::OK();
      }));
  return marked;
}

}  // namespace dhs::regions
