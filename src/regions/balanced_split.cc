// SPDX-License-Identifier: Apache-2.0
#include "regions/balanced_split.h"

#include <algorithm>
#include <numeric>
#include <optional>

namespace dhs::regions {

namespace {

constexpr size_t kNumSplits = kSplitNames.size();
constexpr size_t kNone = kNumSplits;  // unassigned, or in the buffer
constexpr int kMaxPasses = 30;
// Weight of the deviation in area against that of one cumulative value of a property: with 125 of those, the area is
// met to 0.02 points and the distances stay where they are without it.
constexpr double kAreaWeight = 36.0;
// Partners tried for a swap on either side in the order of the regions, which is nearly that of their areas.
constexpr size_t kSwapWindow = 24;
// Regions that swap, the first in the order; for small ones moves do.
constexpr size_t kMaxSwapping = 1000;
// A pass that gains a smaller part of the misfit is the last.
constexpr double kLeastPassGain = 0.03;
// Weight of the share of the area that a buffer takes. On 235,392 simulated bricks of DR10 south with tiles of 50 deg2
// and a buffer of 0.5 deg, 11 % go to the buffer instead of 20 % with weight 0, and no distance exceeds 0.012.
constexpr double kLossWeight = 0.3;
// Smaller gains are rounding.
constexpr double kLeastGain = 1e-13;

struct Step {
  int32_t region;
  size_t to;
};

// An assignment of regions to splits, and what one more step would do to it.
class Assignment {
 public:
  Assignment(const BalanceGroups& groups, int32_t num_regions, const BalanceTargets& targets)
      : groups_(groups),
        fractions_(targets.fractions),
        length_(groups.profiles.length),
        split_of_(static_cast<size_t>(num_regions), kNone),
        area_(static_cast<size_t>(num_regions), 0.0),
        groups_of_(static_cast<size_t>(num_regions)) {
    for (size_t s = 0; s < kNumSplits; ++s) {
      deviation_[s].assign(length_, 0.0);
      change_[s].assign(length_, 0.0);
    }
    for (size_t g = 0; g < groups.region.size(); ++g) {
      const auto region = static_cast<size_t>(groups.region[g]);
      area_[region] += groups.profiles.AreaOf(g);
      groups_of_[region].push_back(static_cast<int32_t>(g));
      for (const int32_t other : NearOf(g)) groups_of_[static_cast<size_t>(other)].push_back(static_cast<int32_t>(g));
    }
  }

  bool Usable(size_t split) const { return fractions_[split] > 0; }
  size_t SplitOfRegion(size_t region) const { return split_of_[region]; }
  double AreaOf(size_t region) const { return area_[region]; }
  int64_t work() const { return work_; }

  // The sum that is minimised, without the loss to the buffer.
  double Misfit() const {
    double misfit = 0;
    for (size_t s = 0; s < kNumSplits; ++s) {
      if (!Usable(s)) continue;
      double sum = 0;
      for (size_t k = 0; k + 1 < length_; ++k) sum += deviation_[s][k] * deviation_[s][k];
      sum += kAreaWeight * deviation_[s].back() * deviation_[s].back();
      misfit += sum / (fractions_[s] * fractions_[s]);
    }
    return misfit;
  }

  // Area above the target, as a fraction of the survey.
  double AreaDeviation(size_t split) const { return deviation_[split].back(); }

  // How much the steps together would lessen the misfit (more is better). Leaves change_ for Take.
  double GainOf(std::span<const Step> steps) {
    FindChanges(steps);
    double gain = kLossWeight * gained_area_;
    for (size_t s = 0; s < kNumSplits; ++s) {
      if (!Usable(s)) continue;
      const double* deviation = deviation_[s].data();
      const double* change = change_[s].data();
      double sum = 0;
      for (size_t k = 0; k + 1 < length_; ++k) sum += change[k] * (2 * deviation[k] + change[k]);
      sum += kAreaWeight * change[length_ - 1] * (2 * deviation[length_ - 1] + change[length_ - 1]);
      gain -= sum / (fractions_[s] * fractions_[s]);
    }
    return gain;
  }

  void Take(std::span<const Step> steps) {
    FindChanges(steps);
    for (size_t s = 0; s < kNumSplits; ++s) {
      for (size_t k = 0; k < length_; ++k) deviation_[s][k] += change_[s][k];
    }
    for (const Step& step : steps) split_of_[static_cast<size_t>(step.region)] = step.to;
  }

 private:
  std::span<const int32_t> NearOf(size_t group) const {
    return groups_.near.empty() ? std::span<const int32_t>() : std::span<const int32_t>(groups_.near[group]);
  }

  size_t SplitWith(std::span<const Step> steps, int32_t region) const {
    for (const Step& step : steps) {
      if (step.region == region) return step.to;
    }
    return split_of_[static_cast<size_t>(region)];
  }

