// SPDX-License-Identifier: Apache-2.0
#include "parent/table_access.h"

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/chunked_array.h>
#include <arrow/compute/api_vector.h>
#include <arrow/compute/cast.h>
#include <arrow/datum.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

namespace dhs::parent {
namespace {

bool IsText(arrow::Type::type id) {
  return id == arrow::Type::STRING || id == arrow::Type::LARGE_STRING || id == arrow::Type::STRING_VIEW;
}

// Conversions that keep every value (or fail): text to text, integer to integer.
bool IsLossless(const arrow::DataType& from, const arrow::DataType& to) {
  return (IsText(from.id()) && IsText(to.id())) || (arrow::is_integer(from.id()) && arrow::is_integer(to.id()));
}

}  // namespace

Result<std::shared_ptr<arrow::Array>> ColumnAs(const arrow::Table& rows, const std::string& name,
                                               const std::shared_ptr<arrow::DataType>& type, const std::string& path) {
  const std::shared_ptr<arrow::ChunkedArray> chunks = rows.GetColumnByName(name);
  ErrorLocation where;
  where.path = path;
  where.column = name;
  if (chunks == nullptr) {
    const std::vector<std::string> names = rows.ColumnNames();
    return DataError(std::move(where), "there is no such column." + DidYouMean(name, names));
  }
  std::shared_ptr<arrow::Array> array;
  if (chunks->num_chunks() == 0) {
    ARROW_ASSIGN_OR_RAISE(array, arrow::MakeEmptyArray(chunks->type()));
  } else if (chunks->num_chunks() == 1) {
    array = chunks->chunk(0);
  } else {
    ARROW_ASSIGN_OR_RAISE(array, arrow::Concatenate(chunks->chunks()));
  }
  if (array->type_id() == arrow::Type::DICTIONARY) {
    const auto& dictionary = static_cast<const arrow::DictionaryType&>(*array->type());
    ARROW_ASSIGN_OR_RAISE(array, arrow::compute::Cast(*array, dictionary.value_type()));
  }
  if (array->type()->Equals(*type)) return array;
  if (!IsLossless(*array->type(), *type)) {
    return DataError(std::move(where),
                     fmt::format("expected type {}, found {}.", type->ToString(), array->type()->ToString()));
  }
  auto cast = arrow::compute::Cast(*array, type);
  if (!cast.ok()) {
    return DataError(std::move(where),
                     fmt::format("a value does not fit into {}: {}", type->ToString(), cast.status().message()));
  }
  return cast;
}

Result<std::shared_ptr<arrow::Table>> TakeRows(const std::shared_ptr<arrow::Table>& rows,
                                               const std::vector<int64_t>& numbers) {
  const auto indices =
      std::make_shared<arrow::Int64Array>(static_cast<int64_t>(numbers.size()), arrow::Buffer::Wrap(numbers));
  ARROW_ASSIGN_OR_RAISE(const arrow::Datum taken, arrow::compute::Take(arrow::Datum(rows), arrow::Datum(indices),
                                                                       arrow::compute::TakeOptions::NoBoundsCheck()));
  return taken.table();
}

Status RequireNoNulls(const arrow::Array& values, const std::string& name, const std::string& path) {
  if (values.null_count() == 0) return Status::OK();
  ErrorLocation where;
  where.path = path;
  where.column = name;
  return DataError(std::move(where),
                   fmt::format("{} of {} values are null, expected none. `dhs validate` lists the rows.",
                               values.null_count(), values.length()));
}

}  // namespace dhs::parent
