// SPDX-License-Identifier: Apache-2.0
#include "fits/byte_source.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <isa-l/igzip_lib.h>

namespace dhs::fits {

namespace {

class Plain : public ByteSource {
 public:
  explicit Plain(std::shared_ptr<arrow::io::RandomAccessFile> file) : file_(std::move(file)) {}

  Result<int64_t> Read(int64_t num_bytes, void* out) override {
    ARROW_ASSIGN_OR_RAISE(const int64_t got, file_->ReadAt(position_, num_bytes, out));
    position_ += got;
    return got;
  }
  Result<int64_t> Skip(int64_t num_bytes) override {
    ARROW_ASSIGN_OR_RAISE(const int64_t size, file_->GetSize());
    const int64_t skipped = std::clamp<int64_t>(size - position_, 0, num_bytes);
    position_ += skipped;
    return skipped;
  }
  Status Finish() override { return Status::OK(); }
  int64_t position() const override { return position_; }

 private:
  std::shared_ptr<arrow::io::RandomAccessFile> file_;
  int64_t position_ = 0;
};

/// gzip: one or more members (10-byte header, deflate blocks, CRC-32, length), then nothing or NULs. ISA-L reports a
/// stream that is cut short as success without output, so the end of the input is watched here.
class Gzip : public ByteSource {
 public:
  Gzip(std::shared_ptr<arrow::io::RandomAccessFile> file, std::string path)
      : file_(std::move(file)), path_(std::move(path)), input_(kInputBytes), state_(std::make_unique<inflate_state>()) {
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_GZIP;
    state_->next_in = input_.data();
    state_->avail_in = 0;
  }

  Result<int64_t> Read(int64_t num_bytes, void* out) override {
    int64_t done = 0;
    while (done < num_bytes && !ended_) {
      if (between_members_) {
        ARROW_RETURN_NOT_OK(StartNextMember());
        continue;
      }
      if (state_->avail_in == 0) ARROW_RETURN_NOT_OK(Refill());
      ARROW_ASSIGN_OR_RAISE(const int64_t got, Inflate(num_bytes - done, static_cast<uint8_t*>(out) + done));
      done += got;
    }
    position_ += done;
    return done;
  }

  Result<int64_t> Skip(int64_t num_bytes) override {
    std::vector<uint8_t> waste(static_cast<size_t>(std::min(num_bytes, kInputBytes)));
    int64_t done = 0;
    while (done < num_bytes) {
      const int64_t wanted = std::min<int64_t>(num_bytes - done, static_cast<int64_t>(waste.size()));
      ARROW_ASSIGN_OR_RAISE(const int64_t got, Read(wanted, waste.data()));
      done += got;
      if (got < wanted) break;
    }
    return done;
  }

  Status Finish() override {
    while (!ended_) ARROW_RETURN_NOT_OK(Skip(kInputBytes).status());
    return Status::OK();
  }
  int64_t position() const override { return position_; }

 private:
  static constexpr int64_t kInputBytes = 256 * 1024;
  static constexpr int64_t kMaxOutputBytes = int64_t{1} << 30;  // ISA-L counts in 32 bits

  int64_t CompressedOffset() const { return file_offset_ - state_->avail_in; }

  Status Damage(std::string message) const {
    return DataError({.path = path_}, fmt::format("{}, at byte {} of the compressed file; get the file again",
                                                  std::move(message), CompressedOffset()));
  }

  Status Refill() {
    ARROW_ASSIGN_OR_RAISE(const int64_t got, file_->ReadAt(file_offset_, kInputBytes, input_.data()));
    file_offset_ += got;
    state_->next_in = input_.data();
    state_->avail_in = static_cast<uint32_t>(got);
    at_end_of_file_ = got == 0;
    return Status::OK();
  }

  Result<int64_t> Inflate(int64_t num_bytes, uint8_t* out) {
    const uint32_t room = static_cast<uint32_t>(std::min(num_bytes, kMaxOutputBytes));
    const uint32_t input_before = state_->avail_in;
    const auto block_before = state_->block_state;
    state_->next_out = out;
    state_->avail_out = room;
    const int code = isal_inflate(state_.get());
    const int64_t got = int64_t{room} - state_->avail_out;
    if (code == ISAL_INCORRECT_CHECKSUM) return Damage("the checksum of the gzip data is wrong");
    if (code < 0) return Damage(fmt::format("the gzip data is corrupt (decoder code {})", code));
    if (state_->block_state == ISAL_BLOCK_FINISH) {
      between_members_ = true;
    } else if (got == 0 && state_->avail_in == input_before && state_->block_state == block_before) {
      if (at_end_of_file_) return Damage(fmt::format("the gzip data is cut short after {} bytes", position_ + got));
      if (input_before > 0) return Damage("the gzip data is corrupt (the decoder stands still)");
    }
    return got;
  }

  /// At the end of a member: another one begins, or only NULs (tape padding) follow.
  Status StartNextMember() {
    if (state_->avail_in == 0) {
      ARROW_RETURN_NOT_OK(Refill());
      if (at_end_of_file_) {
        ended_ = true;
        return Status::OK();
      }
    }
    while (state_->avail_in > 0 && *state_->next_in == 0) ++state_->next_in, --state_->avail_in;
    if (state_->avail_in == 0) return Status::OK();
    if (*state_->next_in != 0x1f) return Damage("bytes that are no gzip member follow the gzip data");
    const uint32_t avail_in = state_->avail_in;
    uint8_t* next_in = state_->next_in;
    isal_inflate_reset(state_.get());
    state_->crc_flag = ISAL_GZIP;
    state_->next_in = next_in;
    state_->avail_in = avail_in;
    between_members_ = false;
    return Status::OK();
  }

  std::shared_ptr<arrow::io::RandomAccessFile> file_;
  std::string path_;
  std::vector<uint8_t> input_;
  std::unique_ptr<inflate_state> state_;  // 80 kB
  int64_t file_offset_ = 0;
  int64_t position_ = 0;
  bool at_end_of_file_ = false;
  bool between_members_ = false;
  bool ended_ = false;
};

}  // namespace

Result<bool> IsGzip(arrow::io::RandomAccessFile& file) {
  uint8_t magic[2] = {0, 0};
  ARROW_ASSIGN_OR_RAISE(const int64_t got, file.ReadAt(0, 2, magic));
  return got == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
}

std::unique_ptr<ByteSource> PlainSource(std::shared_ptr<arrow::io::RandomAccessFile> file) {
  return std::make_unique<Plain>(std::move(file));
}

std::unique_ptr<ByteSource> GzipSource(std::shared_ptr<arrow::io::RandomAccessFile> file, std::string path) {
  return std::make_unique<Gzip>(std::move(file), std::move(path));
}

}  // namespace dhs::fits
