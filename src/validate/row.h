// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <arrow/type_fwd.h>

#include "dhs/error.h"
#include "photometry/variant.h"
#include "sky/tessellation.h"

namespace dhs::validate {

/// The columns of a parent catalog, in the order of catalog::ParentCompactTable().
enum Column : int {
  kBrickname,
  kObjid,
  kRegionId,
  kRegionSplit,
  kRa,
  kDec,
  kGmag,
  kRmag,
  kZmag,
  kW1mag,
  kRz,
  kZw1,
  kGmagMw,
  kRmagMw,
  kZmagMw,
  kW1magMw,
  kRzMw,
  kZw1Mw,
  kMaskbits,
  kType,
  kFlagV1,
  kFlagV2,
  kFlagV3,
  kFlagV4,
  kFlagV5,
  kGmagValid,
  kNumColumns
};
inline constexpr int kNumFloats = kZw1Mw - kGmag + 1;  ///< the float32 columns gmag..zw1_mw follow each other

const std::string& ColumnName(Column column);

/// A set of columns, one bit each.
using ColumnSet = uint32_t;
constexpr ColumnSet Columns(std::initializer_list<Column> columns) {
  ColumnSet set = 0;
  for (const Column column : columns) set |= ColumnSet{1} << column;
  return set;
}

/// One row of a catalog. Strings view the batch. Columns that are null here, missing in the file or of another type are
/// in `absent` and hold 0, NaN, false or an empty text.
struct Row {
  ColumnSet absent = 0;
  std::string_view brickname, region_split, type;
  int64_t objid = 0, maskbits = 0;
  int32_t region_id = 0;
  double ra = 0, dec = 0;
  std::array<float, kNumFloats> floats{};
  std::array<bool, photometry::kNumBuiltinVariants> flags{};       ///< as stored
  std::array<bool, photometry::kNumBuiltinVariants> recomputed{};  ///< by the rule of SPEC 3 from the stored columns
  /// zmag, rz and zw1 that the flags refer to: the raw ones, or those corrected for extinction.
  std::array<Column, 3> cut_columns = {kZmag, kRz, kZw1};
  bool gmag_valid = false;
  bool brick_name_ok = false;       ///< \d{4}[pm]\d{3}
  std::optional<sky::Brick> brick;  ///< nothing for a name that no brick bears
  sky::BrickBounds bounds{};        ///< of `brick`

  float value(Column column) const { return floats[static_cast<size_t>(column - kGmag)]; }
};

/// Reads the rows of a batch one by one. The table must outlive it. Not thread-safe.
class RowReader {
 public:
  /// Never fails for data's sake: a column that is missing or of another type is absent in every row.
  static Result<RowReader> Make(const arrow::Table& rows);

  RowReader(RowReader&&) noexcept;
  RowReader& operator=(RowReader&&) noexcept;
  ~RowReader();

  int64_t num_rows() const;
  /// Columns absent from the whole batch.
  ColumnSet missing() const;
  /// Number of nulls of a column that is there.
  int64_t NullCount(Column column) const;
  /// The row, until the next call.
  const Row& Read(int64_t i);

 private:
  struct Impl;
  explicit RowReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dhs::validate
