// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dhs/error.h"
#include "dhs/storage.h"

namespace dhs::fits {

/// Bytes of a FITS block and of a header card (FITS standard 4.0, sections 3.1 and 4.1).
inline constexpr int64_t kWriterBlockBytes = 2880;
inline constexpr int64_t kWriterCardBytes = 80;

/// Stores `value` at `to` in FITS byte order (big-endian); no alignment needed.
template <typename T>
inline void StoreBigEndian(void* to, T value) {
  static_assert(sizeof(T) == 1 || sizeof(T) == 2 || sizeof(T) == 4 || sizeof(T) == 8);
  if constexpr (sizeof(T) == 1 || std::endian::native == std::endian::big) {
    std::memcpy(to, &value, sizeof value);
  } else if constexpr (sizeof(T) == 2) {
    const uint16_t swapped = __builtin_bswap16(std::bit_cast<uint16_t>(value));
    std::memcpy(to, &swapped, sizeof swapped);
  } else if constexpr (sizeof(T) == 4) {
    const uint32_t swapped = __builtin_bswap32(std::bit_cast<uint32_t>(value));
    std::memcpy(to, &swapped, sizeof swapped);
  } else {
    const uint64_t swapped = __builtin_bswap64(std::bit_cast<uint64_t>(value));
    std::memcpy(to, &swapped, sizeof swapped);
  }
}

/// One column of a binary table to be written.
struct ColumnDef {
  std::string name;
  std::string tform;      ///< repeat and type letter: "E", "5E", "8A"
  std::string unit = {};  ///< empty = no TUNIT card
};

/// Columns with their places in a row. Bytes of a row: the columns one after the other, without padding.
class RowLayout {
 public:
  RowLayout() = default;
  /// UsageError for no columns, for a TFORM that is not [repeat] and one of L B I J K E D A, or for a name that comes
  /// twice (without regard to case).
  static Result<RowLayout> Make(std::vector<ColumnDef> columns);

  const std::vector<ColumnDef>& columns() const { return columns_; }
  int64_t row_bytes() const { return row_bytes_; }
  int64_t offset(size_t column) const { return offsets_[column]; }
  /// Byte offset of the column in a row; nothing for an unknown name. Names without regard to case.
  std::optional<int64_t> OffsetOf(std::string_view name) const;

 private:
  std::vector<ColumnDef> columns_;
  std::vector<int64_t> offsets_;
  int64_t row_bytes_ = 0;
};

/// Composes header cards of one HDU. Not thread-safe.
class HeaderBuilder {
 public:
  void Logical(std::string_view keyword, bool value, std::string_view comment = {});
  void Integer(std::string_view keyword, int64_t value, std::string_view comment = {});
  void Real(std::string_view keyword, double value, std::string_view comment = {});
  /// Quotes inside are doubled. A value that does not fit one card goes on in CONTINUE cards (FITS standard 4.0,
  /// section 4.2.1.2), its comment is then left out.
  void Text(std::string_view keyword, std::string_view value, std::string_view comment = {});
  void Comment(std::string_view text);
  /// A card as it is, cut or padded to 80 bytes: for files that break the rules on purpose.
  void Raw(std::string_view card);

  int64_t num_cards() const { return static_cast<int64_t>(cards_.size()) / kWriterCardBytes; }
  const std::string& cards() const { return cards_; }
  /// All cards, END, and blanks up to the next block boundary.
  std::string Finish() const;

 private:
  void Valued(std::string_view keyword, std::string_view value, std::string_view comment);
  std::string cards_;
};

struct TableWriterOptions {
  std::string extname = {};            ///< EXTNAME of the table; empty = no card
  HeaderBuilder primary_cards = {};    ///< put after the mandatory cards of HDU 0
  HeaderBuilder extension_cards = {};  ///< put after the column cards of HDU 1
  bool gzip = false;                   ///< one gzip member, no time stamp: same rows, same bytes
  int gzip_level = 6;                  ///< 1 (fast) to 12 (small)
};

/// The two headers of a file that holds one binary table: an empty primary HDU and the table's. Bytes up to the first
/// row; a multiple of 2880.
std::string ComposeTableHeader(const RowLayout& layout, int64_t num_rows, const TableWriterOptions& options = {});

/// Writes a FITS file with an empty primary HDU and one BINTABLE. Rows are given as bytes in their final form
/// (big-endian, layout.row_bytes() each). Not thread-safe.
/// Life: Open -> Append (any number of times) -> Close. Dropped without Close() the file is incomplete; write to a
/// temporary name and rename. With gzip the whole file is held in memory until Close.
class TableWriter {
 public:
  static Result<std::unique_ptr<TableWriter>> Open(Storage& storage, const std::string& path, const RowLayout& layout,
                                                   int64_t num_rows, TableWriterOptions options = {});
  /// InternalError unless `bytes` is a whole number of rows, or beyond the rows promised to Open.
  Status Append(std::string_view bytes);
  /// Pads to a block and closes (no fsync: the caller decides on durability). InternalError if rows are missing.
  Status Close();

 private:
  TableWriter() = default;
  Status Put(std::string_view bytes);
  std::shared_ptr<OutputFile> file_;
  std::string path_;
  std::string held_;  // the whole file, when it is to be compressed
  bool gzip_ = false;
  int gzip_level_ = 6;
  int64_t row_bytes_ = 0;
  int64_t bytes_left_ = 0;
  int64_t bytes_written_ = 0;
};

/// One gzip member (RFC 1952) without name or time: the same bytes in give the same bytes out.
Result<std::string> GzipCompress(std::string_view bytes, int level = 6);

}  // namespace dhs::fits
