// SPDX-License-Identifier: Apache-2.0
// The whole program on the faulty twin of the storage. DHS_FAULTS holds the plan (testing/faulty_storage.h); the
// numbers of operations are written to the file that DHS_FAULT_COUNTS names, so that a test can learn where to strike.
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "cli/cli.h"
#include "testing/faulty_storage.h"

int main(int argc, char** argv) {
  const char* plan = std::getenv("DHS_FAULTS");
  auto storage = dhs::testing::FaultyStorage(dhs::LocalStorage(), plan == nullptr ? "" : plan);
  if (!storage.ok()) {
    std::fprintf(stderr, "%s\n", storage.status().ToString().c_str());
    return 2;
  }
  const int code = dhs::cli::Main(argc, argv, *storage);
  if (const char* path = std::getenv("DHS_FAULT_COUNTS")) {
    std::ofstream(path) << dhs::testing::FaultyStorageCounts(**storage);
  }
  return code;
}
