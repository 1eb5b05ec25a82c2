// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <utility>

#include <arrow/api.h>
#include <arrow/csv/api.h>
#include <arrow/io/compressed.h>
#include <arrow/util/compression.h>
#include <fmt/format.h>

#include "catalog/parquet.h"
#include "io/files.h"

namespace dhs::catalog {

namespace {

void AppendQuoted(std::string_view text, std::string* out) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out->append(text);
    return;
  }
  out->push_back('"');
  for (const char c : text) {
    if (c == '"') out->push_back('"');
    out->push_back(c);
  }
  out->push_back('"');
}

template <typename Float>
void AppendFloat(Float value, std::string* out) {
  if (value != value) {
    out->append("NaN");
  } else {
    fmt::format_to(std::back_inserter(*out), "{}", value);
  }
}

Status AppendCell(const arrow::Array& array, int64_t row, std::string* out) {
  if (array.IsNull(row)) return Status::OK();
  switch (array.type_id()) {
    case arrow::Type::BOOL:
      out->append(static_cast<const arrow::BooleanArray&>(array).Value(row) ? "true" : "false");
      return Status::OK();
    case arrow::Type::INT32:
      fmt::format_to(std::back_inserter(*out), "{}", static_cast<const arrow::Int32Array&>(array).Value(row));
      return Status::OK();
    case arrow::Type::INT64:
      fmt::format_to(std::back_inserter(*out), "{}", static_cast<const arrow::Int64Array&>(array).Value(row));
      return Status::OK();
    case arrow::Type::FLOAT:
      AppendFloat(static_cast<const arrow::FloatArray&>(array).Value(row), out);
      return Status::OK();
    case arrow::Type::DOUBLE:
      AppendFloat(static_cast<const arrow::DoubleArray&>(array).Value(row), out);
      return Status::OK();
    case arrow::Type::STRING:
      AppendQuoted(static_cast<const arrow::StringArray&>(array).GetView(row), out);
      return Status::OK();
    default:
      return InternalError(fmt::format("no CSV form for a column of type {}", array.type()->ToString()));
  }
}

// The reader quotes the offending row, which may be anything: only the first line that is plain text is told.
Status NotCsv(const std::string& path, const Status& status) {
  const std::string& message = status.message();
  const auto is_plain = [](unsigned char c) { return c >= 0x20 && c < 0x7f; };
  const std::string shown(message.begin(), std::find_if_not(message.begin(), message.end(), is_plain));
  return DataError({.path = path}, fmt::format("not a CSV table: {}", shown));
}

}  // namespace

Status WriteCsv(Storage& storage, const std::string& path, const arrow::Table& table) {
  ARROW_ASSIGN_OR_RAISE(auto contiguous, table.CombineChunks());
  std::string text;
  const int num_columns = contiguous->num_columns();
  std::vector<const arrow::Array*> arrays;
  for (int c = 0; c < num_columns; ++c) {
    AppendQuoted(contiguous->schema()->field(c)->name(), &text);
    text.push_back(c + 1 == num_columns ? '\n' : ',');
    if (contiguous->num_rows() > 0) arrays.push_back(contiguous->column(c)->chunk(0).get());
  }
  for (int64_t row = 0; row < contiguous->num_rows(); ++row) {
    for (int c = 0; c < num_columns; ++c) {
      ARROW_RETURN_NOT_OK(AppendCell(*arrays[static_cast<size_t>(c)], row, &text));
      text.push_back(c + 1 == num_columns ? '\n' : ',');
    }
  }
  return io::WriteFile(storage, path, text);
}

Result<std::shared_ptr<arrow::Table>> ReadCsv(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(auto file, storage.OpenInput(path));
  unsigned char magic[2] = {0, 0};
  ARROW_ASSIGN_OR_RAISE(const int64_t got, file->ReadAt(0, 2, magic));
  std::shared_ptr<arrow::io::InputStream> stream = file;
  if (got == 2 && magic[0] == 0x1f && magic[1] == 0x8b) {
    ARROW_ASSIGN_OR_RAISE(auto codec, arrow::util::Codec::Create(arrow::Compression::GZIP));
    ARROW_ASSIGN_OR_RAISE(stream, arrow::io::CompressedInputStream::Make(codec.get(), stream));
    // The stream makes its own decompressor from the codec and does not keep it.
  }
  auto convert = arrow::csv::ConvertOptions::Defaults();
  convert.strings_can_be_null = true;
  convert.quoted_strings_can_be_null = false;
  convert.null_values = {""};
  auto read = arrow::csv::ReadOptions::Defaults();
  read.use_threads = false;
  auto reader = arrow::csv::TableReader::Make(arrow::io::default_io_context(), stream, read,
                                              arrow::csv::ParseOptions::Defaults(), convert);
  if (!reader.ok()) return NotCsv(path, reader.status());
  auto table = (*reader)->Read();
  if (!table.ok() && LocationOf(table.status()) != nullptr) return table.status();
  if (!table.ok()) return NotCsv(path, table.status());
  return table;
}

}  // namespace dhs::catalog
