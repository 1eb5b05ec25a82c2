// SPDX-License-Identifier: Apache-2.0
#include "io/http_input.h"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>

#include <arrow/buffer.h>

namespace dhs::io {

namespace {

// Half of what all files together may have, so that two gzip sweeps side by side both run ahead.
constexpr int64_t kBlocksAhead = FetchPool::kMaxBlocksAhead / 2;

/// The blocks of one file that are on the way or wait to be read. Lives as long as a fetch of it does.
class Blocks : public std::enable_shared_from_this<Blocks> {
 public:
  Blocks(std::shared_ptr<HttpClient> client, FetchPool* pool, std::string url, HttpOpening opening)
      : client_(std::move(client)), pool_(pool), url_(std::move(url)), opening_(std::move(opening)) {}

  int64_t size() const { return opening_.identity.size_bytes; }

  Result<int64_t> ReadAt(int64_t offset, int64_t num_bytes, uint8_t* out) {
    const int64_t wanted = std::clamp<int64_t>(size() - offset, 0, num_bytes);
    const auto num_held = static_cast<int64_t>(opening_.bytes.size());
    int64_t done = 0;
    while (done < wanted) {
      const int64_t at = offset + done;
      int64_t count = std::min(wanted - done, num_held - at);
      if (count > 0) {
        std::memcpy(out + done, opening_.bytes.data() + at, static_cast<size_t>(count));
      } else {
        ARROW_ASSIGN_OR_RAISE(const std::shared_ptr<Block> block, Obtain(at / FetchPool::kBlockBytes));
        count = std::min(wanted - done, block->begin + block->num_bytes - at);
        std::memcpy(out + done, block->buffer->data() + (at - block->begin), static_cast<size_t>(count));
        Account(block, count);
      }
      done += count;
    }
    return done;
  }

  /// Asks for the blocks that hold [offset, offset + num_bytes), as far as there is memory for them.
  void AskFor(int64_t offset, int64_t num_bytes) {
    if (num_bytes <= 0 || offset < 0) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    AskForBlocks(offset / FetchPool::kBlockBytes, (offset + num_bytes - 1) / FetchPool::kBlockBytes + 1);
  }

  /// Ends what is on the way.
  void Cancel() {
    cancelled_ = true;
    const std::lock_guard<std::mutex> lock(mutex_);
    blocks_.clear();
  }

 private:
  struct Block {
    enum class State { kQueued, kOnTheWay, kHere, kFailed };
    int64_t begin = 0;
    int64_t num_bytes = 0;
    std::unique_ptr<FetchPool::Buffer> buffer;
    State state = State::kQueued;
    Status error = {};
    int64_t num_read = 0;
  };

  /// The part of block `index` that is not in the opening. REQUIRES: not empty.
  std::shared_ptr<Block> MakeBlock(int64_t index, std::unique_ptr<FetchPool::Buffer> buffer) {
    auto block = std::make_shared<Block>();
    const int64_t end = std::min((index + 1) * FetchPool::kBlockBytes, size());
    block->begin = std::max(index * FetchPool::kBlockBytes, static_cast<int64_t>(opening_.bytes.size()));
    block->num_bytes = end - block->begin;
    block->buffer = std::move(buffer);
    blocks_[index] = block;
    return block;
  }

  /// Returns when the block is here. The reader fetches it itself unless that has begun.
  Result<std::shared_ptr<Block>> Obtain(int64_t index) {
    std::unique_lock<std::mutex> lock(mutex_);
    std::shared_ptr<Block> block;
    if (const auto found = blocks_.find(index); found != blocks_.end()) {
      block = found->second;
    } else {
      block = MakeBlock(index, pool_->Take());
    }
    const bool mine = block->state == Block::State::kQueued;
    if (mine) block->state = Block::State::kOnTheWay;
    if (index <= last_block_read_ + 1) {
      AskForBlocks(std::max(index + 1, asked_until_), index + 1 + kBlocksAhead);
    }
    last_block_read_ = std::max(last_block_read_, index);
    if (mine) {
      lock.unlock();
      Fetch(block);
      lock.lock();
    }
    arrived_.wait(lock, [&block] { return block->state >= Block::State::kHere; });
    if (block->state == Block::State::kHere) return block;
    blocks_.erase(index);
    return block->error;
  }

