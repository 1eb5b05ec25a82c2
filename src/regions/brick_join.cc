// SPDX-License-Identifier: Apache-2.0
#include "regions/brick_join.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/thread_pool.h"
#include "regions/brick_places.h"
#include "sky/tessellation.h"
#include "stage/stage.h"

namespace dhs::regions {

namespace {

constexpr double kNull = std::numeric_limits<double>::quiet_NaN();
constexpr int32_t kNoRow = -1;
constexpr size_t kNumNamesShown = 5;

// The first few names, and how many more there are.
class NameList {
 public:
  void Add(sky::BrickName name) {
    if (shown_.size() < kNumNamesShown) shown_.push_back(name.ToString());
    ++count_;
  }
  int64_t count() const { return count_; }
  std::string ToString() const {
    const auto num_more = count_ - static_cast<int64_t>(shown_.size());
    return fmt::format("{}{}", fmt::join(shown_, ", "), num_more > 0 ? fmt::format(" and {} more", num_more) : "");
  }

 private:
  std::vector<std::string> shown_;
  int64_t count_ = 0;
};

Result<std::vector<int32_t>> RowsByName(const std::vector<sky::BrickName>& names, const std::string& path) {
  std::vector<std::pair<uint64_t, int32_t>> keys(names.size());
  for (size_t i = 0; i < names.size(); ++i) keys[i] = {names[i].packed(), static_cast<int32_t>(i)};
  if (!std::is_sorted(keys.begin(), keys.end())) std::sort(keys.begin(), keys.end());
  NameList repeated;
  std::vector<int32_t> rows(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    rows[i] = keys[i].second;
    const bool repeats = i > 0 && keys[i].first == keys[i - 1].first;
    if (repeats && (i < 2 || keys[i].first != keys[i - 2].first)) repeated.Add(sky::BrickName(keys[i].first));
  }
  if (repeated.count() > 0) {
    return DataError({.path = path, .column = "brickname"},
                     fmt::format("expected every brick once, found {} more than once: {}",
                                 repeated.count() == 1 ? "one" : FormatCount(repeated.count()), repeated.ToString()));
  }
  return rows;
}

// For each row of `left` (in its name order) the row of `right` with the same name, or kNoRow.
std::vector<int32_t> Match(const std::vector<sky::BrickName>& left, const std::vector<int32_t>& left_rows,
                           const std::vector<sky::BrickName>& right, const std::vector<int32_t>& right_rows) {
  std::vector<int32_t> matches(left_rows.size(), kNoRow);
  size_t r = 0;
  for (size_t l = 0; l < left_rows.size(); ++l) {
    const sky::BrickName name = left[static_cast<size_t>(left_rows[l])];
    while (r < right_rows.size() && right[static_cast<size_t>(right_rows[r])] < name) ++r;
    if (r < right_rows.size() && right[static_cast<size_t>(right_rows[r])] == name) matches[l] = right_rows[r];
  }
  return matches;
}

double ValueAt(const std::vector<double>& column, int32_t row) {
  if (column.empty() || row == kNoRow) return kNull;
  const double value = column[static_cast<size_t>(row)];
  return std::isfinite(value) ? value : kNull;
}

template <typename T>
std::vector<T> Matched(const std::vector<T>& column, const std::vector<int32_t>& rows, T missing) {
  std::vector<T> values;
  if (column.empty()) return values;
  values.reserve(rows.size());
  for (const int32_t row : rows) values.push_back(row == kNoRow ? missing : column[static_cast<size_t>(row)]);
  return values;
}

struct Geometry {
  double ra, dec, area;
};

// Sines of the few declinations that edges of bricks have.
class Sines {
 public:
  double Of(double dec_deg) {
    if (std::isnan(dec_deg)) return kNull;
    const auto [entry, is_new] = sines_.try_emplace(dec_deg, 0.0);
    if (is_new) entry->second = sky::SinDecRounded(dec_deg);
    return entry->second;
  }

