// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <arrow/buffer.h>
#include <arrow/io/memory.h>

#include "fits/byte_source.h"

// Any bytes as a gzip stream: read to the end, the same whatever the size of the reads, or refused.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace dhs;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto read_all = [&bytes](int64_t step) -> Result<std::string> {
    const auto source =
        fits::GzipSource(std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes)), "f");
    std::string all;
    std::vector<uint8_t> buffer(static_cast<size_t>(step));
    while (all.size() < 4'000'000) {
      ARROW_ASSIGN_OR_RAISE(const int64_t count, source->Read(step, buffer.data()));
      if (count == 0) break;
      all.append(reinterpret_cast<const char*>(buffer.data()), static_cast<size_t>(count));
    }
    ARROW_RETURN_NOT_OK(all.size() < 4'000'000 ? source->Finish() : Status::OK());
    return all;
  };
  const auto large = read_all(65536), small = read_all(511);
  if (large.ok() != small.ok() || (large.ok() && large->size() < 4'000'000 && *large != *small)) std::abort();
  return 0;
}
