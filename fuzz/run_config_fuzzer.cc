// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "fuzz/one_file.h"
#include "pipeline/config.h"

// Any bytes as a configuration file: parsed, or an error of the user's.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace dhs;
  static const fuzz::OneFile file;
  static const auto storage = LocalStorage();
  const std::string path = file.Write(data, size);
  const auto read = pipeline::ReadConfig(*storage, path);
  if (!read.ok() && ExitCodeOf(read.status()) == ExitCode::kInternal) std::abort();
  return 0;
}
