// SPDX-License-Identifier: Apache-2.0
#include "catalog/flat_reader.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include <arrow/api.h>
#include <arrow/util/bit_util.h>
#include <fmt/format.h>
#include <parquet/column_reader.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>
#include <parquet/schema.h>
#include <parquet/types.h>

namespace dhs::catalog {

namespace {

constexpr int64_t kBatchRows = 16 * 1024;

bool IsReadable(const parquet::ColumnDescriptor& column, const arrow::DataType& type) {
  if (column.max_repetition_level() != 0 || column.max_definition_level() > 1) return false;
  switch (column.physical_type()) {
    case parquet::Type::BOOLEAN:
      return type.id() == arrow::Type::BOOL;
    case parquet::Type::INT32:
      return type.id() == arrow::Type::INT32;
    case parquet::Type::INT64:
      return type.id() == arrow::Type::INT64;
    case parquet::Type::FLOAT:
      return type.id() == arrow::Type::FLOAT;
    case parquet::Type::DOUBLE:
      return type.id() == arrow::Type::DOUBLE;
    case parquet::Type::BYTE_ARRAY:
      return type.id() == arrow::Type::STRING;
    default:
      return false;
  }
}

[[noreturn]] void ThrowTooFewRows(const parquet::ColumnReader& column, int64_t found, int64_t num_rows) {
  throw parquet::ParquetException(fmt::format("column {} has {} of {} rows", column.descr()->name(), found, num_rows));
}

// Fixed width: values are read to where they stay; nulls, if there are any, are then moved into their places.
template <typename ParquetType>
Result<std::shared_ptr<arrow::Array>> ReadNumbers(parquet::ColumnReader* column, int64_t num_rows,
                                                  const std::shared_ptr<arrow::DataType>& type) {
  using Value = typename ParquetType::c_type;
  auto* reader = static_cast<parquet::TypedColumnReader<ParquetType>*>(column);
  const bool optional = column->descr()->max_definition_level() > 0;
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> data,
                        arrow::AllocateBuffer(num_rows * static_cast<int64_t>(sizeof(Value))));
  auto* values = reinterpret_cast<Value*>(data->mutable_data());
  std::vector<int16_t> levels(optional ? static_cast<size_t>(num_rows) : 0);
  int64_t rows = 0, num_values = 0;
  while (rows < num_rows) {
    int64_t read = 0;
    const int64_t num_levels = reader->ReadBatch(num_rows - rows, optional ? levels.data() + rows : nullptr, nullptr,
                                                 values + num_values, &read);
    const int64_t count = optional ? num_levels : read;
    if (count == 0) ThrowTooFewRows(*column, rows, num_rows);
    rows += count;
    num_values += read;
  }
  if (num_values == num_rows) return arrow::MakeArray(arrow::ArrayData::Make(type, num_rows, {nullptr, data}, 0));
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> valid, arrow::AllocateEmptyBitmap(num_rows));
  int64_t next = num_values;
  for (int64_t i = num_rows - 1; i >= 0; --i) {
    if (levels[static_cast<size_t>(i)] == 0) {
      values[i] = Value{};
    } else {
      values[i] = values[--next];
      arrow::bit_util::SetBit(valid->mutable_data(), i);
    }
  }
  return arrow::MakeArray(arrow::ArrayData::Make(type, num_rows, {valid, data}, num_rows - num_values));
}

