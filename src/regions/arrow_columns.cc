// SPDX-License-Identifier: Apache-2.0
#include "regions/arrow_columns.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <string_view>

#include <arrow/api.h>
#include <fmt/format.h>

#include "regions/brick_columns.h"
#include "regions/column_names.h"

namespace dhs::regions {

namespace {

constexpr int64_t kLargestWholeDouble = int64_t{1} << 53;  // above it neighbours are not all representable

Result<std::shared_ptr<arrow::ChunkedArray>> FindChunks(const arrow::Table& table, const std::string& column,
                                                        const std::string& path) {
  auto chunks = table.GetColumnByName(column);
  if (chunks == nullptr) {
    return DataError({.path = path, .column = column},
                     "no such column, or more than one of that name." + DidYouMean(column, table.ColumnNames()));
  }
  return chunks;
}

Status WrongType(const arrow::DataType& type, std::string_view expected, const std::string& column,
                 const std::string& path) {
  return DataError({.path = path, .column = column},
                   fmt::format("expected {}, found type {}", expected, type.ToString()));
}

// Calls visit(row, value) for each element, value of the array's C type, or visit.Null(row).
template <typename ArrayType, typename OnValue, typename OnNull>
Status VisitPlain(const arrow::Array& chunk, int64_t first_row, OnValue& on_value, OnNull& on_null) {
  const auto& array = static_cast<const ArrayType&>(chunk);
  for (int64_t i = 0; i < array.length(); ++i) {
    ARROW_RETURN_NOT_OK(array.IsNull(i) ? on_null(first_row + i) : on_value(first_row + i, array.Value(i)));
  }
  return Status::OK();
}

// A column of texts where numbers are wanted: the first cell that is none says more than the type.
template <typename ArrayType>
Status NotANumber(const arrow::Array& chunk, int64_t first_row, const std::string& column, const std::string& path) {
  const auto& texts = static_cast<const ArrayType&>(chunk);
  for (int64_t i = 0; i < texts.length(); ++i) {
    if (texts.IsNull(i)) continue;
    const std::string_view text = TrimBlanks(texts.GetView(i));
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() && !text.empty()) continue;
    return DataError(
        {.path = path, .column = column, .row = first_row + i},
        fmt::format("expected a number, found '{}'; leave the cell empty where there is no value", texts.GetView(i)));
  }
  return WrongType(*chunk.type(), "numbers, not numbers written as texts", column, path);
}

template <typename OnValue, typename OnNull>
Status VisitNumberChunk(const arrow::Array& chunk, int64_t first_row, const std::string& column,
                        const std::string& path, OnValue& on_value, OnNull& on_null) {
  switch (chunk.type_id()) {
    case arrow::Type::INT8:
      return VisitPlain<arrow::Int8Array>(chunk, first_row, on_value, on_null);
    case arrow::Type::UINT8:
      return VisitPlain<arrow::UInt8Array>(chunk, first_row, on_value, on_null);
    case arrow::Type::INT16:
      return VisitPlain<arrow::Int16Array>(chunk, first_row, on_value, on_null);
    case arrow::Type::UINT16:
      return VisitPlain<arrow::UInt16Array>(chunk, first_row, on_value, on_null);
    case arrow::Type::INT32:
      return VisitPlain<arrow::Int32Array>(chunk, first_row, on_value, on_null);
    case arrow::Type::UINT32:
      return VisitPlain<arrow::UInt32Array>(chunk, first_row, on_value, on_null);
    case arrow::Type::INT64:
      return VisitPlain<arrow::Int64Array>(chunk, first_row, on_value, on_null);
    case arrow::Type::UINT64:
      return VisitPlain<arrow::UInt64Array>(chunk, first_row, on_value, on_null);
    case arrow::Type::FLOAT:
      return VisitPlain<arrow::FloatArray>(chunk, first_row, on_value, on_null);
    case arrow::Type::DOUBLE:
      return VisitPlain<arrow::DoubleArray>(chunk, first_row, on_value, on_null);
    case arrow::Type::NA:
      for (int64_t i = 0; i < chunk.length(); ++i) ARROW_RETURN_NOT_OK(on_null(first_row + i));
      return Status::OK();
    case arrow::Type::STRING:
      return NotANumber<arrow::StringArray>(chunk, first_row, column, path);
    case arrow::Type::LARGE_STRING:
      return NotANumber<arrow::LargeStringArray>(chunk, first_row, column, path);
    default:
      return WrongType(*chunk.type(), "numbers", column, path);
  }
}

template <typename OnValue, typename OnNull>
Status VisitNumbers(const arrow::Table& table, const std::string& column, const std::string& path, OnValue on_value,
                    OnNull on_null) {
  ARROW_ASSIGN_OR_RAISE(const auto chunks, FindChunks(table, column, path));
  int64_t first_row = 0;
  for (const auto& chunk : chunks->chunks()) {
    ARROW_RETURN_NOT_OK(VisitNumberChunk(*chunk, first_row, column, path, on_value, on_null));
    first_row += chunk->length();
  }
  return Status::OK();
}

using OnText = std::function<Status(int64_t row, std::string_view text)>;
using OnNull = std::function<Status(int64_t row)>;

template <typename ArrayType>
Status VisitTextArray(const arrow::Array& chunk, int64_t first_row, const OnText& on_text, const OnNull& on_null) {
  const auto& array = static_cast<const ArrayType&>(chunk);
  for (int64_t i = 0; i < array.length(); ++i) {
    ARROW_RETURN_NOT_OK(array.IsNull(i) ? on_null(first_row + i) : on_text(first_row + i, array.GetView(i)));
  }
  return Status::OK();
}

Status VisitTextChunk(const arrow::Array& chunk, int64_t first_row, const std::string& column, const std::string& path,
                      const OnText& on_text, const OnNull& on_null) {
  switch (chunk.type_id()) {
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return VisitTextArray<arrow::BinaryArray>(chunk, first_row, on_text, on_null);
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
      return VisitTextArray<arrow::LargeBinaryArray>(chunk, first_row, on_text, on_null);
    case arrow::Type::FIXED_SIZE_BINARY:
      return VisitTextArray<arrow::FixedSizeBinaryArray>(chunk, first_row, on_text, on_null);
    case arrow::Type::DICTIONARY: {
      const auto& array = static_cast<const arrow::DictionaryArray&>(chunk);
      std::vector<std::string> words;
      ARROW_RETURN_NOT_OK(VisitTextChunk(
          *array.dictionary(), 0, column, path,
          [&words](int64_t, std::string_view text) {
            words.emplace_back(text);
            return Status::OK();
          },
          on_null));
      for (int64_t i = 0; i < array.length(); ++i) {
        const auto row = first_row + i;
        ARROW_RETURN_NOT_OK(array.IsNull(i) ? on_null(row)
                                            : on_text(row, words[static_cast<size_t>(array.GetValueIndex(i))]));
      }
      return Status::OK();
    }
    case arrow::Type::NA:
      for (int64_t i = 0; i < chunk.length(); ++i) ARROW_RETURN_NOT_OK(on_null(first_row + i));
      return Status::OK();
    default:
      return WrongType(*chunk.type(), "texts", column, path);
  }
}

Status VisitTexts(const arrow::Table& table, const std::string& column, const std::string& path, const OnText& on_text,
                  const OnNull& on_null) {
  ARROW_ASSIGN_OR_RAISE(const auto chunks, FindChunks(table, column, path));
  int64_t first_row = 0;
  for (const auto& chunk : chunks->chunks()) {
    ARROW_RETURN_NOT_OK(VisitTextChunk(*chunk, first_row, column, path, on_text, on_null));
    first_row += chunk->length();
  }
  return Status::OK();
}

// As above; DataError for a null.
Status VisitTexts(const arrow::Table& table, const std::string& column, const std::string& path,
                  const OnText& on_text) {
  return VisitTexts(table, column, path, on_text, [&](int64_t row) {
    return DataError({.path = path, .column = column, .row = row}, "expected a text, found null");
  });
}

// Builders of at most a survey's bricks cannot run out of range; memory is the only failure and is reported by Finish
// through a null array.
template <typename Builder, typename Values, typename Append>
std::shared_ptr<arrow::Array> Build(const Values& values, Append append) {
  Builder builder;
  if (!builder.Reserve(static_cast<int64_t>(values.size())).ok()) return nullptr;
  for (const auto& value : values) {
    if (!append(builder, value).ok()) return nullptr;
  }
  std::shared_ptr<arrow::Array> array;
  return builder.Finish(&array).ok() ? array : nullptr;
}

}  // namespace

