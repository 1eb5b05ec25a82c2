// SPDX-License-Identifier: Apache-2.0
#include "mock/earlier_parquet.h"

#include <array>
#include <memory>
#include <utility>

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include "photometry/variant.h"

namespace dhs::mock {
namespace {

constexpr std::array<const char*, 6> kTypeNames = {"PSF", "REX", "EXP", "DEV", "SER", "DUP"};

// One column after another, in the order of the earlier system.
class Columns {
 public:
  explicit Columns(std::span<const ParentRow> rows) : rows_(rows) {}

  template <typename Builder, typename ValueOf>
  Status Add(const std::string& name, const ValueOf& value_of) {
    Builder builder;
    ARROW_RETURN_NOT_OK(builder.Reserve(static_cast<int64_t>(rows_.size())));
    for (const ParentRow& row : rows_) ARROW_RETURN_NOT_OK(builder.Append(value_of(row)));
    ARROW_ASSIGN_OR_RAISE(auto array, builder.Finish());
    fields_.push_back(arrow::field(name, array->type()));
    arrays_.push_back(std::move(array));
    return Status::OK();
  }
  Status AddPhotometry(photometry::StoredPhotometry ParentRow::* stored, const std::string& suffix) {
    using photometry::StoredPhotometry;
    constexpr std::pair<const char*, float StoredPhotometry::*> kMembers[] = {
        {"gmag", &StoredPhotometry::gmag},   {"rmag", &StoredPhotometry::rmag}, {"zmag", &StoredPhotometry::zmag},
        {"w1mag", &StoredPhotometry::w1mag}, {"rz", &StoredPhotometry::rz},     {"zw1", &StoredPhotometry::zw1}};
    for (const auto& [name, member] : kMembers) {
      ARROW_RETURN_NOT_OK(
          Add<arrow::FloatBuilder>(name + suffix, [&](const ParentRow& row) { return row.*stored.*member; }));
    }
    return Status::OK();
  }
  std::shared_ptr<arrow::Table> Table() const {
    return arrow::Table::Make(arrow::schema(fields_), arrays_, static_cast<int64_t>(rows_.size()));
  }

 private:
  std::span<const ParentRow> rows_;
  arrow::FieldVector fields_;
  arrow::ArrayVector arrays_;
};

Result<std::shared_ptr<arrow::Table>> TableOf(std::span<const ParentRow> rows) {
  Columns columns(rows);
  ARROW_RETURN_NOT_OK(
      columns.Add<arrow::StringBuilder>("brickname", [](const ParentRow& row) { return row.brick.ToString(); }));
  ARROW_RETURN_NOT_OK(columns.Add<arrow::Int64Builder>("objid", [](const ParentRow& row) { return row.objid; }));
  ARROW_RETURN_NOT_OK(columns.Add<arrow::DoubleBuilder>("ra", [](const ParentRow& row) { return row.ra_deg; }));
  ARROW_RETURN_NOT_OK(columns.Add<arrow::DoubleBuilder>("dec", [](const ParentRow& row) { return row.dec_deg; }));
  ARROW_RETURN_NOT_OK(columns.AddPhotometry(&ParentRow::raw, ""));
  ARROW_RETURN_NOT_OK(columns.AddPhotometry(&ParentRow::corrected, "_mw"));
  ARROW_RETURN_NOT_OK(
      columns.Add<arrow::Int64Builder>("maskbits", [](const ParentRow& row) { return int64_t{row.maskbits}; }));
  ARROW_RETURN_NOT_OK(columns.Add<arrow::StringBuilder>(
      "type", [](const ParentRow& row) { return kTypeNames[static_cast<size_t>(row.type)]; }));
  for (size_t v = 0; v < photometry::kNumBuiltinVariants; ++v) {
    ARROW_RETURN_NOT_OK(
        columns.Add<arrow::BooleanBuilder>(photometry::BuiltinVariants()[v].FlagColumn(),
                                           [v](const ParentRow& row) { return (row.flags >> v & 1U) != 0; }));
  }
  return columns.Table();
}

}  // namespace

Status WriteEarlierParquet(Storage& storage, const std::string& path, std::span<const ParentRow> rows) {
  ARROW_ASSIGN_OR_RAISE(const auto table, TableOf(rows));
  ARROW_ASSIGN_OR_RAISE(const auto stream, arrow::io::BufferOutputStream::Create(1 << 14));
  static const auto properties =
      parquet::WriterProperties::Builder().compression(parquet::Compression::SNAPPY)->enable_dictionary()->build();
  ARROW_RETURN_NOT_OK(
      parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), stream, table->num_rows(), properties));
  ARROW_ASSIGN_OR_RAISE(const auto bytes, stream->Finish());
  ARROW_ASSIGN_OR_RAISE(const auto file, storage.OpenOutput(path));
  ARROW_RETURN_NOT_OK(file->Write(bytes->data(), bytes->size()));
  return file->Close();
}

}  // namespace dhs::mock
