// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/table.h>

#include "fits/table.h"
#include "testing/fits_builder.h"

namespace {

dhs::Result<std::shared_ptr<arrow::Table>> Read(const std::string& bytes) {
  return dhs::fits::ReadTable(std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes)), "f");
}

}  // namespace

// Any bytes as a file (gzip is told by its magic bytes), then the same bytes within sound gzip, whose checksum would
// else hide the table from the fuzzer: both readings agree.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto plain = Read(bytes);
  if (size >= 2 && data[0] == 0x1f && data[1] == 0x8b) return 0;
  const auto gzip = Read(dhs::testing::GzipStored(bytes));
  // The heap after the rows is not read from a gzip stream, so that may succeed alone.
  if (plain.ok() && !gzip.ok()) std::abort();
  if (plain.ok() && !(*plain)->Equals(**gzip, arrow::EqualOptions::Defaults().nans_equal(true))) std::abort();
  return 0;
}
