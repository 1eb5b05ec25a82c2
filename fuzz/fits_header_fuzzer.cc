// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fits/header.h"
#include "fits/table_layout.h"

// Any bytes as a header: parsed or refused, and its numbers never overflow.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace dhs;
  const auto header = fits::Header::Parse(std::string_view(reinterpret_cast<const char*>(data), size), {.path = "f"});
  if (!header.ok()) return 0;
  (void)fits::DataSizeBytes(*header);
  const auto layout = fits::TableLayout::Parse(*header);
  if (layout.ok()) (void)layout->Require("RA", "D");
  return 0;
}
