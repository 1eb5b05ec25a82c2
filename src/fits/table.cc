// SPDX-License-Identifier: Apache-2.0
#include "fits/table.h"

#include <algorithm>
#include <cctype>
#include <limits>
#include <memory>
#include <utility>

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "fits/cell.h"
#include "fits/table_reader.h"

namespace dhs::fits {

namespace {

constexpr int64_t kBlockTargetBytes = 1 << 20;

std::string LowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::string_view TrimPadding(std::string_view text) {
  // A NUL ends a string early (FITS standard 4.0, section 7.3.3.1); what follows it has no meaning.
  text = text.substr(0, text.find('\0'));
  const size_t last = text.find_last_not_of(' ');
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

/// Appends the cells of one column to an Arrow array.
class Decoder {
 public:
  virtual ~Decoder() = default;
  virtual Status Append(const uint8_t* rows, int64_t num_rows, int64_t row_bytes) = 0;
  virtual Result<std::shared_ptr<arrow::Array>> Finish() = 0;
};

/// `Load` turns a cell into (value, is_null).
template <typename Builder, typename Load>
class CellDecoder : public Decoder {
 public:
  CellDecoder(int64_t offset, Load load) : offset_(offset), load_(std::move(load)) {}
  Status Append(const uint8_t* rows, int64_t num_rows, int64_t row_bytes) override {
    ARROW_RETURN_NOT_OK(builder_.Reserve(num_rows));
    for (int64_t i = 0; i < num_rows; ++i) {
      const auto [value, is_null] = load_(rows + i * row_bytes + offset_);
      ARROW_RETURN_NOT_OK(is_null ? builder_.AppendNull() : builder_.Append(value));
    }
    return Status::OK();
  }
  Result<std::shared_ptr<arrow::Array>> Finish() override {
    std::shared_ptr<arrow::Array> array;
    ARROW_RETURN_NOT_OK(builder_.Finish(&array));
    return array;
  }

 private:
  int64_t offset_;
  Load load_;
  Builder builder_;
};

template <typename Builder, typename Load>
std::unique_ptr<Decoder> MakeCellDecoder(int64_t offset, Load load) {
  return std::make_unique<CellDecoder<Builder, Load>>(offset, std::move(load));
}

/// An integer column: as stored, shifted by a TZERO of the unsigned conventions (FITS standard 4.0, section 7.3.2,
/// table 19), or scaled to double.
template <typename Stored, typename PlainBuilder, typename ShiftedBuilder, typename Load>
std::unique_ptr<Decoder> IntegerDecoder(const Column& column, double unsigned_zero, Load load) {
  const auto is_null = [null_value = column.null_value](Stored stored) {
    return null_value && *null_value == static_cast<int64_t>(stored);
  };
  if (!column.is_scaled()) {
    return MakeCellDecoder<PlainBuilder>(column.offset, [=](const uint8_t* cell) {
      const Stored stored = load(cell);
      return std::pair(stored, is_null(stored));
    });
  }
  if (column.scale == 1.0 && column.zero == unsigned_zero) {
    using Shifted = typename ShiftedBuilder::value_type;
    if constexpr (sizeof(Stored) == 8) {  // 2^63 does not fit int64: flipping the top bit adds it
      return MakeCellDecoder<ShiftedBuilder>(column.offset, [=](const uint8_t* cell) {
        const Stored stored = load(cell);
        return std::pair(static_cast<Shifted>(static_cast<uint64_t>(stored) ^ (uint64_t{1} << 63)), is_null(stored));
      });
    } else {
      const auto shift = static_cast<Shifted>(unsigned_zero);
      return MakeCellDecoder<ShiftedBuilder>(column.offset, [=](const uint8_t* cell) {
        const Stored stored = load(cell);
        return std::pair(static_cast<Shifted>(static_cast<Shifted>(stored) + shift), is_null(stored));
      });
    }
  }
  return MakeCellDecoder<arrow::DoubleBuilder>(
      column.offset, [=, scale = column.scale, zero = column.zero](const uint8_t* cell) {
        const Stored stored = load(cell);
        return std::pair(zero + scale * static_cast<double>(stored), is_null(stored));
      });
}

std::unique_ptr<Decoder> MakeDecoder(const Column& column) {
  const int64_t offset = column.offset;
  const double scale = column.scale, zero = column.zero;
  switch (column.type) {
    case 'L':  // 'T' and 'F'; anything else is undefined
      return MakeCellDecoder<arrow::BooleanBuilder>(
          offset, [](const uint8_t* cell) { return std::pair(*cell == 'T', *cell != 'T' && *cell != 'F'); });
    case 'B':
      return IntegerDecoder<uint8_t, arrow::UInt8Builder, arrow::Int16Builder>(
          column, -128.0, [](const uint8_t* cell) { return *cell; });
    case 'I':
      return IntegerDecoder<int16_t, arrow::Int16Builder, arrow::Int32Builder>(column, 32768.0, LoadI16);
    case 'J':
      return IntegerDecoder<int32_t, arrow::Int32Builder, arrow::Int64Builder>(column, 2147483648.0, LoadI32);
    case 'K':
      return IntegerDecoder<int64_t, arrow::Int64Builder, arrow::UInt64Builder>(column, 9223372036854775808.0, LoadI64);
    case 'E':
      if (column.is_scaled()) {
        return MakeCellDecoder<arrow::DoubleBuilder>(offset, [=](const uint8_t* cell) {
          return std::pair(zero + scale * static_cast<double>(LoadF32(cell)), false);
        });
      }
      return MakeCellDecoder<arrow::FloatBuilder>(offset,
                                                  [](const uint8_t* cell) { return std::pair(LoadF32(cell), false); });
    case 'D':
      return MakeCellDecoder<arrow::DoubleBuilder>(
          offset, [=](const uint8_t* cell) { return std::pair(zero + scale * LoadF64(cell), false); });
    default:  // 'A'
      return MakeCellDecoder<arrow::StringBuilder>(offset, [width = column.width](const uint8_t* cell) {
        return std::pair(TrimPadding(std::string_view(reinterpret_cast<const char*>(cell), static_cast<size_t>(width))),
                         false);
      });
  }
}

constexpr std::string_view kReadableTypes = "LBIJKEDA";

bool IsReadable(const Column& column) {
  return kReadableTypes.find(column.type) != std::string_view::npos && (column.type == 'A' || column.repeat == 1);
}

Result<std::vector<const Column*>> ChooseColumns(const TableLayout& layout, const std::vector<std::string>& columns,
                                                 const std::vector<std::string>& optional_columns) {
  std::vector<const Column*> chosen;
  if (columns.empty() && optional_columns.empty()) {
    for (const Column& column : layout.columns()) {
      if (!IsReadable(column)) continue;
      ARROW_RETURN_NOT_OK(layout.Require(column.name, kReadableTypes).status());
      chosen.push_back(&column);
    }
  }
  for (const std::string& name : columns) {
    ARROW_ASSIGN_OR_RAISE(const Column* column, layout.Require(name, kReadableTypes));
    chosen.push_back(column);
  }
  for (const std::string& name : optional_columns) {
    if (layout.Find(name) == nullptr) continue;
    ARROW_ASSIGN_OR_RAISE(const Column* column, layout.Require(name, kReadableTypes));
    chosen.push_back(column);
  }
  return chosen;
}

}  // namespace

Result<std::shared_ptr<arrow::Table>> ReadTable(Storage& storage, const std::string& path,
                                                const std::vector<std::string>& columns,
                                                const std::vector<std::string>& optional_columns) {
  ARROW_ASSIGN_OR_RAISE(auto file, storage.OpenInput(path));
  return ReadTable(std::move(file), path, columns, optional_columns);
}

Result<std::shared_ptr<arrow::Table>> ReadTable(std::shared_ptr<arrow::io::RandomAccessFile> file,
                                                const std::string& path, const std::vector<std::string>& columns,
                                                const std::vector<std::string>& optional_columns) {
  ARROW_ASSIGN_OR_RAISE(auto reader, TableReader::Open(std::move(file), path));
  const TableLayout& layout = reader->layout();
  ARROW_ASSIGN_OR_RAISE(const auto chosen, ChooseColumns(layout, columns, optional_columns));
  std::vector<std::unique_ptr<Decoder>> decoders;
  for (const Column* column : chosen) decoders.push_back(MakeDecoder(*column));

  const int64_t row_bytes = layout.row_bytes();
  const int64_t rows_per_block =
      row_bytes == 0 ? 1 : std::min(std::max<int64_t>(1, kBlockTargetBytes / row_bytes), layout.num_rows());
  std::vector<uint8_t> block(static_cast<size_t>(rows_per_block * row_bytes));
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const int64_t count, reader->ReadNextRows(rows_per_block, block.data()));
    if (count == 0) break;
    for (auto& decoder : decoders) ARROW_RETURN_NOT_OK(decoder->Append(block.data(), count, row_bytes));
  }
  ARROW_RETURN_NOT_OK(reader->Finish());

  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (size_t i = 0; i < chosen.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(auto array, decoders[i]->Finish());
    fields.push_back(arrow::field(LowerCase(chosen[i]->name), array->type()));
    arrays.push_back(std::move(array));
  }
  return arrow::Table::Make(arrow::schema(std::move(fields)), std::move(arrays), layout.num_rows());
}

}  // namespace dhs::fits
