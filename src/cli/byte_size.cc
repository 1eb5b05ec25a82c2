// SPDX-License-Identifier: Apache-2.0
#include "cli/byte_size.h"

#include <cctype>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

namespace dhs::cli {

Result<int64_t> ParseByteSize(std::string_view text) {
  constexpr std::pair<std::string_view, double> kUnits[] = {
      {"", 1.0},    {"b", 1.0},      {"kb", 1e3},        {"mb", 1e6},           {"gb", 1e9},
      {"tb", 1e12}, {"kib", 1024.0}, {"mib", 1048576.0}, {"gib", 1073741824.0}, {"tib", 1099511627776.0}};
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  std::string unit;
  for (const char c : text.substr(static_cast<size_t>(end - text.data()))) {
    if (c != ' ') unit += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  if (error == std::errc() && std::isfinite(number) && number > 0) {
    for (const auto& [name, factor] : kUnits) {
      if (unit == name && number * factor < 9e18) return static_cast<int64_t>(number * factor);
    }
  }
  return UsageError(fmt::format("--memory: '{}' is not a number of bytes such as 4GiB, 500MB or 1073741824", text));
}

int64_t DefaultMemoryBytes() {
  const int64_t pages = ::sysconf(_SC_PHYS_PAGES);
  const int64_t page_bytes = ::sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page_bytes <= 0) return int64_t{1} << 30;
  return pages / 2 * page_bytes;
}

}  // namespace dhs::cli
