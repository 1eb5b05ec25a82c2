// SPDX-License-Identifier: Apache-2.0
#include "testing/testing.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include <libdeflate.h>

namespace dhs::testing {

TempDir::TempDir() {
  std::string pattern = (std::filesystem::temp_directory_path() / "dhs-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) ADD_FAILURE() << "cannot make a temporary directory";
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void WriteBytes(const std::string& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) ADD_FAILURE() << "cannot write " << path;
}

std::string ReadBytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) ADD_FAILURE() << "cannot read " << path;
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return std::move(bytes).str();
}

std::string ReadGzip(const std::string& path) {
  const std::string gzip = ReadBytes(path);
  uint32_t size = 0;  // the last four bytes of a gzip member, little-endian
  std::memcpy(&size, gzip.data() + gzip.size() - sizeof size, sizeof size);
  std::string text(size, '\0');
  libdeflate_decompressor* decompressor = libdeflate_alloc_decompressor();
  const auto result =
      libdeflate_gzip_decompress(decompressor, gzip.data(), gzip.size(), text.data(), text.size(), nullptr);
  libdeflate_free_decompressor(decompressor);
  EXPECT_EQ(result, LIBDEFLATE_SUCCESS);
  return text;
}

}  // namespace dhs::testing
