// SPDX-License-Identifier: Apache-2.0
#include "fits/table_writer.h"

#include <libdeflate.h>

#include <algorithm>
#include <cctype>
#include <set>

#include <fmt/format.h>

namespace dhs::fits {
namespace {

std::string UpperCase(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return upper;
}

int64_t BytesOfType(char letter) {
  switch (letter) {
    case 'L':
    case 'B':
    case 'A':
      return 1;
    case 'I':
      return 2;
    case 'J':
    case 'E':
      return 4;
    case 'K':
    case 'D':
      return 8;
    default:
      return 0;
  }
}

std::string Quoted(std::string_view value) {
  std::string doubled;
  for (const char c : value) {
    doubled += c;
    if (c == '\'') doubled += c;
  }
  return fmt::format("'{:<8}'", doubled);
}

int64_t PaddingAfter(int64_t bytes) { return (kWriterBlockBytes - bytes % kWriterBlockBytes) % kWriterBlockBytes; }

}  // namespace

Result<RowLayout> RowLayout::Make(std::vector<ColumnDef> columns) {
  if (columns.empty()) return UsageError("a table needs at least one column");
  RowLayout layout;
  std::set<std::string> names;
  for (const ColumnDef& column : columns) {
    int64_t repeat = 0;
    size_t at = 0;
    while (at < column.tform.size() && std::isdigit(static_cast<unsigned char>(column.tform[at])) && repeat < 1000000) {
      repeat = repeat * 10 + (column.tform[at++] - '0');
    }
    if (at == 0) repeat = 1;
    const int64_t bytes = at + 1 == column.tform.size() ? BytesOfType(column.tform[at]) : 0;
    if (bytes == 0) {
      return UsageError(fmt::format("column {}: TFORM '{}' is not a repeat count and one of L B I J K E D A",
                                    column.name, column.tform));
    }
    if (!names.insert(UpperCase(column.name)).second) {
      return UsageError(fmt::format("column {} is given twice", column.name));
    }
    layout.offsets_.push_back(layout.row_bytes_);
    layout.row_bytes_ += repeat * bytes;
  }
  layout.columns_ = std::move(columns);
  return layout;
}

std::optional<int64_t> RowLayout::OffsetOf(std::string_view name) const {
  const std::string wanted = UpperCase(name);
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (UpperCase(columns_[i].name) == wanted) return offsets_[i];
  }
  return std::nullopt;
}

void HeaderBuilder::Raw(std::string_view card) {
  std::string padded(card.substr(0, static_cast<size_t>(kWriterCardBytes)));
  padded.resize(static_cast<size_t>(kWriterCardBytes), ' ');
  cards_ += padded;
}

void HeaderBuilder::Valued(std::string_view keyword, std::string_view value, std::string_view comment) {
  std::string card = fmt::format("{:<8}= {}", keyword.substr(0, 8), value);
  if (!comment.empty()) card += fmt::format(" / {}", comment);
  Raw(card);
}

void HeaderBuilder::Logical(std::string_view keyword, bool value, std::string_view comment) {
  Valued(keyword, fmt::format("{:>20}", value ? "T" : "F"), comment);
}

void HeaderBuilder::Integer(std::string_view keyword, int64_t value, std::string_view comment) {
  Valued(keyword, fmt::format("{:>20}", value), comment);
}

void HeaderBuilder::Real(std::string_view keyword, double value, std::string_view comment) {
  std::string digits = UpperCase(fmt::format("{}", value));
  if (digits.find_first_of(".E") == std::string::npos) digits += ".0";
  Valued(keyword, fmt::format("{:>20}", digits), comment);
}

void HeaderBuilder::Text(std::string_view keyword, std::string_view value, std::string_view comment) {
  const std::string quoted = Quoted(value);
  if (quoted.size() <= 70) {
    Valued(keyword, fmt::format("{:<20}", quoted), comment);
    return;
  }
  // 67 characters and '&' fit between the quotes of a card; a doubled quote must not be cut in two.
  std::string_view rest = std::string_view(quoted).substr(1, quoted.size() - 2);
  bool first = true;
  while (!rest.empty()) {
    size_t take = std::min<size_t>(rest.size(), 67);
    const auto trailing_quotes = [&] {
      size_t n = 0;
      while (n < take && rest[take - 1 - n] == '\'') ++n;
      return n;
    };
    if (take < rest.size() && trailing_quotes() % 2 == 1) --take;
    const bool last = take == rest.size();
    const std::string part = fmt::format("'{}{}'", rest.substr(0, take), last ? "" : "&");
    if (first) {
      Raw(fmt::format("{:<8}= {}", keyword.substr(0, 8), part));
    } else {
      Raw("CONTINUE  " + part);
    }
    first = false;
    rest.remove_prefix(take);
  }
}

void HeaderBuilder::Comment(std::string_view text) {
  do {
    Raw(fmt::format("COMMENT {}", text.substr(0, 72)));
    text.remove_prefix(std::min<size_t>(72, text.size()));
  } while (!text.empty());
}

std::string HeaderBuilder::Finish() const {
  std::string header = cards_;
  header += "END";
  header.append(static_cast<size_t>(PaddingAfter(static_cast<int64_t>(header.size()))), ' ');
  return header;
}

