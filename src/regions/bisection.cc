// SPDX-License-Identifier: Apache-2.0
#include "regions/bisection.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "regions/principal_axes.h"

namespace dhs::regions {

namespace {

// 1 = each part has exactly the area meant for it. An axis this good is taken at once; branches, which cut less
// compactly, are tried below the other.
constexpr double kGoodEvenness = 0.9;
constexpr double kPoorEvenness = 0.75;

size_t Index(int32_t item) { return static_cast<size_t>(item); }

}  // namespace

// One cut. side_[item] is 0 or 1; a try writes it, the best one is kept in best_side_.
class Bisector::Work {
 public:
  Work(Bisector& bisector, std::span<int32_t> items, std::span<const int32_t> set_of, double fraction)
      : b_(bisector), items_(items), set_of_(set_of), set_(set_of[Index(items.front())]), fraction_(fraction) {
    for (const int32_t item : items_) area_ += Area(item);
    queue_.resize(items.size());
  }

  Halves Run() {
    const auto axes = PrincipalAxes(items_, b_.patchwork_.places, b_.patchwork_.areas_deg2);
    CutAcross(axes[0]);
    Compare();
    if (best_evenness_ < kGoodEvenness) {
      CutAcross(axes[1]);
      Compare();
    }
    if (best_evenness_ < kPoorEvenness) {
      CutBranch(axes[0]);
      Compare();
    }
    return Reorder();
  }

 private:
  // Of part_: items of the side in hand that no part holds yet, and items of the other side.
  static constexpr int32_t kUnfilled = -1, kOtherSide = -2;

  double Area(int32_t item) const { return b_.patchwork_.areas_deg2[Index(item)]; }
  uint8_t& Side(int32_t item) { return b_.side_[Index(item)]; }
  int32_t& Part(int32_t item) { return b_.part_[Index(item)]; }

  double Evenness(double area0) const {
    return std::min(area0 / (fraction_ * area_), (area_ - area0) / ((1 - fraction_) * area_));
  }

  std::vector<double> Project(const sky::UnitVector& axis) const {
    std::vector<double> along(items_.size());
    for (size_t i = 0; i < items_.size(); ++i) {
      const sky::UnitVector& place = b_.patchwork_.places[Index(items_[i])];
      along[i] = axis.x * place.x + axis.y * place.y + axis.z * place.z;
    }
    return along;
  }

  void CutAcross(const sky::UnitVector& axis) {
    SplitByValue(Project(axis));
    KeepLargestPart(0);
    KeepLargestPart(1);
  }

  // Side 0 = items of least value that together have the fraction of the area, at least one and not all. Items are
  // counted into bins of value, and only those of the bin with the border are sorted.
  void SplitByValue(const std::vector<double>& values) {
    const size_t num_bins = std::clamp<size_t>(values.size() / 8, 1, 8192);
    const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
    const double origin = *least;
    const double span = *greatest - origin;
    const double scale = span > 0 ? static_cast<double>(num_bins) / span : 0;
    const auto bin_of = [&](double value) {
      return std::min(static_cast<size_t>((value - origin) * scale), num_bins - 1);
    };
    std::vector<double> bin_area(num_bins, 0);
    for (size_t i = 0; i < values.size(); ++i) bin_area[bin_of(values[i])] += Area(items_[i]);
    const double target = fraction_ * area_;
    size_t border = 0;
    double below = 0;
    while (border + 1 < num_bins && below + bin_area[border] < target) below += bin_area[border++];
    std::vector<std::pair<double, int32_t>> in_border;
    size_t num_below = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      const size_t bin = bin_of(values[i]);
      Side(items_[i]) = bin < border ? 0 : 1;
      num_below += bin < border;
      if (bin == border) in_border.emplace_back(values[i], items_[i]);
    }
    std::sort(in_border.begin(), in_border.end());
    for (const auto& [value, item] : in_border) {
      const bool must = num_below == 0, must_not = num_below + 1 == values.size();
      if (!must && (must_not || below + Area(item) / 2 > target)) break;
      Side(item) = 0;
      ++num_below;
      below += Area(item);
    }
  }

  // Leaves the largest connected part of a side where it is and moves the others over.
  void KeepLargestPart(uint8_t side) {
    for (const int32_t item : items_) Part(item) = Side(item) == side ? kUnfilled : kOtherSide;
    int32_t num_parts = 0, largest = 0;
    double largest_area = -1;
    for (const int32_t start : items_) {
      if (Part(start) != kUnfilled) continue;
      const double area = FillPart(start, num_parts);
      if (area > largest_area) {
        largest_area = area;
        largest = num_parts;
      }
      ++num_parts;
    }
    if (num_parts < 2) return;
    for (const int32_t item : items_) {
      if (Part(item) != kOtherSide && Part(item) != largest) Side(item) = 1 - side;
    }
  }

