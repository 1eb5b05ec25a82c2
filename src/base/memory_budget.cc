// SPDX-License-Identifier: Apache-2.0
#include "base/memory_budget.h"

#include <utility>

#include <fmt/format.h>

namespace dhs::base {

MemoryBudget::Lease::Lease(Lease&& other) noexcept
    : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

MemoryBudget::Lease& MemoryBudget::Lease::operator=(Lease&& other) noexcept {
  if (this != &other) {
    Release();
    budget_ = std::exchange(other.budget_, nullptr);
    bytes_ = std::exchange(other.bytes_, 0);
  }
  return *this;
}

MemoryBudget::Lease::~Lease() { Release(); }

void MemoryBudget::Lease::Release() {
  if (budget_ == nullptr) return;
  {
    const std::lock_guard<std::mutex> lock(budget_->mutex_);
    budget_->free_bytes_ += bytes_;
  }
  budget_->freed_.notify_all();
  budget_ = nullptr;
}

Result<MemoryBudget::Lease> MemoryBudget::Acquire(int64_t bytes, const char* purpose) {
  if (bytes > total_bytes_) {
    return UsageError(fmt::format("{} needs {} bytes and the memory budget is {} bytes; raise --memory", purpose, bytes,
                                  total_bytes_));
  }
  std::unique_lock<std::mutex> lock(mutex_);
  freed_.wait(lock, [&] { return free_bytes_ >= bytes; });
  free_bytes_ -= bytes;
  return Lease(this, bytes);
}

}  // namespace dhs::base
