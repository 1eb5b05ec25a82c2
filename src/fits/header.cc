// SPDX-License-Identifier: Apache-2.0
#include "fits/header.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace dhs::fits {

namespace {

std::string_view TrimRight(std::string_view text) {
  const size_t last = text.find_last_not_of(' ');
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(' ');
  return first == std::string_view::npos ? std::string_view() : TrimRight(text.substr(first));
}

bool IsEndCard(std::string_view card) { return card.starts_with("END") && TrimRight(card) == "END"; }

bool IsKeywordCharacter(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; }

/// Reads the value field: a quoted string or a token up to '/'. False if a string is not closed.
bool ParseValueField(std::string_view field, Card* card) {
  const std::string_view text = Trim(field);
  if (!text.starts_with('\'')) {
    const size_t slash = text.find('/');
    card->value = std::string(TrimRight(text.substr(0, slash)));
    if (slash != std::string_view::npos) card->comment = std::string(Trim(text.substr(slash + 1)));
    card->has_value = !card->value.empty();
    return true;
  }
  card->is_string = card->has_value = true;
  size_t i = 1;
  for (; i < text.size(); ++i) {
    if (text[i] != '\'') {
      card->value += text[i];
    } else if (i + 1 < text.size() && text[i + 1] == '\'') {
      card->value += '\'';
      ++i;
    } else {
      break;
    }
  }
  if (i >= text.size()) return false;
  card->value = std::string(TrimRight(card->value));
  const size_t slash = text.find('/', i + 1);
  if (slash != std::string_view::npos) card->comment = std::string(Trim(text.substr(slash + 1)));
  return true;
}

Status At(const ErrorLocation& where, const Card& card, std::string message) {
  ErrorLocation location = where;
  location.card = card.text;
  location.byte_offset = card.byte_offset;
  return DataError(std::move(location), std::move(message));
}

Result<Card> ParseCard(std::string_view bytes, int64_t byte_offset, const ErrorLocation& where) {
  Card card;
  card.byte_offset = byte_offset;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] < 0x20 || bytes[i] > 0x7e) {
      ErrorLocation location = where;
      location.byte_offset = byte_offset + static_cast<int64_t>(i);
      return DataError(std::move(location),
                       fmt::format("a header card holds the byte 0x{:02x}; only printable ASCII is allowed: the file "
                                   "is damaged or is not FITS",
                                   static_cast<uint8_t>(bytes[i])));
    }
  }
  card.text = std::string(TrimRight(bytes));
  const std::string_view name = TrimRight(bytes.substr(0, 8));
  if (name == "HIERARCH") {
    const size_t equals = bytes.find('=');
    if (equals == std::string_view::npos) {
      card.keyword = "HIERARCH";
      card.comment = std::string(Trim(bytes.substr(8)));
      return card;
    }
    card.keyword = "HIERARCH " + std::string(Trim(bytes.substr(8, equals - 8)));
    if (!ParseValueField(bytes.substr(equals + 1), &card)) return At(where, card, "the string has no closing quote");
    return card;
  }
  card.keyword = std::string(name);
  if (!std::all_of(name.begin(), name.end(), IsKeywordCharacter)) {
    return At(where, card,
              fmt::format("'{}' is no keyword (A-Z, 0-9, '-' and '_' are allowed): the header is damaged", name));
  }
  const bool is_value_card = bytes.substr(8, 2) == "= " && name != "COMMENT" && name != "HISTORY" && !name.empty();
  if (is_value_card || name == "CONTINUE") {
    if (!ParseValueField(bytes.substr(is_value_card ? 10 : 8), &card)) {
      return At(where, card, "the string has no closing quote");
    }
  } else {
    card.comment = std::string(TrimRight(bytes.substr(std::min<size_t>(8, bytes.size()))));
  }
  return card;
}

template <typename T>
bool ParseWhole(std::string_view text, T* value) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

Result<Header> Header::Parse(std::string_view bytes, ErrorLocation where) {
  Header header;
  const int64_t start = where.byte_offset.value_or(0);
  where.byte_offset.reset();
  header.where_ = std::move(where);
  bool ended = false;
  for (size_t at = 0; at + kCardBytes <= bytes.size() && !ended; at += kCardBytes) {
    const std::string_view text = bytes.substr(at, kCardBytes);
    header.size_bytes_ = PaddedToBlock(static_cast<int64_t>(at) + kCardBytes);
    if (IsEndCard(text)) {
      ended = true;
      break;
    }
    ARROW_ASSIGN_OR_RAISE(Card card, ParseCard(text, start + static_cast<int64_t>(at), header.where_));
    if (card.keyword == "CONTINUE" && card.is_string && !header.cards_.empty() && header.cards_.back().is_string &&
        header.cards_.back().value.ends_with('&')) {
      Card& previous = header.cards_.back();
      previous.value.pop_back();
      previous.value += card.value;
      if (!card.comment.empty()) previous.comment += (previous.comment.empty() ? "" : " ") + card.comment;
      continue;
    }
    if (card.has_value) header.index_.emplace(card.keyword, header.cards_.size());
    header.cards_.push_back(std::move(card));
  }
  if (!ended) {
    ErrorLocation location = header.where_;
    location.byte_offset = start + static_cast<int64_t>(bytes.size());
    return DataError(
        std::move(location),
        fmt::format("the header has no END card within {} bytes: the file is cut short or is not FITS", bytes.size()));
  }
  return header;
}

const Card* Header::Find(std::string_view keyword) const {
  const auto found = index_.find(std::string(keyword));
  return found == index_.end() ? nullptr : &cards_[found->second];
}

std::optional<std::string> Header::Text(std::string_view keyword) const {
  const Card* card = Find(keyword);
  if (card == nullptr) return std::nullopt;
  return card->value;
}

Status Header::CardError(std::string_view keyword, std::string message) const {
  const Card* card = Find(keyword);
  return card == nullptr ? DataError(where_, std::move(message)) : At(where_, *card, std::move(message));
}

Result<std::optional<int64_t>> Header::OptionalInteger(std::string_view keyword) const {
  const Card* card = Find(keyword);
  if (card == nullptr) return std::optional<int64_t>();
  int64_t value = 0;
  if (card->is_string || !ParseWhole(card->value, &value)) {
    return CardError(keyword,
                     fmt::format("{} must be an integer of at most 63 bits, found '{}'", keyword, card->value));
  }
  return std::optional<int64_t>(value);
}

Result<std::optional<double>> Header::OptionalNumber(std::string_view keyword) const {
  const Card* card = Find(keyword);
  if (card == nullptr) return std::optional<double>();
  std::string token = card->value;
  std::replace(token.begin(), token.end(), 'D', 'E');  // Fortran's double exponent
  double value = 0;
  if (card->is_string || !ParseWhole(token, &value)) {
    return CardError(keyword, fmt::format("{} must be a number, found '{}'", keyword, card->value));
  }
  return std::optional<double>(value);
}

Result<int64_t> Header::Integer(std::string_view keyword) const {
  ARROW_ASSIGN_OR_RAISE(const auto value, OptionalInteger(keyword));
  if (!value) return DataError(where_, fmt::format("the header has no {} card", keyword));
  return *value;
}

std::optional<int64_t> FindHeaderEnd(std::string_view bytes) {
  for (size_t at = 0; at + kCardBytes <= bytes.size(); at += kCardBytes) {
    if (IsEndCard(bytes.substr(at, kCardBytes))) return static_cast<int64_t>(at) + kCardBytes;
  }
  return std::nullopt;
}

}  // namespace dhs::fits
