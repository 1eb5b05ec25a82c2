// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dhs::testing {

/// One 80-byte card; `value` as it stands in the card ("T", "8", "'BINTABLE'"). An empty `value` gives "KEYWORD" alone.
std::string FitsCard(std::string_view keyword, std::string_view value);
/// A card whose value is a quoted string.
std::string FitsTextCard(std::string_view keyword, std::string_view text);
/// The cards, END, and blanks to a multiple of 2880 bytes.
std::string FitsHeader(const std::vector<std::string>& cards);
/// `bytes` filled up with `fill` to a multiple of 2880.
std::string FitsPadded(std::string bytes, char fill = '\0');

/// Big-endian cells.
std::string FitsI16(int16_t value);
std::string FitsI32(int32_t value);
std::string FitsI64(int64_t value);
std::string FitsF32(float value);
std::string FitsF64(double value);
/// Cut or padded with `fill` to `width`.
std::string FitsText(std::string_view text, size_t width, char fill = ' ');

/// One column of a table to be built: a cell per row, each as wide as `format` says.
struct FitsColumn {
  std::string name;
  std::string format;
  std::vector<std::string> cells = {};
  std::vector<std::string> extra_cards = {};  ///< e.g. TSCALn, TZEROn, with their number
};

/// Builds a FITS file in memory, HDU by HDU.
class FitsBuilder {
 public:
  /// An empty primary HDU with further cards.
  explicit FitsBuilder(const std::vector<std::string>& primary_cards = {});
  /// A BINTABLE. REQUIRES: as many cells in every column.
  FitsBuilder& Table(const std::vector<FitsColumn>& columns, const std::vector<std::string>& extra_cards = {});
  /// An IMAGE extension of `num_bytes` bytes.
  FitsBuilder& Image(int64_t num_bytes);
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// gzip of stored (not compressed) blocks: valid, with the right CRC, and independent of any library.
std::string GzipStored(std::string_view bytes);

}  // namespace dhs::testing
