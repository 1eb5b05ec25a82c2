// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include <arrow/type_fwd.h>

#include "dhs/error.h"
#include "fits/table_layout.h"

namespace dhs::fits {

/// Letters of the types that a ColumnDecoder reads.
inline constexpr std::string_view kScalarTypes = "LBIJKEDA";

/// Appends the cells of one column to an Arrow array: L bool, B uint8, I int16, J int32, K int64, E float, D double, A
/// string (trailing blanks and NULs trimmed); TZERO/TSCAL applied (unsigned conventions to the wider integer, any other
/// scaling to double); TNULL becomes null. Not thread-safe.
class ColumnDecoder {
 public:
  /// REQUIRES: a scalar column of one of kScalarTypes (for A: of any width).
  static std::unique_ptr<ColumnDecoder> Make(const Column& column);
  virtual ~ColumnDecoder() = default;
  /// `rows`: num_rows rows of row_bytes bytes each, as they lie in the file.
  virtual Status Append(const uint8_t* rows, int64_t num_rows, int64_t row_bytes) = 0;
  virtual Result<std::shared_ptr<arrow::Array>> Finish() = 0;
};

}  // namespace dhs::fits
