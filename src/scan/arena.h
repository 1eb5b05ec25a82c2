// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include <sys/mman.h>

namespace dhs::scan {

/// A read buffer that is taken once per thread and reused for every block: aligned to huge pages and touched when it is
/// made, because on virtual machines the first touch of a page can cost as much as reading it from disk.
class Arena {
 public:
  static constexpr int64_t kAlignment = int64_t{2} << 20;

  explicit Arena(int64_t size_bytes) : size_bytes_((size_bytes + kAlignment - 1) / kAlignment * kAlignment) {
    void* memory = std::aligned_alloc(static_cast<size_t>(kAlignment), static_cast<size_t>(size_bytes_));
    if (memory == nullptr) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
    (void)::madvise(memory, static_cast<size_t>(size_bytes_), MADV_HUGEPAGE);  // advice only
#endif
    std::memset(memory, 0, static_cast<size_t>(size_bytes_));
    memory_.reset(static_cast<uint8_t*>(memory));
  }

  uint8_t* data() { return memory_.get(); }
  int64_t size_bytes() const { return size_bytes_; }

 private:
  struct Free {
    void operator()(uint8_t* memory) const { std::free(memory); }
  };
  int64_t size_bytes_;
  std::unique_ptr<uint8_t[], Free> memory_;
};

}  // namespace dhs::scan
