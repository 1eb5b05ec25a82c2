// SPDX-License-Identifier: Apache-2.0
#include "io/fetch_pool.h"

#include <utility>

namespace dhs::io {

FetchPool::~FetchPool() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  tasks_.clear();  // while the members that their buffers go back to still live
}

std::unique_ptr<FetchPool::Buffer> FetchPool::TakeLocked() {
  ++num_out_;
  std::unique_ptr<uint8_t[]> bytes;
  if (spare_.empty()) {
    bytes.reset(new uint8_t[kBlockBytes]);  // not zeroed
  } else {
    bytes = std::move(spare_.back());
    spare_.pop_back();
  }
  return std::make_unique<Buffer>(this, std::move(bytes));
}

std::unique_ptr<FetchPool::Buffer> FetchPool::Take() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return TakeLocked();
}

std::unique_ptr<FetchPool::Buffer> FetchPool::TakeIfFree() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return num_out_ < kMaxBlocksAhead ? TakeLocked() : nullptr;
}

void FetchPool::TakeBack(std::unique_ptr<uint8_t[]> bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  --num_out_;
  if (spare_.size() < kMaxBlocksAhead) spare_.push_back(std::move(bytes));
}

void FetchPool::Submit(std::function<void()> task) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    tasks_.push_back(std::move(task));
    if (threads_.size() < kNumThreads) threads_.emplace_back([this] { Work(); });
  }
  wake_.notify_one();
}

void FetchPool::Work() {
  while (true) {
    std::function<void()> task;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
      if (stopping_) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

}  // namespace dhs::io
