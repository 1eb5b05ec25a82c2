// SPDX-License-Identifier: Apache-2.0
#include "regions/ra_arc.h"

#include <algorithm>
#include <limits>

namespace dhs::regions {

namespace {

constexpr double kSameGapDeg = 1e-9;

struct Extent {
  double least = std::numeric_limits<double>::infinity();
  double greatest = -std::numeric_limits<double>::infinity();
};

}  // namespace

// With more cells than points one gap, the one across RA 0 included, is at least a cell wide, so that the widest one
// lies between cells and points within a cell need no order.
RaArc ShortestArc(const std::vector<double>& ra_deg) {
  std::vector<Extent> cells(ra_deg.size() + 1);
  const double cells_per_deg = static_cast<double>(cells.size()) / 360.0;
  for (const double ra : ra_deg) {
    Extent& cell = cells[std::min(static_cast<size_t>(ra * cells_per_deg), cells.size() - 1)];
    cell.least = std::min(cell.least, ra);
    cell.greatest = std::max(cell.greatest, ra);
  }
  std::erase_if(cells, [](const Extent& cell) { return cell.greatest < cell.least; });
  RaArc arc{cells.front().least, cells.back().greatest};
  double widest = arc.from_deg + 360.0 - arc.to_deg;
  for (size_t i = 1; i < cells.size(); ++i) {
    const double gap = cells[i].least - cells[i - 1].greatest;
    if (gap <= widest + kSameGapDeg) continue;
    widest = gap;
    arc = {cells[i].least, cells[i - 1].greatest};
  }
  return arc;
}

}  // namespace dhs::regions