  // The split for which a group counts. A region without a split disturbs nobody.
  size_t OwnerWith(std::span<const Step> steps, size_t group) {
    work_ += static_cast<int64_t>(NearOf(group).size()) + 1;
    const size_t own = SplitWith(steps, groups_.region[group]);
    for (const int32_t region : NearOf(group)) {
      const size_t other = SplitWith(steps, region);
      if (own != kNone && other != kNone && other != own) return kNone;
    }
    return own;
  }

  // Sets change_ to what the steps do to the deviations.
  void FindChanges(std::span<const Step> steps) {
    for (auto& change : change_) std::fill(change.begin(), change.end(), 0.0);
    for (size_t i = 0; i < steps.size(); ++i) {
      for (const int32_t g : groups_of_[static_cast<size_t>(steps[i].region)]) {
        const auto group = static_cast<size_t>(g);
        if (i > 0 && Touches(steps[0].region, group)) continue;  // seen with the first step
        const size_t before = OwnerWith({}, group), after = OwnerWith(steps, group);
        if (before == after) continue;
        Add(before, group, -1.0);
        Add(after, group, 1.0);
      }
    }
    for (size_t k = 0; k < length_; ++k) {
      const double total = change_[0][k] + change_[1][k] + change_[2][k];
      for (size_t s = 0; s < kNumSplits; ++s) change_[s][k] -= fractions_[s] * total;
      gained_area_ = total;  // the last number is the area
    }
    work_ += static_cast<int64_t>(kNumSplits * length_);
  }

  bool Touches(int32_t region, size_t group) {
    const auto near = NearOf(group);
    work_ += static_cast<int64_t>(near.size()) + 1;
    return groups_.region[group] == region || std::find(near.begin(), near.end(), region) != near.end();
  }

  void Add(size_t split, size_t group, double factor) {
    if (split == kNone) return;
    const double* profile = groups_.profiles.Of(group).data();
    double* change = change_[split].data();
    for (size_t k = 0; k < length_; ++k) change[k] += factor * profile[k];
    work_ += static_cast<int64_t>(length_);
  }

  const BalanceGroups& groups_;
  const std::array<double, 3> fractions_;
  const size_t length_;
  std::vector<size_t> split_of_;
  std::vector<double> area_;
  std::vector<std::vector<int32_t>> groups_of_;   // groups of a region, then those that it is near
  std::array<std::vector<double>, 3> deviation_;  // content - fraction x content of all splits
  std::array<std::vector<double>, 3> change_;
  double gained_area_ = 0;  // of change_, in all splits
  int64_t work_ = 0;
};

// Larger regions first; the seed varies the order among regions of similar area.
std::vector<int32_t> OrderOf(const Assignment& assignment, int32_t num_regions, int32_t seed) {
  std::vector<double> key;
  for (int32_t region = 0; region < num_regions; ++region) {
    key.push_back(assignment.AreaOf(static_cast<size_t>(region)) * (1.0 + SplitUniform(region, seed)));
  }
  std::vector<int32_t> order(static_cast<size_t>(num_regions));
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
    const double key_a = key[static_cast<size_t>(a)], key_b = key[static_cast<size_t>(b)];
    return key_a != key_b ? key_a > key_b : a < b;
  });
  return order;
}

void Place(Assignment& assignment, int32_t region) {
  size_t best = kNone;
  double best_gain = 0;
  for (size_t s = 0; s < kNumSplits; ++s) {
    if (!assignment.Usable(s)) continue;
    const Step step{region, s};
    const double gain = assignment.GainOf({&step, 1});
    if (best == kNone || gain > best_gain) best = s, best_gain = gain;
  }
  const Step step{region, best};
  assignment.Take({&step, 1});
}

// Takes the best move of one region if it improves; returns the gain.
double TryMoves(Assignment& assignment, int32_t region) {
  Step best{region, kNone};
  double best_gain = kLeastGain;
  for (size_t s = 0; s < kNumSplits; ++s) {
    if (!assignment.Usable(s) || s == assignment.SplitOfRegion(static_cast<size_t>(region))) continue;
    const Step step{region, s};
    const double gain = assignment.GainOf({&step, 1});
    if (gain > best_gain) best = step, best_gain = gain;
  }
  if (best.to == kNone) return 0;
  assignment.Take({&best, 1});
  return best_gain;
}

// Takes the best swap of the region at `position` of `order` with one that follows it closely, if it improves; returns
// the gain.
double TrySwaps(Assignment& assignment, std::span<const int32_t> order, size_t position) {
  const int32_t region = order[position];
  const size_t split = assignment.SplitOfRegion(static_cast<size_t>(region));
  std::array<Step, 2> best{};
  double best_gain = kLeastGain;
  for (size_t p = position + 1; p < std::min(order.size(), position + 1 + kSwapWindow); ++p) {
    const size_t other = assignment.SplitOfRegion(static_cast<size_t>(order[p]));
    if (other == split) continue;
    const std::array<Step, 2> steps = {Step{region, other}, Step{order[p], split}};
    const double gain = assignment.GainOf(steps);
    if (gain > best_gain) best = steps, best_gain = gain;
  }
  if (best_gain == kLeastGain) return 0;
  assignment.Take(best);
  return best_gain;
}

