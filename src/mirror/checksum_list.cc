// SPDX-License-Identifier: Apache-2.0
#include "mirror/checksum_list.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include <fmt/format.h>

#include "io/files.h"

namespace dhs::mirror {

Result<std::map<std::string, std::string>> ReadChecksumList(Storage& storage, const std::string& path) {
  constexpr size_t kNumDigits = 64;
  ARROW_ASSIGN_OR_RAISE(const auto lines, io::ReadListFile(storage, path));
  std::map<std::string, std::string> checksums;
  for (const std::string& line : lines) {
    std::string digits = line.substr(0, kNumDigits);
    const bool all_digits =
        digits.size() == kNumDigits &&
        std::all_of(digits.begin(), digits.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
    const size_t name_at = line.find_first_not_of(" \t*", std::min(kNumDigits, line.size()));
    if (!all_digits || name_at == std::string::npos || name_at == kNumDigits) {
      return DataError({.path = path},
                       fmt::format("expected 64 hexadecimal digits, blanks and the name of a file, found '{}'",
                                   line.substr(0, 100)));
    }
    std::transform(digits.begin(), digits.end(), digits.begin(), [](unsigned char c) { return std::tolower(c); });
    const std::string name = io::BaseName(line.substr(name_at));
    const auto [entry, is_new] = checksums.emplace(name, digits);
    if (is_new || entry->second == digits) continue;
    return DataError({.path = path}, fmt::format("{} is listed with two checksums", name));
  }
  return checksums;
}

}  // namespace dhs::mirror