// Booleans and texts, batch by batch: their bytes must be moved before the next page comes.
template <typename ParquetType, typename Builder>
Result<std::shared_ptr<arrow::Array>> ReadOthers(parquet::ColumnReader* column, int64_t num_rows) {
  using Value = typename ParquetType::c_type;
  auto* reader = static_cast<parquet::TypedColumnReader<ParquetType>*>(column);
  const bool optional = column->descr()->max_definition_level() > 0;
  const auto batch = static_cast<size_t>(std::min(num_rows, kBatchRows));
  std::vector<int16_t> levels(batch);
  const auto values = std::make_unique_for_overwrite<Value[]>(batch);
  Builder builder;
  ARROW_RETURN_NOT_OK(builder.Reserve(num_rows));
  int64_t rows = 0;
  while (rows < num_rows) {
    int64_t num_values = 0;
    const int64_t num_levels =
        reader->ReadBatch(std::min(num_rows - rows, static_cast<int64_t>(batch)), optional ? levels.data() : nullptr,
                          nullptr, values.get(), &num_values);
    const int64_t count = optional ? num_levels : num_values;
    if (count == 0) ThrowTooFewRows(*column, rows, num_rows);
    const Value* next = values.get();
    for (int64_t i = 0; i < count; ++i) {
      if (optional && levels[static_cast<size_t>(i)] == 0) {
        builder.UnsafeAppendNull();
        continue;
      }
      const Value& value = *next++;
      if constexpr (std::is_same_v<Builder, arrow::StringBuilder>) {
        ARROW_RETURN_NOT_OK(builder.ReserveData(static_cast<int64_t>(value.len)));
        builder.UnsafeAppend(reinterpret_cast<const char*>(value.ptr), static_cast<int32_t>(value.len));
      } else {
        builder.UnsafeAppend(value);
      }
    }
    rows += count;
  }
  return builder.Finish();
}

Result<std::shared_ptr<arrow::Array>> ReadAny(parquet::ColumnReader* column, int64_t num_rows) {
  switch (column->type()) {
    case parquet::Type::BOOLEAN:
      return ReadOthers<parquet::BooleanType, arrow::BooleanBuilder>(column, num_rows);
    case parquet::Type::INT32:
      return ReadNumbers<parquet::Int32Type>(column, num_rows, arrow::int32());
    case parquet::Type::INT64:
      return ReadNumbers<parquet::Int64Type>(column, num_rows, arrow::int64());
    case parquet::Type::FLOAT:
      return ReadNumbers<parquet::FloatType>(column, num_rows, arrow::float32());
    case parquet::Type::DOUBLE:
      return ReadNumbers<parquet::DoubleType>(column, num_rows, arrow::float64());
    default:
      return ReadOthers<parquet::ByteArrayType, arrow::StringBuilder>(column, num_rows);
  }
}

}  // namespace

std::unique_ptr<FlatReader> FlatReader::Make(parquet::ParquetFileReader* file, std::shared_ptr<arrow::Schema> schema,
                                             std::vector<int> indices) {
  const parquet::SchemaDescriptor& columns = *file->metadata()->schema();
  if (columns.num_columns() != schema->num_fields()) return nullptr;  // nested
  arrow::FieldVector fields;
  for (const int index : indices) {
    const auto& field = schema->field(index);
    if (columns.GetColumnRoot(index) != columns.group_node()->field(index).get() ||
        !IsReadable(*columns.Column(index), *field->type())) {
      return nullptr;
    }
    fields.push_back(field);
  }
  std::unique_ptr<FlatReader> reader(new FlatReader());
  reader->file_ = file;
  reader->schema_ = indices.size() == static_cast<size_t>(schema->num_fields())
                        ? std::move(schema)
                        : arrow::schema(std::move(fields), schema->metadata());
  reader->indices_ = std::move(indices);
  return reader;
}

Result<std::shared_ptr<arrow::Table>> FlatReader::ReadRowGroup(int group) const {
  const std::shared_ptr<parquet::RowGroupReader> rows = file_->RowGroup(group);
  const int64_t num_rows = rows->metadata()->num_rows();
  arrow::ArrayVector arrays;
  arrays.reserve(indices_.size());
  for (const int index : indices_) {
    const std::shared_ptr<parquet::ColumnReader> column = rows->Column(index);
    ARROW_ASSIGN_OR_RAISE(auto array, ReadAny(column.get(), num_rows));
    arrays.push_back(std::move(array));
  }
  return arrow::Table::Make(schema_, arrays, num_rows);
}

}  // namespace dhs::catalog
