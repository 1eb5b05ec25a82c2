// SPDX-License-Identifier: Apache-2.0
#include "fits/table.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <utility>

#include <arrow/array.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "fits/column_decoder.h"
#include "fits/table_reader.h"

namespace dhs::fits {

namespace {

constexpr int64_t kBlockTargetBytes = 1 << 20;

std::string LowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

bool IsReadable(const Column& column) {
  return kScalarTypes.find(column.type) != std::string_view::npos && (column.type == 'A' || column.repeat == 1);
}

Result<std::vector<const Column*>> ChooseColumns(const TableLayout& layout, const std::vector<std::string>& columns,
                                                 const std::vector<std::string>& optional_columns) {
  std::vector<const Column*> chosen;
  if (columns.empty() && optional_columns.empty()) {
    for (const Column& column : layout.columns()) {
      if (!IsReadable(column)) continue;
      ARROW_RETURN_NOT_OK(layout.Require(column.name, kScalarTypes).status());
      chosen.push_back(&column);
    }
  }
  for (const std::string& name : columns) {
    ARROW_ASSIGN_OR_RAISE(const Column* column, layout.Require(name, kScalarTypes));
    chosen.push_back(column);
  }
  for (const std::string& name : optional_columns) {
    if (layout.Find(name) == nullptr) continue;
    ARROW_ASSIGN_OR_RAISE(const Column* column, layout.Require(name, kScalarTypes));
    chosen.push_back(column);
  }
  return chosen;
}

}  // namespace

Result<std::shared_ptr<arrow::Table>> ReadTable(Storage& storage, const std::string& path,
                                                const std::vector<std::string>& columns,
                                                const std::vector<std::string>& optional_columns) {
  ARROW_ASSIGN_OR_RAISE(auto file, storage.OpenInput(path));
  return ReadTable(std::move(file), path, columns, optional_columns);
}

Result<std::shared_ptr<arrow::Table>> ReadTable(std::shared_ptr<arrow::io::RandomAccessFile> file,
                                                const std::string& path, const std::vector<std::string>& columns,
                                                const std::vector<std::string>& optional_columns) {
  ARROW_ASSIGN_OR_RAISE(auto reader, TableReader::Open(std::move(file), path));
  const TableLayout& layout = reader->layout();
  ARROW_ASSIGN_OR_RAISE(const auto chosen, ChooseColumns(layout, columns, optional_columns));
  std::vector<std::unique_ptr<ColumnDecoder>> decoders;
  for (const Column* column : chosen) decoders.push_back(ColumnDecoder::Make(*column));

  const int64_t row_bytes = layout.row_bytes();
  const int64_t rows_per_block =
      row_bytes == 0 ? 1 : std::min(std::max<int64_t>(1, kBlockTargetBytes / row_bytes), layout.num_rows());
  std::vector<uint8_t> block(static_cast<size_t>(rows_per_block * row_bytes));
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const int64_t count, reader->ReadNextRows(rows_per_block, block.data()));
    if (count == 0) break;
    for (auto& decoder : decoders) ARROW_RETURN_NOT_OK(decoder->Append(block.data(), count, row_bytes));
  }
  ARROW_RETURN_NOT_OK(reader->Finish());

  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (size_t i = 0; i < chosen.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(auto array, decoders[i]->Finish());
    fields.push_back(arrow::field(LowerCase(chosen[i]->name), array->type()));
    arrays.push_back(std::move(array));
  }
  return arrow::Table::Make(arrow::schema(std::move(fields)), arrays, layout.num_rows());
}

}  // namespace dhs::fits
