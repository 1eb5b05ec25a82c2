// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/table.h>

#include "fits/column_decoder.h"
#include "fits/table_reader.h"
#include "scan/candidate_table.h"
#include "scan/scan.h"

// Any bytes as a sweep: refused, or scanned with books that balance, the same for every cut into blocks.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace dhs;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  auto opened =
      fits::TableReader::Open(std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes)), "f");
  if (!opened.ok() || (*opened)->is_gzip()) return 0;
  const fits::TableReader& reader = **opened;
  // Every scalar column as an extra one.
  std::vector<std::string> extra;
  for (const fits::Column& column : reader.layout().columns()) {
    if (reader.layout().Require(column.name, fits::kScalarTypes).ok()) extra.push_back(column.name);
  }
  const auto columns = scan::SweepColumns::FromLayout(reader.layout(), false, extra);
  if (!columns.ok()) return 0;
  static const scan::ScanRules rules = scan::ScanRules::From({});
  scan::SweepTally whole, cut;
  scan::RowScanner first(&rules, *columns), second(&rules, *columns);
  std::vector<uint8_t> rows(static_cast<size_t>(reader.layout().rows_size_bytes()));
  if (!reader.ReadRows(0, reader.num_rows(), rows.data()).ok()) std::abort();
  first.Scan(rows.data(), 0, reader.num_rows(), &whole);
  for (int64_t row = 0; row < reader.num_rows(); ++row) {
    second.Scan(rows.data() + row * columns->row_bytes, row, 1, &cut);
  }
  if (!whole.books.CheckBalance().ok() || whole.books.rows_kept != static_cast<int64_t>(whole.kept.candidates.size()) ||
      whole.books.rejected != cut.books.rejected || whole.books.bad != cut.books.bad) {
    std::abort();
  }
  const auto table = scan::CandidateTable({whole.kept}, *columns, rules);
  if (table.ok() ? !(*table)->ValidateFull().ok() : ExitCodeOf(table.status()) != ExitCode::kData) std::abort();
  return 0;
}
