// SPDX-License-Identifier: Apache-2.0
#include "map/cells.h"

#include <algorithm>
#include <tuple>

namespace dhs::map {

namespace {

// Cells of one declination row and value that touch become one. Sorted by (dec1, dec2, ra1).
std::vector<Cell> MergeAlongRows(std::vector<Cell> cells) {
  std::sort(cells.begin(), cells.end(), [](const Cell& a, const Cell& b) {
    return std::tie(a.bounds.dec1_deg, a.bounds.dec2_deg, a.bounds.ra1_deg) <
           std::tie(b.bounds.dec1_deg, b.bounds.dec2_deg, b.bounds.ra1_deg);
  });
  std::vector<Cell> runs;
  for (const Cell& cell : cells) {
    if (!runs.empty()) {
      Cell& last = runs.back();
      if (last.value == cell.value && last.bounds.dec1_deg == cell.bounds.dec1_deg &&
          last.bounds.dec2_deg == cell.bounds.dec2_deg && last.bounds.ra2_deg == cell.bounds.ra1_deg) {
        last.bounds.ra2_deg = cell.bounds.ra2_deg;
        continue;
      }
    }
    runs.push_back(cell);
  }
  return runs;
}

bool SameRow(const Cell& a, const Cell& b) {
  return a.bounds.dec1_deg == b.bounds.dec1_deg && a.bounds.dec2_deg == b.bounds.dec2_deg;
}

// Meridians between neighbours of one row, RA 360 and RA 0 included.
void AddMeridians(std::span<const Cell> row, std::vector<Border>& borders) {
  const auto add = [&](const Cell& cell, double ra_deg) {
    borders.push_back({ra_deg, cell.bounds.dec1_deg, ra_deg, cell.bounds.dec2_deg});
  };
  for (size_t i = 0; i + 1 < row.size(); ++i) {
    if (row[i].bounds.ra2_deg == row[i + 1].bounds.ra1_deg) add(row[i], row[i].bounds.ra2_deg);
  }
  if (row.front().bounds.ra1_deg == 0.0 && row.back().bounds.ra2_deg == 360.0 &&
      row.front().value != row.back().value) {
    add(row.front(), 0.0);
  }
}

// Parallels between two rows that touch.
void AddParallels(std::span<const Cell> south, std::span<const Cell> north, std::vector<Border>& borders) {
  const double dec_deg = north.front().bounds.dec1_deg;
  const size_t first = borders.size();
  for (size_t i = 0, j = 0; i < south.size() && j < north.size();) {
    const double ra1_deg = std::max(south[i].bounds.ra1_deg, north[j].bounds.ra1_deg);
    const double ra2_deg = std::min(south[i].bounds.ra2_deg, north[j].bounds.ra2_deg);
    if (ra1_deg < ra2_deg && south[i].value != north[j].value) {
      if (borders.size() > first && borders.back().ra2_deg == ra1_deg) {
        borders.back().ra2_deg = ra2_deg;
      } else {
        borders.push_back({ra1_deg, dec_deg, ra2_deg, dec_deg});
      }
    }
    if (south[i].bounds.ra2_deg < north[j].bounds.ra2_deg) {
      ++i;
    } else {
      ++j;
    }
  }
}

}  // namespace

std::vector<Cell> MergeCells(std::vector<Cell> cells) {
  std::vector<Cell> runs = MergeAlongRows(std::move(cells));
  std::sort(runs.begin(), runs.end(), [](const Cell& a, const Cell& b) {
    return std::tie(a.value, a.bounds.ra1_deg, a.bounds.ra2_deg, a.bounds.dec1_deg) <
           std::tie(b.value, b.bounds.ra1_deg, b.bounds.ra2_deg, b.bounds.dec1_deg);
  });
  std::vector<Cell> merged;
  for (const Cell& run : runs) {
    if (!merged.empty()) {
      Cell& last = merged.back();
      if (last.value == run.value && last.bounds.ra1_deg == run.bounds.ra1_deg &&
          last.bounds.ra2_deg == run.bounds.ra2_deg && last.bounds.dec2_deg == run.bounds.dec1_deg) {
        last.bounds.dec2_deg = run.bounds.dec2_deg;
        continue;
      }
    }
    merged.push_back(run);
  }
  std::sort(merged.begin(), merged.end(), [](const Cell& a, const Cell& b) {
    return std::tie(a.value, a.bounds.dec1_deg, a.bounds.ra1_deg) <
           std::tie(b.value, b.bounds.dec1_deg, b.bounds.ra1_deg);
  });
  return merged;
}

std::vector<Border> BordersBetween(std::vector<Cell> cells) {
  std::erase_if(cells, [](const Cell& cell) { return cell.value < 0; });
  const std::vector<Cell> runs = MergeAlongRows(std::move(cells));
  std::vector<Border> borders;
  std::span<const Cell> south;
  for (size_t begin = 0, end = 0; begin < runs.size(); begin = end) {
    for (end = begin; end < runs.size() && SameRow(runs[end], runs[begin]);) ++end;
    const std::span<const Cell> row(runs.data() + begin, end - begin);
    AddMeridians(row, borders);
    if (!south.empty() && south.front().bounds.dec2_deg == row.front().bounds.dec1_deg) {
      AddParallels(south, row, borders);
    }
    south = row;
  }
  return borders;
}

}  // namespace dhs::map
