// SPDX-License-Identifier: Apache-2.0
#include "fits/table_reader.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace dhs::fits {

namespace {

std::string Printable(std::string_view bytes) {
  std::string text(bytes);
  std::replace_if(text.begin(), text.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '.');
  return text;
}

}  // namespace

Result<std::unique_ptr<TableReader>> TableReader::Open(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(auto file, storage.OpenInput(path));
  ARROW_ASSIGN_OR_RAISE(auto reader, Open(file, path));
  reader->lender_ = std::move(file);
  return reader;
}

Result<std::unique_ptr<TableReader>> TableReader::Open(std::shared_ptr<arrow::io::RandomAccessFile> file,
                                                       std::string path) {
  std::unique_ptr<TableReader> reader(new TableReader());
  reader->path_ = std::move(path);
  reader->file_ = std::move(file);
  ARROW_ASSIGN_OR_RAISE(reader->file_size_bytes_, reader->file_->GetSize());
  ARROW_ASSIGN_OR_RAISE(reader->is_gzip_, IsGzip(*reader->file_));
  reader->source_ = reader->is_gzip_ ? GzipSource(reader->file_, reader->path_) : PlainSource(reader->file_);
  ARROW_RETURN_NOT_OK(reader->FindTable());
  ARROW_RETURN_NOT_OK(reader->CheckSize());
  return reader;
}

Status TableReader::FindTable() {
  for (int hdu = 0;; ++hdu) {
    ARROW_ASSIGN_OR_RAISE(header_, ReadHeader(hdu));
    if (header_.cards().empty()) {  // the file ended before HDU `hdu`
      return DataError({.path = path_}, fmt::format("the file holds no BINTABLE: its {} HDU{} of other kinds", hdu,
                                                    hdu == 1 ? " is" : "s are"));
    }
    if (hdu > 0 && header_.cards()[0].value == "BINTABLE") break;
    ARROW_ASSIGN_OR_RAISE(const int64_t size, DataSizeBytes(header_));
    ARROW_ASSIGN_OR_RAISE(const int64_t skipped, source_->Skip(PaddedToBlock(size)));
    if (skipped < size) {
      ErrorLocation where = header_.where();
      where.byte_offset = source_->position();
      return DataError(where, fmt::format("the data of this HDU are cut short: expected {} bytes, found {}; get the "
                                          "file again",
                                          size, skipped));
    }
  }
  data_offset_ = source_->position();
  ARROW_ASSIGN_OR_RAISE(layout_, TableLayout::Parse(header_));
  return Status::OK();
}

/// A header without cards stands for the end of the file (or for the special records that may follow the last HDU).
Result<Header> TableReader::ReadHeader(int hdu) {
  ErrorLocation where{.path = path_, .hdu = hdu, .byte_offset = source_->position()};
  std::string bytes;
  while (static_cast<int64_t>(bytes.size()) < kMaxHeaderBytes) {
    const size_t before = bytes.size();
    bytes.resize(before + kBlockBytes);
    ARROW_ASSIGN_OR_RAISE(const int64_t got, source_->Read(kBlockBytes, bytes.data() + before));
    bytes.resize(before + static_cast<size_t>(got));
    if (before == 0) {
      const std::string_view start = std::string_view(bytes).substr(0, 9);
      if (hdu == 0 && start != "SIMPLE  =") {
        return DataError(where, fmt::format("not a FITS file: it must begin with 'SIMPLE  =', found {}",
                                            bytes.empty() ? "an empty file" : "'" + Printable(start) + "'"));
      }
      if (hdu > 0 && !start.starts_with("XTENSION") && (got == 0 || start.size() == 9)) return Header();
    }
    if (FindHeaderEnd(std::string_view(bytes).substr(before)) || got < kBlockBytes) break;
  }
  return Header::Parse(bytes, std::move(where));
}

Status TableReader::CheckSize() const {
  if (is_gzip_) return Status::OK();
  const int64_t found = std::max<int64_t>(0, file_size_bytes_ - data_offset_);
  const int64_t expected = layout_.rows_size_bytes() + layout_.heap_size_bytes();
  return found < expected ? Truncated(found) : Status::OK();
}

Status TableReader::Truncated(int64_t found_bytes) const {
  ErrorLocation where = layout_.where();
  where.byte_offset = data_offset_ + found_bytes;
  return DataError(where,
                   fmt::format("the table's data are cut short: {} rows of {} bytes take {} bytes, found {} ({} whole "
                               "rows); get the file again",
                               num_rows(), layout_.row_bytes(), layout_.rows_size_bytes() + layout_.heap_size_bytes(),
                               found_bytes, layout_.row_bytes() > 0 ? found_bytes / layout_.row_bytes() : 0));
}

Status TableReader::ReadRows(int64_t first, int64_t count, uint8_t* out) const {
  if (is_gzip_ || first < 0 || count < 0 || first > num_rows() - count) {
    return InternalError(fmt::format("rows [{}, {}) of {} cannot be read at random", first, first + count, path_));
  }
  const int64_t wanted = count * layout_.row_bytes();
  const int64_t begin = first * layout_.row_bytes();
  ARROW_ASSIGN_OR_RAISE(const int64_t got, file_->ReadAt(data_offset_ + begin, wanted, out));
  return got < wanted ? Truncated(begin + got) : Status::OK();
}

std::unique_ptr<LentBytes> TableReader::LendRows(int64_t first, int64_t count) const {
  if (lender_ == nullptr || is_gzip_ || first < 0 || count < 0 || first > num_rows() - count) return nullptr;
  return lender_->Lend(data_offset_ + first * layout_.row_bytes(), count * layout_.row_bytes());
}

Status TableReader::Prefetch(int64_t first, int64_t count) const {
  count = std::min(count, num_rows() - first);
  if (count <= 0) return Status::OK();
  return file_->WillNeed({{data_offset_ + first * layout_.row_bytes(), count * layout_.row_bytes()}});
}

Result<int64_t> TableReader::ReadNextRows(int64_t max_rows, uint8_t* out) {
  const int64_t count = std::min(max_rows, num_rows() - next_row_);
  if (count <= 0) return 0;
  const int64_t wanted = count * layout_.row_bytes();
  ARROW_ASSIGN_OR_RAISE(const int64_t got, source_->Read(wanted, out));
  if (got < wanted) return Truncated(next_row_ * layout_.row_bytes() + got);
  next_row_ += count;
  return count;
}

}  // namespace dhs::fits
