// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace dhs {

/// Counters that a stage raises and a display polls. All members are safe from any thread; the library never
/// prints them. Totals of 0 mean "not known".
struct Progress {
  std::atomic<int64_t> rows_done{0};
  std::atomic<int64_t> rows_total{0};
  std::atomic<int64_t> bytes_done{0};
  std::atomic<int64_t> bytes_total{0};

  void Reset() { rows_done = rows_total = bytes_done = bytes_total = 0; }
};

}  // namespace dhs
