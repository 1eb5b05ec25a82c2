// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dhs/error.h"
#include "fits/table_layout.h"

namespace dhs::scan {

/// Byte offsets, within a row, of the sweep columns that a scan reads. An offset of kAbsent: no such column.
/// DR8, DR9 and DR10 differ in order, in the width of TYPE and in the type of MASKBITS.
struct SweepColumns {
  static constexpr int64_t kAbsent = -1;

  int64_t row_bytes = 0;
  int64_t brickname = 0;  ///< 8A
  int64_t objid = 0;
  char objid_type = 'J';  ///< I, J or K
  int64_t release = kAbsent, brickid = kAbsent;
  char release_type = 'I', brickid_type = 'J';  ///< I, J or K
  int64_t type = 0;
  int64_t type_width = 0;
  int64_t ra = 0, dec = 0;                                                  ///< D
  int64_t flux_g = 0, flux_r = 0, flux_z = 0, flux_w1 = 0;                  ///< E
  int64_t mw_g = kAbsent, mw_r = kAbsent, mw_z = kAbsent, mw_w1 = kAbsent;  ///< E
  int64_t maskbits = kAbsent;
  char maskbits_type = 'J';  ///< B, I, J or K
  int64_t maskbits_zero = 0;
  std::optional<int64_t> maskbits_null = {};

  /// Columns carried into the catalog as they are; their offsets are within a row, as all others.
  std::vector<fits::Column> extra = {};
  /// Columns of the photo-z companion that are carried behind them; their offsets are within its rows.
  std::vector<fits::Column> photoz = {};
  int64_t photoz_row_bytes = 0;

  bool operator==(const SweepColumns&) const = default;
  int64_t carried_bytes() const;  ///< sum of the widths of `extra` and `photoz`
  int64_t ObjidOf(const uint8_t* row) const;

  bool has_all_transmissions() const { return mw_g >= 0 && mw_r >= 0 && mw_z >= 0 && mw_w1 >= 0; }

  /// Errors: DataError for a required column that is missing, of another type, or scaled; with `need_transmissions` the
  /// four MW_TRANSMISSION columns are required too. `extra_names`: in any case; scalar columns of any type.
  static Result<SweepColumns> FromLayout(const fits::TableLayout& layout, bool need_transmissions,
                                         const std::vector<std::string>& extra_names);
};

}  // namespace dhs::scan
