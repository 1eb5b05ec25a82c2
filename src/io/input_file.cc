// SPDX-License-Identifier: Apache-2.0
#include <arrow/buffer.h>

#include "dhs/storage.h"

namespace dhs {

Status InputFile::Seek(int64_t position) {
  position_ = position;
  return Status::OK();
}

Result<std::shared_ptr<arrow::Buffer>> InputFile::ReadAt(int64_t offset, int64_t num_bytes) {
  ARROW_ASSIGN_OR_RAISE(auto buffer, arrow::AllocateResizableBuffer(num_bytes));
  ARROW_ASSIGN_OR_RAISE(const int64_t got, ReadAt(offset, num_bytes, buffer->mutable_data()));
  if (got < num_bytes) ARROW_RETURN_NOT_OK(buffer->Resize(got));
  return std::shared_ptr<arrow::Buffer>(std::move(buffer));
}

Result<int64_t> InputFile::Read(int64_t num_bytes, void* out) {
  ARROW_ASSIGN_OR_RAISE(const int64_t got, ReadAt(position_, num_bytes, out));
  position_ += got;
  return got;
}

Result<std::shared_ptr<arrow::Buffer>> InputFile::Read(int64_t num_bytes) {
  ARROW_ASSIGN_OR_RAISE(auto buffer, ReadAt(position_, num_bytes));
  position_ += buffer->size();
  return buffer;
}

}  // namespace dhs
