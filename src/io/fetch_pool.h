// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace dhs::io {

/// Threads that fetch blocks of remote files ahead of their readers, and the memory that holds these blocks, for all
/// files together. Safe from any thread.
class FetchPool {
 public:
  static constexpr int64_t kBlockBytes = int64_t{4} << 20;
  /// Requests in flight ahead of the readers. Eight times a block cover 200 MB/s at a round trip of 0.16 s.
  static constexpr int kNumThreads = 8;
  /// Blocks that wait for their readers or are on the way: 128 MiB. A reader that waits for a block of its own has one
  /// beyond that.
  static constexpr int kMaxBlocksAhead = 32;

  /// kBlockBytes that go back to the pool, which outlives them.
  class Buffer {
   public:
    Buffer(FetchPool* pool, std::unique_ptr<uint8_t[]> bytes) : pool_(pool), bytes_(std::move(bytes)) {}
    ~Buffer() { pool_->TakeBack(std::move(bytes_)); }
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    uint8_t* data() const { return bytes_.get(); }

   private:
    FetchPool* pool_;
    std::unique_ptr<uint8_t[]> bytes_;
  };

  FetchPool() = default;
  ~FetchPool();
  FetchPool(const FetchPool&) = delete;
  FetchPool& operator=(const FetchPool&) = delete;

  /// Memory for a block that somebody waits for.
  std::unique_ptr<Buffer> Take();
  /// The same for a block that may be wanted later; nullptr while kMaxBlocksAhead are out.
  std::unique_ptr<Buffer> TakeIfFree();
  /// Runs `task` on one of the threads, in the order of these calls. Tasks that have not begun when the pool goes are
  /// dropped.
  void Submit(std::function<void()> task);

 private:
  void TakeBack(std::unique_ptr<uint8_t[]> bytes);
  std::unique_ptr<Buffer> TakeLocked();
  void Work();

  std::mutex mutex_;  // for all below
  std::condition_variable wake_;
  bool stopping_ = false;
  int num_out_ = 0;
  std::vector<std::unique_ptr<uint8_t[]>> spare_;  // touched already: fresh pages cost more than the copy into them
  std::deque<std::function<void()>> tasks_;
  std::vector<std::thread> threads_;
};

}  // namespace dhs::io