  double FillPart(int32_t start, int32_t part) {
    size_t num_queued = 0;
    queue_[num_queued++] = start;
    Part(start) = part;
    double area = 0;
    for (size_t next = 0; next < num_queued; ++next) {
      const int32_t item = queue_[next];
      area += Area(item);
      for (const int32_t neighbor : b_.patchwork_.neighbors->Of(item)) {
        if (set_of_[Index(neighbor)] != set_ || Part(neighbor) != kUnfilled) continue;
        Part(neighbor) = part;
        queue_[num_queued++] = neighbor;
      }
    }
    return area;
  }

  // One side is a branch of a breadth-first tree from the item at one end, the other the rest of the tree.
  void CutBranch(const sky::UnitVector& axis) {
    const std::vector<double> along = Project(axis);
    const auto end = std::min_element(along.begin(), along.end()) - along.begin();
    const std::vector<int32_t> parent = GrowTree(items_[static_cast<size_t>(end)]);
    std::vector<double> branch_area(items_.size(), 0);
    for (size_t i = items_.size(); i-- > 0;) {
      branch_area[i] += Area(queue_[i]);
      if (i > 0) branch_area[Index(parent[i])] += branch_area[i];
    }
    size_t best = 1;
    uint8_t best_side = 0;
    double evenness = -1;
    for (size_t i = 1; i < items_.size(); ++i) {
      for (const uint8_t side : {uint8_t{0}, uint8_t{1}}) {
        const double e = Evenness(side == 0 ? branch_area[i] : area_ - branch_area[i]);
        if (e > evenness) std::tie(evenness, best, best_side) = std::tuple(e, i, side);
      }
    }
    std::vector<uint8_t> in_branch(items_.size(), 0);
    for (size_t i = 0; i < items_.size(); ++i) {
      in_branch[i] = i == best || (i > best && in_branch[Index(parent[i])]);
      Side(queue_[i]) = in_branch[i] ? best_side : 1 - best_side;
    }
  }

  // Puts the items into queue_ in breadth-first order; returns for each of these the position of its parent.
  std::vector<int32_t> GrowTree(int32_t root) {
    for (const int32_t item : items_) Part(item) = -1;
    std::vector<int32_t> parent(items_.size(), 0);
    size_t num_queued = 0;
    Part(root) = 0;
    queue_[num_queued++] = root;
    for (size_t next = 0; next < num_queued; ++next) {
      for (const int32_t neighbor : b_.patchwork_.neighbors->Of(queue_[next])) {
        if (set_of_[Index(neighbor)] != set_ || Part(neighbor) >= 0) continue;
        Part(neighbor) = 0;
        parent[num_queued] = static_cast<int32_t>(next);
        queue_[num_queued++] = neighbor;
      }
    }
    return parent;
  }

  void Compare() {
    double area0 = 0;
    for (const int32_t item : items_) area0 += Side(item) == 0 ? Area(item) : 0;
    const double evenness = Evenness(area0);
    if (evenness <= best_evenness_) return;
    best_evenness_ = evenness;
    for (const int32_t item : items_) b_.best_side_[Index(item)] = Side(item);
  }

  Halves Reorder() {
    std::vector<int32_t> second;
    Halves halves{0, {0, 0}};
    for (const int32_t item : items_) {
      const uint8_t side = b_.best_side_[Index(item)];
      halves.areas_deg2[side] += Area(item);
      if (side == 0) {
        items_[halves.middle++] = item;
      } else {
        second.push_back(item);
      }
    }
    std::copy(second.begin(), second.end(), items_.begin() + static_cast<ptrdiff_t>(halves.middle));
    return halves;
  }

  Bisector& b_;
  const std::span<int32_t> items_;
  const std::span<const int32_t> set_of_;
  const int32_t set_;
  const double fraction_;
  double area_ = 0;
  double best_evenness_ = -1;
  std::vector<int32_t> queue_;
};

Bisector::Bisector(const Patchwork& patchwork)
    : patchwork_(patchwork),
      side_(patchwork.places.size()),
      best_side_(patchwork.places.size()),
      part_(patchwork.places.size()) {}

Halves Bisector::Cut(std::span<int32_t> items, std::span<const int32_t> set_of, double fraction) {
  return Work(*this, items, set_of, fraction).Run();
}

}  // namespace dhs::regions
