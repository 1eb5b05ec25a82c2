// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "dhs/error.h"

namespace dhs::base {

/// A fixed number of bytes shared by all threads of a run. Acquire blocks until they are free, so no stage can
/// grow beyond its budget. Thread-safe.
class MemoryBudget {
 public:
  explicit MemoryBudget(int64_t total_bytes) : total_bytes_(total_bytes), free_bytes_(total_bytes) {}

  /// A share that is given back when it dies.
  class Lease {
   public:
    Lease() = default;
    Lease(MemoryBudget* budget, int64_t bytes) : budget_(budget), bytes_(bytes) {}
    Lease(Lease&& other) noexcept;
    Lease& operator=(Lease&& other) noexcept;
    ~Lease();
    int64_t bytes() const { return bytes_; }

   private:
    void Release();
    MemoryBudget* budget_ = nullptr;
    int64_t bytes_ = 0;
  };

  /// UsageError if `bytes` exceeds the whole budget (says both and names --memory).
  Result<Lease> Acquire(int64_t bytes, const char* purpose);
  int64_t total_bytes() const { return total_bytes_; }

 private:
  friend class Lease;
  const int64_t total_bytes_;
  std::mutex mutex_;
  std::condition_variable freed_;
  int64_t free_bytes_;
};

}  // namespace dhs::base