// Moves and swaps, pass by pass, until they gain too little or the work is done.
Status Improve(Assignment& assignment, std::span<const int32_t> movable, int64_t max_work, const StopToken& stop) {
  const int64_t end = assignment.work() + max_work;
  for (int pass = 0; pass < kMaxPasses; ++pass) {
    double gain = 0;
    for (size_t i = 0; i < movable.size() && assignment.work() < end; ++i) {
      ARROW_RETURN_NOT_OK(stop.Check());
      gain += TryMoves(assignment, movable[i]);
      if (i < kMaxSwapping) gain += TrySwaps(assignment, movable, i);
    }
    if (gain < kLeastPassGain * assignment.Misfit() || assignment.work() >= end) break;
  }
  return Status::OK();
}

// The region of split `from` that disturbs the rest least in split `to`; nothing if there is none.
Result<std::optional<Step>> FindMover(Assignment& assignment, std::span<const int32_t> movable, size_t from, size_t to,
                                      const StopToken& stop) {
  std::optional<Step> best;
  double best_gain = 0;
  for (const int32_t region : movable) {
    if (assignment.SplitOfRegion(static_cast<size_t>(region)) != from) continue;
    ARROW_RETURN_NOT_OK(stop.Check());
    const Step step{region, to};
    const double gain = assignment.GainOf({&step, 1});
    if (!best || gain > best_gain) best = step, best_gain = gain;
  }
  return best;
}

// While the split with most area above its target and the one with most below differ by more than the largest region,
// one region of the former goes to the latter: the one that disturbs the rest least or, when the work is done, the next
// in the order, each at most once. Each such step lessens the sum of squared deviations of the areas, so it ends; and
// then no deviation exceeds the largest region, unless a buffer takes part of what moves.
Status RepairAreas(Assignment& assignment, std::span<const int32_t> movable, int64_t max_work, const StopToken& stop) {
  const int64_t end = assignment.work() + max_work;
  double largest = 0;
  for (const int32_t region : movable) largest = std::max(largest, assignment.AreaOf(static_cast<size_t>(region)));
  size_t next = 0;
  for (size_t round = 0; round < movable.size(); ++round) {
    ARROW_RETURN_NOT_OK(stop.Check());
    size_t most = kNone, least = kNone;
    for (size_t s = 0; s < kNumSplits; ++s) {
      if (!assignment.Usable(s)) continue;
      if (most == kNone || assignment.AreaDeviation(s) > assignment.AreaDeviation(most)) most = s;
      if (least == kNone || assignment.AreaDeviation(s) < assignment.AreaDeviation(least)) least = s;
    }
    if (most == kNone || assignment.AreaDeviation(most) - assignment.AreaDeviation(least) <= largest) break;
    std::optional<Step> step;
    if (assignment.work() < end) {
      ARROW_ASSIGN_OR_RAISE(step, FindMover(assignment, movable, most, least, stop));
    } else {
      while (next < movable.size() && assignment.SplitOfRegion(static_cast<size_t>(movable[next])) != most) ++next;
      if (next < movable.size()) step = Step{movable[next++], least};
    }
    if (!step) break;
    assignment.Take({&*step, 1});
  }
  return Status::OK();
}

}  // namespace

Result<BalancedSplits> BalanceSplits(const BalanceGroups& groups, int32_t num_regions, const BalanceTargets& targets,
                                     std::span<const std::optional<Split>> kept, const StopToken& stop) {
  Assignment assignment(groups, num_regions, targets);
  std::vector<int32_t> movable;
  for (const int32_t region : OrderOf(assignment, num_regions, targets.seed)) {
    ARROW_RETURN_NOT_OK(stop.Check());
    const auto& split = kept.empty() ? std::nullopt : kept[static_cast<size_t>(region)];
    if (!split) {
      movable.push_back(region);
      continue;
    }
    const Step step{region, static_cast<size_t>(*split)};
    assignment.Take({&step, 1});
  }
  for (const int32_t region : movable) {
    ARROW_RETURN_NOT_OK(stop.Check());
    Place(assignment, region);
  }
  ARROW_RETURN_NOT_OK(Improve(assignment, movable, targets.max_work, stop));
  ARROW_RETURN_NOT_OK(RepairAreas(assignment, movable, targets.max_work / 4, stop));
  BalancedSplits splits;
  splits.work = assignment.work();
  for (int32_t region = 0; region < num_regions; ++region) {
    splits.of_region.push_back(static_cast<Split>(assignment.SplitOfRegion(static_cast<size_t>(region))));
  }
  return splits;
}

}  // namespace dhs::regions