Result<std::vector<double>> ReadDoubles(const arrow::Table& table, const std::string& column, const std::string& path) {
  std::vector<double> values(static_cast<size_t>(table.num_rows()));
  ARROW_RETURN_NOT_OK(VisitNumbers(
      table, column, path,
      [&values](int64_t row, auto value) {
        values[static_cast<size_t>(row)] = static_cast<double>(value);
        return Status::OK();
      },
      [&values](int64_t row) {
        values[static_cast<size_t>(row)] = std::numeric_limits<double>::quiet_NaN();
        return Status::OK();
      }));
  return values;
}

Result<std::vector<int64_t>> ReadCounts(const arrow::Table& table, const std::string& column, const std::string& path,
                                        CountNulls nulls, int64_t max_count) {
  std::vector<int64_t> values(static_cast<size_t>(table.num_rows()));
  const bool has_limit = max_count < kAnyCount;
  const double max_double = static_cast<double>(std::min(max_count, kLargestWholeDouble));
  const auto fail = [&](int64_t row, const std::string& found) {
    return DataError({.path = path, .column = column, .row = row},
                     fmt::format("expected a whole number {}, found {}",
                                 has_limit ? fmt::format("from 0 to {}", max_count) : "of at least 0", found));
  };
  const auto on_null = [&](int64_t row) -> Status {
    if (nulls == CountNulls::kRefuse) return fail(row, "no value");
    values[static_cast<size_t>(row)] = kNoCount;
    return Status::OK();
  };
  ARROW_RETURN_NOT_OK(VisitNumbers(
      table, column, path,
      [&](int64_t row, auto value) -> Status {
        if constexpr (std::is_floating_point_v<decltype(value)>) {
          const auto number = static_cast<double>(value);
          if (std::isnan(number)) return on_null(row);
          if (number < 0 || number != std::floor(number) || number > max_double) {
            return fail(row, fmt::format("{}", number));
          }
        } else {
          if (std::cmp_less(value, 0) || std::cmp_greater(value, max_count)) {
            return fail(row, fmt::format("{}", value));
          }
        }
        values[static_cast<size_t>(row)] = static_cast<int64_t>(value);  // NOLINT(bugprone-signed-char-misuse): >= 0
        return Status::OK();
      },
      on_null));
  return values;
}

