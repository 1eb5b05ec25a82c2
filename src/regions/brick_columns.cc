// SPDX-License-Identifier: Apache-2.0
#include "regions/brick_columns.h"

namespace dhs::regions {

namespace {

template <typename T>
std::vector<T> TakeColumn(const std::vector<T>& values, std::span<const int32_t> rows) {
  std::vector<T> taken;
  if (values.empty()) return taken;
  taken.reserve(rows.size());
  for (const int32_t row : rows) taken.push_back(values[static_cast<size_t>(row)]);
  return taken;
}

template <typename T, size_t N>
std::array<std::vector<T>, N> TakeColumns(const std::array<std::vector<T>, N>& columns, std::span<const int32_t> rows) {
  std::array<std::vector<T>, N> taken;
  for (size_t i = 0; i < N; ++i) taken[i] = TakeColumn(columns[i], rows);
  return taken;
}

}  // namespace

BrickColumns Take(const BrickColumns& bricks, std::span<const int32_t> rows) {
  BrickColumns taken;
  taken.name = TakeColumn(bricks.name, rows);
  taken.ra_deg = TakeColumn(bricks.ra_deg, rows);
  taken.dec_deg = TakeColumn(bricks.dec_deg, rows);
  taken.area_deg2 = TakeColumn(bricks.area_deg2, rows);
  taken.ra1_deg = TakeColumn(bricks.ra1_deg, rows);
  taken.ra2_deg = TakeColumn(bricks.ra2_deg, rows);
  taken.dec1_deg = TakeColumn(bricks.dec1_deg, rows);
  taken.dec2_deg = TakeColumn(bricks.dec2_deg, rows);
  taken.ebv_mag = TakeColumn(bricks.ebv_mag, rows);
  taken.psfsize_arcsec = TakeColumns(bricks.psfsize_arcsec, rows);
  taken.psfdepth_mag = TakeColumns(bricks.psfdepth_mag, rows);
  taken.nexp = TakeColumns(bricks.nexp, rows);
  taken.n_gal = TakeColumn(bricks.n_gal, rows);
  taken.n_lrg = TakeColumns(bricks.n_lrg, rows);
  return taken;
}

}  // namespace dhs::regions