  void AskForBlocks(int64_t first, int64_t end) {
    end = std::min(end, (size() + FetchPool::kBlockBytes - 1) / FetchPool::kBlockBytes);
    const auto num_held = static_cast<int64_t>(opening_.bytes.size());
    for (int64_t index = first; index < end; ++index) {
      if (blocks_.count(index) > 0 || std::min((index + 1) * FetchPool::kBlockBytes, size()) <= num_held) continue;
      auto buffer = pool_->TakeIfFree();
      if (buffer == nullptr) return;
      const std::shared_ptr<Block> block = MakeBlock(index, std::move(buffer));
      asked_until_ = std::max(asked_until_, index + 1);
      pool_->Submit([self = shared_from_this(), block] {
        {
          const std::lock_guard<std::mutex> lock(self->mutex_);
          if (self->cancelled_ || block->state != Block::State::kQueued) return;
          block->state = Block::State::kOnTheWay;
        }
        self->Fetch(block);
      });
    }
  }

  /// REQUIRES: on the way, by this thread.
  void Fetch(const std::shared_ptr<Block>& block) {
    Status status =
        client_->Fetch(url_, opening_.identity, block->begin, block->num_bytes, block->buffer->data(), cancelled_);
    const std::lock_guard<std::mutex> lock(mutex_);
    block->state = status.ok() ? Block::State::kHere : Block::State::kFailed;
    block->error = std::move(status);
    arrived_.notify_all();
  }

  void Account(const std::shared_ptr<Block>& block, int64_t count) {
    const std::lock_guard<std::mutex> lock(mutex_);
    block->num_read += count;
    if (block->num_read < block->num_bytes) return;
    const auto found = blocks_.find(block->begin / FetchPool::kBlockBytes);
    if (found != blocks_.end() && found->second == block) blocks_.erase(found);
  }

  const std::shared_ptr<HttpClient> client_;
  FetchPool* const pool_;
  const std::string url_;
  const HttpOpening opening_;
  std::atomic<bool> cancelled_{false};

  std::mutex mutex_;  // for all below
  std::condition_variable arrived_;
  std::map<int64_t, std::shared_ptr<Block>> blocks_;
  int64_t last_block_read_ = -1;
  int64_t asked_until_ = 0;
};

class HttpInput : public InputFile {
 public:
  HttpInput(std::shared_ptr<HttpClient> client, std::shared_ptr<FetchPool> pool, std::string url, HttpOpening opening)
      : pool_(std::move(pool)),
        blocks_(std::make_shared<Blocks>(std::move(client), pool_.get(), std::move(url), std::move(opening))) {}
  ~HttpInput() override { blocks_->Cancel(); }

  Status Close() override {
    closed_ = true;
    blocks_->Cancel();
    return Status::OK();
  }
  bool closed() const override { return closed_; }
  Result<int64_t> GetSize() override { return blocks_->size(); }
  using InputFile::ReadAt;
  Result<int64_t> ReadAt(int64_t offset, int64_t num_bytes, void* out) override {
    return blocks_->ReadAt(offset, num_bytes, static_cast<uint8_t*>(out));
  }
  Status WillNeed(const std::vector<arrow::io::ReadRange>& ranges) override {
    for (const auto& range : ranges) blocks_->AskFor(range.offset, range.length);
    return Status::OK();
  }

 private:
  std::shared_ptr<FetchPool> pool_;  // outlives the blocks' buffers
  std::shared_ptr<Blocks> blocks_;
  std::atomic<bool> closed_{false};
};

}  // namespace

std::shared_ptr<InputFile> MakeHttpInput(std::shared_ptr<HttpClient> client, std::shared_ptr<FetchPool> pool,
                                         std::string url, HttpOpening opening) {
  return std::make_shared<HttpInput>(std::move(client), std::move(pool), std::move(url), std::move(opening));
}

}  // namespace dhs::io
