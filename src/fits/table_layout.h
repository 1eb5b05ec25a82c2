// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dhs/error.h"
#include "fits/header.h"

namespace dhs::fits {

/// A row beyond this size is refused as damage; rows of sweeps have about 500 bytes.
inline constexpr int64_t kMaxRowBytes = int64_t{64} << 20;

/// One field of a BINTABLE row (FITS standard 4.0, section 7.3).
struct Column {
  std::string name;                        ///< TTYPEn as written; "colN" if there is none
  std::string format;                      ///< TFORMn as written
  std::string unit = {};                   ///< TUNITn
  char type;                               ///< one of L X B I J K A E D C M P Q
  int64_t repeat;                          ///< elements; for A characters, for X bits
  int64_t offset;                          ///< bytes from the start of the row
  int64_t width;                           ///< bytes
  double scale = 1.0;                      ///< TSCALn: value = zero + scale * stored
  double zero = 0.0;                       ///< TZEROn
  std::optional<int64_t> null_value = {};  ///< TNULLn, compared with the stored integer

  bool is_scaled() const { return scale != 1.0 || zero != 0.0; }
  bool operator==(const Column&) const = default;
};

/// Where everything is in a table's data. Immutable after Parse, so safe from any thread.
class TableLayout {
 public:
  /// From the header of a BINTABLE. Errors (DataError with the card): BITPIX, NAXIS, GCOUNT not those of a BINTABLE;
  /// negative or absurd sizes; more than 999 columns; a TFORM that cannot be read; columns whose widths do not sum to
  /// NAXIS1.
  static Result<TableLayout> Parse(const Header& header);

  const std::vector<Column>& columns() const { return columns_; }
  const ErrorLocation& where() const { return where_; }
  int64_t row_bytes() const { return row_bytes_; }  ///< NAXIS1
  int64_t num_rows() const { return num_rows_; }    ///< NAXIS2
  int64_t rows_size_bytes() const { return row_bytes_ * num_rows_; }
  int64_t heap_size_bytes() const { return heap_size_bytes_; }  ///< PCOUNT
  int64_t heap_offset() const { return heap_offset_; }          ///< THEAP, from the start of the data

  /// Without regard to case; nullptr if there is none. Of two columns with one name, the first.
  const Column* Find(std::string_view name) const;
  /// A scalar column whose type is one of the letters in `types` (for A: any width). DataError if it is missing (with
  /// the nearest names and the columns that are there), has another type, repeats, or comes twice.
  Result<const Column*> Require(std::string_view name, std::string_view types) const;

 private:
  ErrorLocation where_;
  std::vector<Column> columns_;
  int64_t row_bytes_ = 0;
  int64_t num_rows_ = 0;
  int64_t heap_size_bytes_ = 0;
  int64_t heap_offset_ = 0;
};

/// Bytes of data (without padding) that follow `header` of any HDU; DataError for negative or absurd sizes.
Result<int64_t> DataSizeBytes(const Header& header);

}  // namespace dhs::fits
