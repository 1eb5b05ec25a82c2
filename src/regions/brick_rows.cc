// SPDX-License-Identifier: Apache-2.0
#include "regions/brick_rows.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

namespace dhs::regions {

namespace {

struct Placed {
  double dec1_deg, dec2_deg;
  RaInterval interval;
};

bool IsOfRow(const Placed& placed, double dec1_deg, double dec2_deg) {
  return std::fabs(placed.dec1_deg - dec1_deg) <= kSameEdgeDeg && std::fabs(placed.dec2_deg - dec2_deg) <= kSameEdgeDeg;
}

// Calls visit(dec1, dec2, interval) for each interval of each brick.
template <typename Visit>
void ForEachInterval(const BrickBoxes& boxes, Visit visit) {
  for (size_t i = 0; i < boxes.size(); ++i) {
    const sky::BrickBounds b = boxes.Of(i);
    const auto brick = static_cast<int32_t>(i);
    if (b.ra2_deg <= 360.0 + kSameEdgeDeg) {
      visit(Placed{b.dec1_deg, b.dec2_deg, {b.ra1_deg, std::min(b.ra2_deg, 360.0), brick}});
    } else {
      visit(Placed{b.dec1_deg, b.dec2_deg, {b.ra1_deg, 360.0, brick}});
      visit(Placed{b.dec1_deg, b.dec2_deg, {0.0, b.ra2_deg - 360.0, brick}});
    }
  }
}

// By rising dec1 and, for equal ones, in the order of bricks, which is nearly that of RA where they come by name.
// Bricks have few different declinations: these are sorted, then the bricks counted out.
std::vector<Placed> PlaceByDec(const BrickBoxes& boxes) {
  std::unordered_map<double, size_t> group_of;
  std::vector<size_t> groups;
  groups.reserve(boxes.size() + boxes.size() / 64);
  ForEachInterval(boxes, [&](const Placed& p) {
    groups.push_back(group_of.try_emplace(p.dec1_deg, group_of.size()).first->second);
  });
  std::vector<std::pair<double, size_t>> by_dec(group_of.begin(), group_of.end());
  std::sort(by_dec.begin(), by_dec.end());
  std::vector<size_t> next(by_dec.size(), 0);
  for (const size_t group : groups) ++next[group];
  size_t sum = 0;
  for (const auto& [dec, group] : by_dec) sum += std::exchange(next[group], sum);
  std::vector<Placed> placed(groups.size());
  size_t i = 0;
  ForEachInterval(boxes, [&](const Placed& p) { placed[next[groups[i++]]++] = p; });
  return placed;
}

Status Overlap(const Placed& a, const Placed& b, const std::vector<sky::BrickName>& names, const std::string& path) {
  const auto text = [&](const Placed& p) {
    return fmt::format("{} (RA {:.10g}..{:.10g}, Dec {:.10g}..{:.10g})",
                       names[static_cast<size_t>(p.interval.brick)].ToString(), p.interval.ra1_deg, p.interval.ra2_deg,
                       p.dec1_deg, p.dec2_deg);
  };
  return DataError({.path = path},
                   fmt::format("expected bricks of one tessellation, in rows of declination and side by side, found {} "
                               "and {}, which overlap in Dec without being of one row, or in both. Correct ra1, ra2, "
                               "dec1 and dec2",
                               text(a), text(b)));
}

}  // namespace

bool IsSameRa(double a_deg, double b_deg) {
  const double apart = std::fabs(a_deg - b_deg);
  return apart <= kSameEdgeDeg || std::fabs(apart - 360.0) <= kSameEdgeDeg;
}

Result<BrickRows> MakeBrickRows(const BrickBoxes& boxes, const std::vector<sky::BrickName>& names,
                                const std::string& path) {
  std::vector<Placed> placed = PlaceByDec(boxes);
  BrickRows result;
  result.num_bricks = boxes.size();
  result.intervals.reserve(placed.size());
  for (size_t first = 0, last = 0; first < placed.size(); first = last) {
    const double dec1 = placed[first].dec1_deg, dec2 = placed[first].dec2_deg;
    while (last < placed.size() && placed[last].dec1_deg < dec2 - kSameEdgeDeg) {
      if (!IsOfRow(placed[last], dec1, dec2)) return Overlap(placed[first], placed[last], names, path);
      ++last;
    }
    const auto begin = placed.begin() + static_cast<ptrdiff_t>(first),
               end = placed.begin() + static_cast<ptrdiff_t>(last);
    const auto by_ra = [](const Placed& a, const Placed& b) {
      return std::tie(a.interval.ra1_deg, a.interval.brick) < std::tie(b.interval.ra1_deg, b.interval.brick);
    };
    if (!std::is_sorted(begin, end, by_ra)) std::sort(begin, end, by_ra);
    for (size_t i = first; i < last; ++i) {
      if (i > first && placed[i].interval.ra1_deg < placed[i - 1].interval.ra2_deg - kSameEdgeDeg) {
        return Overlap(placed[i - 1], placed[i], names, path);
      }
      result.intervals.push_back(placed[i].interval);
    }
    const bool crosses = last - first > 1 && placed[first].interval.brick == placed[last - 1].interval.brick;
    result.rows.push_back({dec1, dec2, first, last, crosses});
  }
  return result;
}

}  // namespace dhs::regions
