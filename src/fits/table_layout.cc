// SPDX-License-Identifier: Apache-2.0
#include "fits/table_layout.h"

#include <strings.h>
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dhs::fits {

namespace {

/// Sizes beyond 2^60 bytes are damage, and leave room to add offsets without overflow.
constexpr int64_t kMaxDataBytes = int64_t{1} << 60;

bool MultiplyOverflows(int64_t a, int64_t b, int64_t* product) { return __builtin_mul_overflow(a, b, product); }

/// Bytes of one element; 0 for X, whose bits are packed; -1 for an unknown letter.
int64_t ElementBytes(char type) {
  switch (type) {
    case 'X':
      return 0;
    case 'L':
    case 'B':
    case 'A':
      return 1;
    case 'I':
      return 2;
    case 'J':
    case 'E':
      return 4;
    case 'K':
    case 'D':
    case 'C':
    case 'P':
      return 8;
    case 'M':
    case 'Q':
      return 16;
    default:
      return -1;
  }
}

Result<int64_t> NonNegative(const Header& header, std::string_view keyword) {
  ARROW_ASSIGN_OR_RAISE(const int64_t value, header.Integer(keyword));
  if (value < 0) return header.CardError(keyword, fmt::format("{} must not be negative, found {}", keyword, value));
  return value;
}

Status RequireValue(const Header& header, std::string_view keyword, int64_t expected) {
  ARROW_ASSIGN_OR_RAISE(const int64_t value, header.Integer(keyword));
  if (value == expected) return Status::OK();
  return header.CardError(keyword, fmt::format("a BINTABLE has {} = {}, found {}", keyword, expected, value));
}

/// TFORM: [repeat] letter [anything] ("8A", "E", "1PE(33)").
Status ParseFormat(const Header& header, const std::string& keyword, Column* column) {
  const std::string& text = column->format;
  const char* begin = text.data();
  const char* end = begin + text.size();
  column->repeat = 1;
  const char* at = begin;
  if (at != end && *at >= '0' && *at <= '9') {
    const auto parsed = std::from_chars(begin, end, column->repeat);
    if (parsed.ec != std::errc()) {
      return header.CardError(keyword, fmt::format("the repeat count of '{}' is not a sensible number", text));
    }
    at = parsed.ptr;
  }
  column->type = at == end ? '?' : *at;
  const int64_t element = ElementBytes(column->type);
  if (element < 0) {
    return header.CardError(
        keyword, fmt::format("the column format '{}' is none of L X B I J K A E D C M P Q with a repeat count", text));
  }
  column->width = column->type == 'X' ? column->repeat / 8 + (column->repeat % 8 != 0) : 0;
  if (column->type != 'X' && MultiplyOverflows(column->repeat, element, &column->width)) {
    return header.CardError(keyword, fmt::format("the width of '{}' is beyond any row", text));
  }
  return Status::OK();
}

Result<Column> ParseColumn(const Header& header, int64_t number) {
  Column column;
  const std::string form = fmt::format("TFORM{}", number);
  const auto format = header.Text(form);
  if (!format) return DataError(header.where(), fmt::format("the header has no {} card for column {}", form, number));
  column.format = *format;
  column.name = header.Text(fmt::format("TTYPE{}", number)).value_or("");
  if (column.name.empty()) column.name = fmt::format("col{}", number);
  column.unit = header.Text(fmt::format("TUNIT{}", number)).value_or("");
  ARROW_RETURN_NOT_OK(ParseFormat(header, form, &column));
  ARROW_ASSIGN_OR_RAISE(const auto scale, header.OptionalNumber(fmt::format("TSCAL{}", number)));
  ARROW_ASSIGN_OR_RAISE(const auto zero, header.OptionalNumber(fmt::format("TZERO{}", number)));
  column.scale = scale.value_or(1.0);
  column.zero = zero.value_or(0.0);
  // TNULL means something for integers only; elsewhere it is left unread.
  if (std::string_view("BIJK").find(column.type) != std::string_view::npos) {
    ARROW_ASSIGN_OR_RAISE(column.null_value, header.OptionalInteger(fmt::format("TNULL{}", number)));
  }
  return column;
}

}  // namespace

Result<TableLayout> TableLayout::Parse(const Header& header) {
  TableLayout layout;
  layout.where_ = header.where();
  ARROW_RETURN_NOT_OK(RequireValue(header, "BITPIX", 8));
  ARROW_RETURN_NOT_OK(RequireValue(header, "NAXIS", 2));
  ARROW_RETURN_NOT_OK(RequireValue(header, "GCOUNT", 1));
  ARROW_ASSIGN_OR_RAISE(layout.row_bytes_, NonNegative(header, "NAXIS1"));
  ARROW_ASSIGN_OR_RAISE(layout.num_rows_, NonNegative(header, "NAXIS2"));
  ARROW_ASSIGN_OR_RAISE(layout.heap_size_bytes_, NonNegative(header, "PCOUNT"));
  ARROW_ASSIGN_OR_RAISE(const int64_t num_columns, NonNegative(header, "TFIELDS"));
  if (num_columns > 999) {
    return header.CardError("TFIELDS", fmt::format("a table has at most 999 columns, found {}", num_columns));
  }
  if (layout.row_bytes_ > kMaxRowBytes) {
    return header.CardError(
        "NAXIS1", fmt::format("rows of {} bytes are beyond the limit of {}", layout.row_bytes_, kMaxRowBytes));
  }
  if (layout.row_bytes_ == 0 && layout.num_rows_ > 0) {
    return header.CardError("NAXIS1", fmt::format("{} rows of no bytes make no table", layout.num_rows_));
  }
  ARROW_RETURN_NOT_OK(DataSizeBytes(header).status());
  int64_t offset = 0;
  for (int64_t number = 1; number <= num_columns; ++number) {
    ARROW_ASSIGN_OR_RAISE(Column column, ParseColumn(header, number));
    column.offset = offset;
    if (__builtin_add_overflow(offset, column.width, &offset)) {
      return header.CardError(fmt::format("TFORM{}", number), "the columns are together wider than any row");
    }
    layout.columns_.push_back(std::move(column));
  }
  if (offset != layout.row_bytes_) {
    return header.CardError(
        "NAXIS1", fmt::format("NAXIS1 is {} bytes but the {} columns take {}", layout.row_bytes_, num_columns, offset));
  }
  ARROW_ASSIGN_OR_RAISE(const auto heap, header.OptionalInteger("THEAP"));
  layout.heap_offset_ = heap.value_or(layout.rows_size_bytes());
  if (layout.heap_offset_ < layout.rows_size_bytes() ||
      layout.heap_offset_ - layout.rows_size_bytes() > layout.heap_size_bytes_) {
    return header.CardError("THEAP", fmt::format("the heap must lie within the {} bytes after the rows, found {}",
                                                 layout.heap_size_bytes_, layout.heap_offset_));
  }
  return layout;
}

const Column* TableLayout::Find(std::string_view name) const {
  for (const Column& column : columns_) {
    if (column.name.size() == name.size() && strncasecmp(column.name.data(), name.data(), name.size()) == 0) {
      return &column;
    }
  }
  return nullptr;
}

Result<const Column*> TableLayout::Require(std::string_view name, std::string_view types) const {
  ErrorLocation location = where_;
  location.column = std::string(name);
  const Column* column = Find(name);
  if (column == nullptr) {
    std::vector<std::string> names;
    for (const Column& each : columns_) names.push_back(each.name);
    return DataError(location, fmt::format("there is no such column.{} The table has: {}", DidYouMean(name, names),
                                           names.empty() ? "no columns" : fmt::format("{}", fmt::join(names, ", "))));
  }
  const auto same = [&](const Column& other) {
    return other.name.size() == name.size() && strncasecmp(other.name.data(), name.data(), name.size()) == 0;
  };
  if (std::count_if(columns_.begin(), columns_.end(), same) > 1) {
    return DataError(location, "the column comes twice in the table; names are compared without regard to case");
  }
  if (types.find(column->type) == std::string_view::npos || (column->type != 'A' && column->repeat != 1)) {
    return DataError(location, fmt::format("the column must be one value a row of TFORM type {}, found TFORM '{}'",
                                           fmt::join(types, " or "), column->format));
  }
  return column;
}

Result<int64_t> DataSizeBytes(const Header& header) {
  ARROW_ASSIGN_OR_RAISE(const int64_t bitpix, header.Integer("BITPIX"));
  int64_t element_bytes = 0;
  for (const int64_t bits : {8, 16, 32, 64, -32, -64}) {
    if (bitpix == bits) element_bytes = std::abs(bits) / 8;
  }
  if (element_bytes == 0) {
    return header.CardError("BITPIX", fmt::format("BITPIX must be 8, 16, 32, 64, -32 or -64, found {}", bitpix));
  }
  ARROW_ASSIGN_OR_RAISE(const int64_t num_axes, NonNegative(header, "NAXIS"));
  if (num_axes > 999) return header.CardError("NAXIS", fmt::format("NAXIS must be at most 999, found {}", num_axes));
  if (num_axes == 0) return 0;
  int64_t elements = 1;
  bool overflow = false;
  std::string worst = "NAXIS1";
  const bool groups = header.Text("GROUPS").value_or("") == "T";
  for (int64_t axis = 1; axis <= num_axes; ++axis) {
    const std::string keyword = fmt::format("NAXIS{}", axis);
    ARROW_ASSIGN_OR_RAISE(const int64_t length, NonNegative(header, keyword));
    if (axis == 1 && length == 0 && groups) continue;  // random groups, section 6
    if (!overflow && MultiplyOverflows(elements, length, &elements)) overflow = true, worst = keyword;
  }
  ARROW_ASSIGN_OR_RAISE(const auto extra, header.OptionalInteger("PCOUNT"));
  ARROW_ASSIGN_OR_RAISE(const auto group_count, header.OptionalInteger("GCOUNT"));
  if (extra.value_or(0) < 0)
    return header.CardError("PCOUNT", fmt::format("PCOUNT must not be negative, found {}", *extra));
  if (group_count.value_or(1) < 0) {
    return header.CardError("GCOUNT", fmt::format("GCOUNT must not be negative, found {}", *group_count));
  }
  int64_t size = 0;
  overflow = overflow || __builtin_add_overflow(elements, extra.value_or(0), &size) ||
             MultiplyOverflows(size, group_count.value_or(1), &size) || MultiplyOverflows(size, element_bytes, &size);
  if (overflow || size > kMaxDataBytes) {
    if (worst == "NAXIS1" && num_axes > 1) worst = fmt::format("NAXIS{}", num_axes);
    return header.CardError(worst, "the header announces more bytes than any file can hold: it is damaged");
  }
  return size;
}

}  // namespace dhs::fits