 private:
  std::unordered_map<double, double> sines_;
};

// What one thread knows and counts.
struct GeometryWork {
  Sines sines;
  SourceCounts position, area;
};

// One brick's geometry, and where it came from.
Geometry GeometryOf(const BrickColumns& counts, int32_t counts_row, const BrickColumns& bricks, int32_t bricks_row,
                    sky::BrickName name, GeometryWork& result) {
  std::optional<sky::Brick> tile;
  const auto find_tile = [&] {
    if (!tile) tile = sky::BrickFromName(name);
    return tile.has_value();
  };
  Geometry g{ValueAt(counts.ra_deg, counts_row), ValueAt(counts.dec_deg, counts_row),
             ValueAt(counts.area_deg2, counts_row)};
  if (std::isnan(g.ra) || std::isnan(g.dec)) {
    if (std::isnan(g.ra)) g.ra = ValueAt(bricks.ra_deg, bricks_row);
    if (std::isnan(g.dec)) g.dec = ValueAt(bricks.dec_deg, bricks_row);
    if ((std::isnan(g.ra) || std::isnan(g.dec)) && find_tile()) {
      if (std::isnan(g.ra)) g.ra = sky::CenterRaDeg(*tile);
      if (std::isnan(g.dec)) g.dec = sky::CenterDecDeg(*tile);
      ++result.position.tessellation;
    } else {
      ++result.position.bricks_file;
    }
  } else {
    ++result.position.counts;
  }
  if (!std::isnan(g.area)) {
    ++result.area.counts;
    return g;
  }
  sky::BrickBounds bounds{ValueAt(bricks.ra1_deg, bricks_row), ValueAt(bricks.ra2_deg, bricks_row),
                          ValueAt(bricks.dec1_deg, bricks_row), ValueAt(bricks.dec2_deg, bricks_row)};
  if (bounds.ra2_deg < bounds.ra1_deg) bounds.ra2_deg += 360.0;  // across RA 0
  g.area = sky::BoxAreaDeg2(bounds.ra2_deg - bounds.ra1_deg, result.sines.Of(bounds.dec1_deg),
                            result.sines.Of(bounds.dec2_deg));
  if (std::isnan(g.area) && find_tile()) {
    g.area = sky::AreaDeg2(*tile);
    ++result.area.tessellation;
  } else {
    ++result.area.bricks_file;
  }
  return g;
}

// Both tables, with the rows that make brick i of the join.
struct Sources {
  const BrickColumns& counts;
  const std::vector<int32_t>& counts_rows;
  const std::string& counts_path;
  const BrickColumns& bricks;
  const std::vector<int32_t>& bricks_rows;
  const std::string& bricks_path;

