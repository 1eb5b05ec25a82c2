// SPDX-License-Identifier: Apache-2.0
#include "testing/fits_builder.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

namespace dhs::testing {

namespace {

template <typename T>
std::string BigEndian(T value) {
  std::string cell;
  for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8) {
    cell += static_cast<char>((value >> shift) & 0xff);
  }
  return cell;
}

uint32_t Crc32(std::string_view bytes) {
  uint32_t crc = 0xffffffff;
  for (const char c : bytes) {
    crc ^= static_cast<uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320u : 0u);
  }
  return ~crc;
}

std::string LittleEndian32(uint32_t value) {
  std::string bytes = BigEndian(value);
  std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

}  // namespace

std::string FitsCard(std::string_view keyword, std::string_view value) {
  std::string card = value.empty() ? std::string(keyword) : fmt::format("{:<8}= {:>20}", keyword, value);
  card.resize(80, ' ');
  return card;
}

std::string FitsTextCard(std::string_view keyword, std::string_view text) {
  std::string quoted;
  for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
  std::string card = fmt::format("{:<8}= '{:<8}'", keyword, quoted);
  card.resize(80, ' ');
  return card;
}

std::string FitsPadded(std::string bytes, char fill) {
  bytes.resize((bytes.size() + 2879) / 2880 * 2880, fill);
  return bytes;
}

std::string FitsHeader(const std::vector<std::string>& cards) {
  std::string header;
  for (const std::string& card : cards) header += card;
  return FitsPadded(header + FitsCard("END", ""), ' ');
}

std::string FitsI16(int16_t value) { return BigEndian(static_cast<uint16_t>(value)); }
std::string FitsI32(int32_t value) { return BigEndian(static_cast<uint32_t>(value)); }
std::string FitsI64(int64_t value) { return BigEndian(static_cast<uint64_t>(value)); }
std::string FitsF32(float value) { return BigEndian(std::bit_cast<uint32_t>(value)); }
std::string FitsF64(double value) { return BigEndian(std::bit_cast<uint64_t>(value)); }
std::string FitsText(std::string_view text, size_t width, char fill) {
  std::string cell(text.substr(0, width));
  cell.resize(width, fill);
  return cell;
}

FitsBuilder::FitsBuilder(const std::vector<std::string>& primary_cards) {
  std::vector<std::string> cards = {FitsCard("SIMPLE", "T"), FitsCard("BITPIX", "8"), FitsCard("NAXIS", "0"),
                                    FitsCard("EXTEND", "T")};
  cards.insert(cards.end(), primary_cards.begin(), primary_cards.end());
  bytes_ = FitsHeader(cards);
}

FitsBuilder& FitsBuilder::Table(const std::vector<FitsColumn>& columns, const std::vector<std::string>& extra_cards) {
  const size_t num_rows = columns.empty() ? 0 : columns[0].cells.size();
  std::string rows;
  for (size_t row = 0; row < num_rows; ++row) {
    for (const FitsColumn& column : columns) rows += column.cells[row];
  }
  // A table without rows still has wide rows: the width follows from the formats of one or eight bytes and strings.
  size_t row_bytes = num_rows > 0 ? rows.size() / num_rows : 0;
  if (num_rows == 0) {
    for (const FitsColumn& column : columns) {
      const size_t repeat = column.format.size() > 1 ? std::stoul(column.format) : 1;
      const char type = column.format.back();
      row_bytes += repeat * (type == 'D' || type == 'K' ? 8 : type == 'E' || type == 'J' ? 4 : type == 'I' ? 2 : 1);
    }
  }
  std::vector<std::string> cards = {FitsTextCard("XTENSION", "BINTABLE"),
                                    FitsCard("BITPIX", "8"),
                                    FitsCard("NAXIS", "2"),
                                    FitsCard("NAXIS1", std::to_string(row_bytes)),
                                    FitsCard("NAXIS2", std::to_string(num_rows)),
                                    FitsCard("PCOUNT", "0"),
                                    FitsCard("GCOUNT", "1"),
                                    FitsCard("TFIELDS", std::to_string(columns.size()))};
  for (size_t i = 0; i < columns.size(); ++i) {
    cards.push_back(FitsTextCard(fmt::format("TTYPE{}", i + 1), columns[i].name));
    cards.push_back(FitsTextCard(fmt::format("TFORM{}", i + 1), columns[i].format));
    cards.insert(cards.end(), columns[i].extra_cards.begin(), columns[i].extra_cards.end());
  }
  cards.insert(cards.end(), extra_cards.begin(), extra_cards.end());
  bytes_ += FitsHeader(cards) + FitsPadded(rows);
  return *this;
}

FitsBuilder& FitsBuilder::Image(int64_t num_bytes) {
  bytes_ +=
      FitsHeader({FitsTextCard("XTENSION", "IMAGE"), FitsCard("BITPIX", "8"), FitsCard("NAXIS", "1"),
                  FitsCard("NAXIS1", std::to_string(num_bytes)), FitsCard("PCOUNT", "0"), FitsCard("GCOUNT", "1")}) +
      FitsPadded(std::string(static_cast<size_t>(num_bytes), '\7'));
  return *this;
}

std::string GzipStored(std::string_view bytes) {
  std::string gzip("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
  size_t at = 0;
  do {
    const size_t count = std::min<size_t>(bytes.size() - at, 65535);
    const bool last = at + count == bytes.size();
    gzip += static_cast<char>(last);
    const auto length = static_cast<uint16_t>(count);
    for (const uint16_t word : {length, static_cast<uint16_t>(~length)}) {
      gzip += static_cast<char>(word & 0xff);
      gzip += static_cast<char>(word >> 8);
    }
    gzip += bytes.substr(at, count);
    at += count;
  } while (at < bytes.size());
  return gzip + LittleEndian32(Crc32(bytes)) + LittleEndian32(static_cast<uint32_t>(bytes.size()));
}

}  // namespace dhs::testing
