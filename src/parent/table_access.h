// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/array/array_base.h>
#include <arrow/type_fwd.h>
#include <arrow/type_traits.h>

#include "dhs/error.h"

namespace dhs::parent {

/// A column of `rows` as one contiguous array of `type`: chunks joined, dictionaries decoded, large strings and
/// integers of other widths converted where no value is lost. DataError with `path` and the column: missing, another
/// kind of type (expected and found), or a value that does not fit.
Result<std::shared_ptr<arrow::Array>> ColumnAs(const arrow::Table& rows, const std::string& name,
                                               const std::shared_ptr<arrow::DataType>& type, const std::string& path);

/// DataError that counts the nulls, if there are any.
Status RequireNoNulls(const arrow::Array& values, const std::string& name, const std::string& path);

/// The rows of these numbers, in this order. REQUIRES: 0 <= number < rows.
Result<std::shared_ptr<arrow::Table>> TakeRows(const std::shared_ptr<arrow::Table>& rows,
                                               const std::vector<int64_t>& numbers);

/// ColumnAs typed by the Arrow type: `Column<arrow::StringType>(rows, "brickname", path)`.
template <typename ArrowType>
Result<std::shared_ptr<typename arrow::TypeTraits<ArrowType>::ArrayType>> Column(const arrow::Table& rows,
                                                                                 const std::string& name,
                                                                                 const std::string& path) {
  using ArrayType = typename arrow::TypeTraits<ArrowType>::ArrayType;
  ARROW_ASSIGN_OR_RAISE(auto array, ColumnAs(rows, name, arrow::TypeTraits<ArrowType>::type_singleton(), path));
  return std::static_pointer_cast<ArrayType>(array);
}

/// Column without nulls.
template <typename ArrowType>
Result<std::shared_ptr<typename arrow::TypeTraits<ArrowType>::ArrayType>> CoreColumn(const arrow::Table& rows,
                                                                                     const std::string& name,
                                                                                     const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(auto array, Column<ArrowType>(rows, name, path));
  ARROW_RETURN_NOT_OK(RequireNoNulls(*array, name, path));
  return array;
}

}  // namespace dhs::parent