Result<std::vector<sky::BrickName>> ReadBrickNames(const arrow::Table& table, const std::string& column,
                                                   const std::string& path) {
  std::vector<sky::BrickName> names;
  names.reserve(static_cast<size_t>(table.num_rows()));
  ARROW_RETURN_NOT_OK(VisitTexts(table, column, path, [&](int64_t row, std::string_view text) -> Status {
    const auto name = sky::BrickName::Parse(TrimBlanks(text));
    if (!name) {
      return DataError({.path = path, .column = column, .row = row},
                       fmt::format("'{}' is not a brick name; expected four digits, p or m, three digits, as 1126p222",
                                   std::string(text)));
    }
    names.push_back(*name);
    return Status::OK();
  }));
  return names;
}

Result<std::vector<std::string>> ReadTexts(const arrow::Table& table, const std::string& column,
                                           const std::string& path) {
  std::vector<std::string> texts;
  texts.reserve(static_cast<size_t>(table.num_rows()));
  ARROW_RETURN_NOT_OK(VisitTexts(table, column, path, [&texts](int64_t, std::string_view text) {
    texts.emplace_back(text);
    return Status::OK();
  }));
  return texts;
}

Result<std::vector<std::optional<std::string>>> ReadOptionalTexts(const arrow::Table& table, const std::string& column,
                                                                  const std::string& path) {
  std::vector<std::optional<std::string>> texts;
  texts.reserve(static_cast<size_t>(table.num_rows()));
  const auto on_text = [&texts](int64_t, std::string_view text) {
    texts.emplace_back(text);
    return Status::OK();
  };
  const auto on_null = [&texts](int64_t) {
    texts.emplace_back(std::nullopt);
    return Status::OK();
  };
  ARROW_RETURN_NOT_OK(VisitTexts(table, column, path, on_text, on_null));
  return texts;
}

