// SPDX-License-Identifier: Apache-2.0
#include "fits/column_decoder.h"

#include <string_view>
#include <utility>

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>

#include "fits/cell.h"

namespace dhs::fits {

namespace {

std::string_view TrimPadding(std::string_view text) {
  // A NUL ends a string early (FITS standard 4.0, section 7.3.3.1); what follows it has no meaning.
  text = text.substr(0, text.find('\0'));
  const size_t last = text.find_last_not_of(' ');
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

/// `Load` turns a cell into (value, is_null).
template <typename Builder, typename Load>
class CellDecoder : public ColumnDecoder {
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
std::unique_ptr<ColumnDecoder> MakeCellDecoder(int64_t offset, Load load) {
  return std::make_unique<CellDecoder<Builder, Load>>(offset, std::move(load));
}

/// An integer column: as stored, shifted by a TZERO of the unsigned conventions (FITS standard 4.0, section 7.3.2,
/// table 19), or scaled to double.
template <typename Stored, typename PlainBuilder, typename ShiftedBuilder, typename Load>
std::unique_ptr<ColumnDecoder> IntegerDecoder(const Column& column, double unsigned_zero, Load load) {
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

}  // namespace

std::unique_ptr<ColumnDecoder> ColumnDecoder::Make(const Column& column) {
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

}  // namespace dhs::fits