std::string ComposeTableHeader(const RowLayout& layout, int64_t num_rows, const TableWriterOptions& options) {
  HeaderBuilder primary;
  primary.Logical("SIMPLE", true, "file does conform to FITS standard");
  primary.Integer("BITPIX", 8, "number of bits per data pixel");
  primary.Integer("NAXIS", 0, "number of data axes");
  primary.Logical("EXTEND", true, "FITS dataset may contain extensions");

  HeaderBuilder table;
  table.Text("XTENSION", "BINTABLE", "binary table extension");
  table.Integer("BITPIX", 8, "8-bit bytes");
  table.Integer("NAXIS", 2, "2-dimensional binary table");
  table.Integer("NAXIS1", layout.row_bytes(), "width of table in bytes");
  table.Integer("NAXIS2", num_rows, "number of rows in table");
  table.Integer("PCOUNT", 0, "size of special data area");
  table.Integer("GCOUNT", 1, "one data group (required keyword)");
  table.Integer("TFIELDS", static_cast<int64_t>(layout.columns().size()), "number of fields in each row");
  for (size_t i = 0; i < layout.columns().size(); ++i) {
    const ColumnDef& column = layout.columns()[i];
    table.Text(fmt::format("TTYPE{}", i + 1), column.name);
    table.Text(fmt::format("TFORM{}", i + 1), column.tform);
    if (!column.unit.empty()) table.Text(fmt::format("TUNIT{}", i + 1), column.unit);
  }
  if (!options.extname.empty()) table.Text("EXTNAME", options.extname, "name of this binary table extension");

  const auto finish = [](const HeaderBuilder& mandatory, const HeaderBuilder& added) {
    std::string header = mandatory.cards() + added.cards() + "END";
    header.append(static_cast<size_t>(PaddingAfter(static_cast<int64_t>(header.size()))), ' ');
    return header;
  };
  return finish(primary, options.primary_cards) + finish(table, options.extension_cards);
}

Result<std::unique_ptr<TableWriter>> TableWriter::Open(Storage& storage, const std::string& path,
                                                       const RowLayout& layout, int64_t num_rows,
                                                       TableWriterOptions options) {
  if (num_rows < 0) return InternalError(fmt::format("{}: a table of {} rows was asked for", path, num_rows));
  std::unique_ptr<TableWriter> writer(new TableWriter);
  writer->path_ = path;
  writer->gzip_ = options.gzip;
  writer->gzip_level_ = options.gzip_level;
  writer->row_bytes_ = layout.row_bytes();
  writer->bytes_left_ = num_rows * layout.row_bytes();
  ARROW_ASSIGN_OR_RAISE(writer->file_, storage.OpenOutput(path));
  const std::string header = ComposeTableHeader(layout, num_rows, options);
  if (writer->gzip_)
    writer->held_.reserve(header.size() + static_cast<size_t>(writer->bytes_left_ + kWriterBlockBytes));
  ARROW_RETURN_NOT_OK(writer->Put(header));
  return writer;
}

Status TableWriter::Put(std::string_view bytes) {
  bytes_written_ += static_cast<int64_t>(bytes.size());
  if (gzip_) {
    held_.append(bytes);
    return Status::OK();
  }
  return file_->Write(bytes.data(), static_cast<int64_t>(bytes.size()));
}

Status TableWriter::Append(std::string_view bytes) {
  const auto size = static_cast<int64_t>(bytes.size());
  if (size == 0) return Status::OK();
  if (size > bytes_left_ || size % row_bytes_ != 0) {
    return InternalError(fmt::format("{}: {} bytes appended where up to {} rows of {} bytes are expected", path_, size,
                                     bytes_left_ / row_bytes_, row_bytes_));
  }
  bytes_left_ -= size;
  return Put(bytes);
}

Status TableWriter::Close() {
  if (bytes_left_ != 0) {
    return InternalError(fmt::format("{}: closed with {} rows missing", path_, bytes_left_ / row_bytes_));
  }
  ARROW_RETURN_NOT_OK(Put(std::string(static_cast<size_t>(PaddingAfter(bytes_written_)), '\0')));
  if (gzip_) {
    ARROW_ASSIGN_OR_RAISE(const std::string packed, GzipCompress(held_, gzip_level_));
    held_ = std::string();
    ARROW_RETURN_NOT_OK(file_->Write(packed.data(), static_cast<int64_t>(packed.size())));
  }
  return file_->Close();
}

Result<std::string> GzipCompress(std::string_view bytes, int level) {
  const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
      libdeflate_alloc_compressor(level), libdeflate_free_compressor);
  if (compressor == nullptr) {
    return EnvironmentError({}, fmt::format("no memory for a gzip compressor of level {}", level));
  }
  std::string packed(libdeflate_gzip_compress_bound(compressor.get(), bytes.size()), '\0');
  const size_t size =
      libdeflate_gzip_compress(compressor.get(), bytes.data(), bytes.size(), packed.data(), packed.size());
  if (size == 0) return InternalError(fmt::format("gzip of {} bytes did not fit its own bound", bytes.size()));
  packed.resize(size);
  return packed;
}

}  // namespace dhs::fits