Result<std::vector<Split>> ReadBrickSplits(const arrow::Table& table, const std::string& column,
                                           const std::string& path) {
  std::vector<Split> splits;
  splits.reserve(static_cast<size_t>(table.num_rows()));
  ARROW_RETURN_NOT_OK(VisitTexts(table, column, path, [&](int64_t row, std::string_view text) -> Status {
    for (const Split split : {Split::kTrain, Split::kVal, Split::kTest, Split::kBuffer}) {
      if (text != SplitName(split)) continue;
      splits.push_back(split);
      return Status::OK();
    }
    return DataError({.path = path, .column = column, .row = row},
                     fmt::format("expected train, val, test or buffer, found '{}'", text));
  }));
  return splits;
}

void ColumnSet::Add(const std::string& name, const std::vector<int32_t>& values) {
  columns_[name] =
      Build<arrow::Int32Builder>(values, [](auto& builder, int32_t value) { return builder.Append(value); });
}

void ColumnSet::Add(const std::string& name, const std::vector<std::optional<int32_t>>& values) {
  columns_[name] = Build<arrow::Int32Builder>(values, [](auto& builder, const std::optional<int32_t>& value) {
    return value ? builder.Append(*value) : builder.AppendNull();
  });
}

void ColumnSet::Add(const std::string& name, const std::vector<int64_t>& values) {
  columns_[name] = Build<arrow::Int64Builder>(values, [](auto& builder, int64_t value) {
    return value == kNoCount ? builder.AppendNull() : builder.Append(value);
  });
}

void ColumnSet::Add(const std::string& name, const std::vector<double>& values) {
  columns_[name] = Build<arrow::DoubleBuilder>(values, [](auto& builder, double value) {
    return std::isnan(value) ? builder.AppendNull() : builder.Append(value);
  });
}

void ColumnSet::Add(const std::string& name, const std::vector<std::string>& values) {
  columns_[name] = Build<arrow::StringBuilder>(
      values, [](auto& builder, const std::string& value) { return builder.Append(value); });
}

void ColumnSet::Add(const std::string& name, const std::vector<std::string_view>& values) {
  columns_[name] =
      Build<arrow::StringBuilder>(values, [](auto& builder, std::string_view value) { return builder.Append(value); });
}

void ColumnSet::Add(const std::string& name, const std::vector<sky::BrickName>& values) {
  columns_[name] = Build<arrow::StringBuilder>(
      values, [](auto& builder, sky::BrickName value) { return builder.Append(value.ToString()); });
}

void ColumnSet::AddWhole(const std::string& name, const std::vector<double>& values) {
  columns_[name] = Build<arrow::Int64Builder>(values, [](auto& builder, double value) {
    return std::isnan(value) ? builder.AppendNull() : builder.Append(static_cast<int64_t>(value));
  });
}

Result<std::shared_ptr<arrow::Table>> ColumnSet::Finish(const catalog::TableSpec& spec) const {
  std::vector<std::string> present;
  for (const auto& [name, array] : columns_) present.push_back(name);
  const auto schema = catalog::SchemaOf(spec, present);
  if (schema->num_fields() != static_cast<int>(columns_.size())) {
    return InternalError(fmt::format("table {} lacks a column that was made for it", spec.name));
  }
  for (const std::string& name : spec.columns) {
    const catalog::ColumnSpec* column = catalog::FindColumn(name);
    if (!columns_.contains(name) && (column == nullptr || column->null_rule != catalog::NullRule::kNullable)) {
      return InternalError(fmt::format("column {} of table {} was not made", name, spec.name));
    }
  }
  std::vector<std::shared_ptr<arrow::Array>> arrays;
  for (const auto& field : schema->fields()) {
    const auto& array = columns_.at(field->name());
    if (array == nullptr) return Status::OutOfMemory("no memory for column ", field->name());
    if (!array->type()->Equals(*field->type())) {
      return InternalError(fmt::format("column {} of table {}: expected {}, made {}", field->name(), spec.name,
                                       field->type()->ToString(), array->type()->ToString()));
    }
    if (!field->nullable() && array->null_count() > 0) {
      return InternalError(
          fmt::format("column {} of table {} has {} nulls", field->name(), spec.name, array->null_count()));
    }
    arrays.push_back(array);
  }
  return arrow::Table::Make(schema, arrays);
}

}  // namespace dhs::regions
