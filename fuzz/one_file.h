// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace dhs::fuzz {

/// A file of this process that takes the fuzzer's bytes, for code that reads paths. Removed at the end.
class OneFile {
 public:
  OneFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "dhs-fuzz-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) std::abort();
    directory_ = pattern;
  }
  ~OneFile() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  std::string Write(const uint8_t* data, size_t size) const {
    const std::string path = directory_ + "/input";
    std::ofstream(path, std::ios::binary | std::ios::trunc)
        .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    return path;
  }

 private:
  std::string directory_;
};

}  // namespace dhs::fuzz