  // The counts have a value of their own for brick i.
  bool InCounts(const std::vector<double> BrickColumns::* column, size_t i) const {
    return !std::isnan(ValueAt(counts.*column, counts_rows[i]));
  }
  const std::string& PathOf(const std::vector<double> BrickColumns::* column, size_t i) const {
    return InCounts(column, i) ? counts_path : bricks_path;
  }
};

// RA and Dec within their ranges, the area above 0; the message names the file that gave the value.
Status CheckRanges(const BrickColumns& joined, size_t i, const Sources& sources) {
  const std::string name = joined.name[i].ToString();
  const double ra = joined.ra_deg[i], dec = joined.dec_deg[i], area = joined.area_deg2[i];
  const bool ra_wrong = ra < 0 || ra > 360, dec_wrong = dec < -90 || dec > 90;
  if (!ra_wrong && !dec_wrong && area > 0) return Status::OK();
  if (ra_wrong || dec_wrong || sources.InCounts(&BrickColumns::area_deg2, i)) {
    const std::string& path = ra_wrong    ? sources.PathOf(&BrickColumns::ra_deg, i)
                              : dec_wrong ? sources.PathOf(&BrickColumns::dec_deg, i)
                                          : sources.counts_path;
    return DataError({.path = path},
                     fmt::format("brick {}: expected RA 0..360, Dec -90..90 and an area above 0, found RA {}, Dec {}, "
                                 "area {} deg2",
                                 name, ra, dec, area));
  }
  const BrickColumns& bricks = sources.bricks;
  const auto row = sources.bricks_rows[i];
  return DataError(
      {.path = sources.bricks_path},
      fmt::format("brick {}: expected bounds with ra1 other than ra2 and dec1 < dec2, found ra1 {}, ra2 {}, "
                  "dec1 {}, dec2 {}, an area of {} deg2",
                  name, ValueAt(bricks.ra1_deg, row), ValueAt(bricks.ra2_deg, row), ValueAt(bricks.dec1_deg, row),
                  ValueAt(bricks.dec2_deg, row), area));
}

Status CheckGeometry(const BrickColumns& bricks, const Sources& sources) {
  NameList no_position, no_area;
  for (size_t i = 0; i < bricks.size(); ++i) {
    if (std::isnan(bricks.ra_deg[i]) || std::isnan(bricks.dec_deg[i])) no_position.Add(bricks.name[i]);
    if (std::isnan(bricks.area_deg2[i])) no_area.Add(bricks.name[i]);
  }
  if (no_position.count() + no_area.count() > 0) {
    const NameList& names = no_position.count() > 0 ? no_position : no_area;
    return DataError(
        {.path = sources.counts_path},
        fmt::format("{} brick{} without RA/Dec and {} without area: neither the counts nor the bricks file "
                    "have a value, and the tessellation has no such brick: {}. Add the columns ra, dec and "
                    "area_deg2 to the counts, or correct the names",
                    no_position.count(), no_position.count() == 1 ? "" : "s", no_area.count(), names.ToString()));
  }
  for (size_t i = 0; i < bricks.size(); ++i) ARROW_RETURN_NOT_OK(CheckRanges(bricks, i, sources));
  return Status::OK();
}

void Add(const SourceCounts& counts, SourceCounts& sum) {
  sum.counts += counts.counts;
  sum.bricks_file += counts.bricks_file;
  sum.tessellation += counts.tessellation;
}

// RA, Dec and area of every brick, a stretch of bricks at a time.
Status AddGeometry(const BrickColumns& counts, const std::vector<int32_t>& counts_rows, const BrickColumns& bricks,
                   const std::vector<int32_t>& matches, int num_threads, const StopToken& stop, JoinResult& result) {
  BrickColumns& joined = result.bricks;
  joined.ra_deg.resize(joined.size());
  joined.dec_deg.resize(joined.size());
  joined.area_deg2.resize(joined.size());
  constexpr size_t kStretch = 16'384;
  const size_t num_stretches = (joined.size() + kStretch - 1) / kStretch;
  std::vector<GeometryWork> works(static_cast<size_t>(num_threads));
  ARROW_RETURN_NOT_OK(
      base::ParallelFor(num_threads, static_cast<int64_t>(num_stretches), stop, [&](int worker, int64_t stretch) {
        const size_t first = static_cast<size_t>(stretch) * kStretch;
        for (size_t i = first; i < std::min(first + kStretch, joined.size()); ++i) {
          const Geometry g = GeometryOf(counts, counts_rows[i], bricks, matches[i], joined.name[i],
                                        works[static_cast<size_t>(worker)]);
          joined.ra_deg[i] = g.ra;
          joined.dec_deg[i] = g.dec;
          joined.area_deg2[i] = g.area;
        }
        return Status::OK();
      }));
  for (const GeometryWork& work : works) {
    Add(work.position, result.position);
    Add(work.area, result.area);
  }
  return Status::OK();
}

// Bounds and quality, which only the bricks file has, a column at a time.
Status AddBricksFile(const BrickColumns& bricks, const std::vector<int32_t>& matches, int num_threads,
                     const StopToken& stop, BrickColumns& joined) {
  std::vector<std::function<void()>> tasks;
  const auto add = [&](const auto& from, auto& to, auto missing) {
    tasks.emplace_back([&from, &to, &matches, missing] { to = Matched(from, matches, missing); });
  };
  add(bricks.ra1_deg, joined.ra1_deg, kNull);
  add(bricks.ra2_deg, joined.ra2_deg, kNull);
  add(bricks.dec1_deg, joined.dec1_deg, kNull);
  add(bricks.dec2_deg, joined.dec2_deg, kNull);
  add(bricks.ebv_mag, joined.ebv_mag, kNull);
  for (size_t band = 0; band < kBands.size(); ++band) {
    add(bricks.psfsize_arcsec[band], joined.psfsize_arcsec[band], kNull);
    add(bricks.psfdepth_mag[band], joined.psfdepth_mag[band], kNull);
    add(bricks.nexp[band], joined.nexp[band], kNoCount);
  }
  return base::ParallelFor(num_threads, static_cast<int64_t>(tasks.size()), stop, [&](int, int64_t i) {
    tasks[static_cast<size_t>(i)]();
    return Status::OK();
  });
}

}  // namespace

Result<JoinResult> JoinBricks(const BrickColumns& counts, const std::string& counts_path, const BrickColumns& bricks,
                              const std::string& bricks_path, int num_threads, const StopToken& stop) {
  std::vector<int32_t> counts_rows, bricks_rows;
  ARROW_RETURN_NOT_OK(base::ParallelFor(num_threads, 2, stop, [&](int, int64_t i) {
    return i == 0 ? RowsByName(counts.name, counts_path).Value(&counts_rows)
                  : RowsByName(bricks.name, bricks_path).Value(&bricks_rows);
  }));
  const std::vector<int32_t> matches = Match(counts.name, counts_rows, bricks.name, bricks_rows);
  JoinResult result;
  ARROW_ASSIGN_OR_RAISE(result.bricks, Take(counts, counts_rows, num_threads, stop));
  BrickColumns& joined = result.bricks;
  ARROW_RETURN_NOT_OK(AddGeometry(counts, counts_rows, bricks, matches, num_threads, stop, result));
  const Sources sources{counts, counts_rows, counts_path, bricks, matches, bricks_path};
  ARROW_RETURN_NOT_OK(CheckGeometry(joined, sources));
  ARROW_RETURN_NOT_OK(CheckPlaces(joined, [&sources](size_t i) {
    const bool in_counts = sources.InCounts(&BrickColumns::ra_deg, i) && sources.InCounts(&BrickColumns::dec_deg, i);
    return in_counts ? sources.counts_path : sources.bricks_path;
  }));
  ARROW_RETURN_NOT_OK(AddBricksFile(bricks, matches, num_threads, stop, joined));
  result.not_in_bricks_file = std::count(matches.begin(), matches.end(), kNoRow);
  return result;
}

}  // namespace dhs::regions
