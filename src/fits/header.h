// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dhs/error.h"

namespace dhs::fits {

// Bytes of a header (FITS standard 4.0, sections 3.3 and 4): cards of 80 ASCII characters, the last one "END", then
// blanks up to a multiple of 2880. A card with a value has "= " in columns 9 and 10. A string value that ends in '&'
// goes on in the CONTINUE card that follows (section 4.2.1.2); HIERARCH cards have a longer keyword before their '='.

inline constexpr int64_t kCardBytes = 80;
inline constexpr int64_t kBlockBytes = 2880;
/// A header beyond this size is refused: the longest known ones of sweeps have some hundred cards.
inline constexpr int64_t kMaxHeaderBytes = int64_t{64} << 20;

/// `size` rounded up to whole blocks. REQUIRES: 0 <= size <= INT64_MAX - 2879.
constexpr int64_t PaddedToBlock(int64_t size) { return (size + kBlockBytes - 1) / kBlockBytes * kBlockBytes; }

struct Card {
  std::string keyword;  ///< upper case, trimmed; "HIERARCH a b" for HIERARCH cards; empty for blank cards
  std::string value;    ///< a string's characters ('' undone, trailing blanks cut, CONTINUE joined) or the bare token
  bool has_value = false;
  bool is_string = false;
  std::string comment;  ///< after '/', or the text of a commentary card
  std::string text;     ///< the 80 characters, trailing blanks cut (of the first card of a continued string)
  int64_t byte_offset;  ///< of the card in the (decompressed) file
};

/// The cards of one HDU. Immutable after Parse, so safe from any thread.
class Header {
 public:
  /// Parses from the first card up to END. `where` gives path and HDU for messages; its byte_offset (0 if absent) is
  /// where `bytes` begins in the file. Errors (DataError with card and byte offset): no END, a character outside
  /// printable ASCII, a keyword with other characters than A-Z 0-9 - _, a string without its closing quote.
  static Result<Header> Parse(std::string_view bytes, ErrorLocation where);

  const std::vector<Card>& cards() const { return cards_; }
  const ErrorLocation& where() const { return where_; }
  /// Bytes from the first card to the end of the block that holds END.
  int64_t size_bytes() const { return size_bytes_; }

  /// First card with the keyword (upper case), or nullptr.
  const Card* Find(std::string_view keyword) const;
  /// The value as text; nothing if the card is absent or has no value.
  std::optional<std::string> Text(std::string_view keyword) const;
  /// DataError naming the card if it is there but not of the type.
  Result<std::optional<int64_t>> OptionalInteger(std::string_view keyword) const;
  Result<std::optional<double>> OptionalNumber(std::string_view keyword) const;
  /// The same, and DataError if it is absent.
  Result<int64_t> Integer(std::string_view keyword) const;
  /// DataError that points at the card (or only at the HDU if it is absent).
  Status CardError(std::string_view keyword, std::string message) const;

 private:
  ErrorLocation where_;
  std::vector<Card> cards_;
  std::unordered_map<std::string, size_t> index_;
  int64_t size_bytes_ = 0;
};

/// Byte after the END card within `bytes` (whole cards), or nothing if there is none.
std::optional<int64_t> FindHeaderEnd(std::string_view bytes);

}  // namespace dhs::fits
