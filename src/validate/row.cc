// SPDX-License-Identifier: Apache-2.0
#include "validate/row.h"

#include <limits>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/table.h>

#include "catalog/columns.h"
#include "parent/place.h"
#include "parent/table_access.h"

namespace dhs::validate {

const std::string& ColumnName(Column column) {
  return catalog::ParentCompactTable().columns[static_cast<size_t>(column)];
}

struct RowReader::Impl {
  int64_t num_rows = 0;
  ColumnSet missing = 0;
  std::array<std::shared_ptr<arrow::Array>, kNumColumns> arrays;
  std::vector<Column> with_nulls;
  Row row;
  std::string_view last_brick;
  bool has_last_brick = false;

  template <typename ArrayType>
  const ArrayType* As(Column column) const {
    return static_cast<const ArrayType*>(arrays[static_cast<size_t>(column)].get());
  }
  // Value of a column that is there and not null in row i.
  bool Has(Column column) const { return (row.absent >> column & 1U) == 0; }
  std::string_view Text(Column column, int64_t i) const {
    return Has(column) ? As<arrow::StringArray>(column)->GetView(i) : std::string_view();
  }
  bool Flag(Column column, int64_t i) const { return Has(column) && As<arrow::BooleanArray>(column)->Value(i); }
  double Coordinate(Column column, int64_t i) const {
    return Has(column) ? As<arrow::DoubleArray>(column)->Value(i) : std::numeric_limits<double>::quiet_NaN();
  }

  // Rows of a brick follow each other, so the name is looked up once a brick.
  void ReadBrick(int64_t i) {
    row.brickname = Text(kBrickname, i);
    if (has_last_brick && row.brickname == last_brick) return;
    last_brick = row.brickname;
    has_last_brick = true;
    const auto name = sky::BrickName::Parse(row.brickname);
    row.brick_name_ok = name.has_value();
    row.brick = name ? sky::BrickFromName(*name) : std::nullopt;
    if (row.brick) row.bounds = sky::BoundsOf(*row.brick);
  }
};

RowReader::RowReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RowReader::RowReader(RowReader&&) noexcept = default;
RowReader& RowReader::operator=(RowReader&&) noexcept = default;
RowReader::~RowReader() = default;

Result<RowReader> RowReader::Make(const arrow::Table& rows) {
  auto impl = std::make_unique<Impl>();
  impl->num_rows = rows.num_rows();
  if (catalog::FlagsReferToCorrected(*rows.schema())) impl->row.cut_columns = {kZmagMw, kRzMw, kZw1Mw};
  for (int c = 0; c < kNumColumns; ++c) {
    const auto column = static_cast<Column>(c);
    const std::string& name = ColumnName(column);
    const auto type = catalog::ArrowType(catalog::FindColumn(name)->type);
    auto array = rows.schema()->GetFieldIndex(name) < 0 ? Result<std::shared_ptr<arrow::Array>>(nullptr)
                                                        : parent::ColumnAs(rows, name, type, "");
    if (!array.ok() && ExitCodeOf(array.status()) == ExitCode::kEnvironment) return array.status();
    if (!array.ok() || *array == nullptr) {
      impl->missing |= Columns({column});
      continue;
    }
    if ((*array)->null_count() > 0) impl->with_nulls.push_back(column);
    impl->arrays[static_cast<size_t>(c)] = *std::move(array);
  }
  return RowReader(std::move(impl));
}

int64_t RowReader::num_rows() const { return impl_->num_rows; }
ColumnSet RowReader::missing() const { return impl_->missing; }
int64_t RowReader::NullCount(Column column) const {
  const auto& array = impl_->arrays[static_cast<size_t>(column)];
  return array == nullptr ? 0 : array->null_count();
}

const Row& RowReader::Read(int64_t i) {
  Row& row = impl_->row;
  row.absent = impl_->missing;
  for (const Column column : impl_->with_nulls) {
    if (impl_->arrays[static_cast<size_t>(column)]->IsNull(i)) row.absent |= Columns({column});
  }
  impl_->ReadBrick(i);
  row.region_split = impl_->Text(kRegionSplit, i);
  row.type = impl_->Text(kType, i);
  row.objid = impl_->Has(kObjid) ? impl_->As<arrow::Int64Array>(kObjid)->Value(i) : 0;
  row.maskbits = impl_->Has(kMaskbits) ? impl_->As<arrow::Int64Array>(kMaskbits)->Value(i) : 0;
  row.region_id = impl_->Has(kRegionId) ? impl_->As<arrow::Int32Array>(kRegionId)->Value(i) : 0;
  row.ra = impl_->Coordinate(kRa, i);
  row.dec = impl_->Coordinate(kDec, i);
  for (int f = 0; f < kNumFloats; ++f) {
    const auto column = static_cast<Column>(kGmag + f);
    row.floats[static_cast<size_t>(f)] =
        impl_->Has(column) ? impl_->As<arrow::FloatArray>(column)->Value(i) : std::numeric_limits<float>::quiet_NaN();
  }
  const auto variants = photometry::BuiltinVariants();
  const bool point_source = photometry::IsPointSource(row.type) ||
                            (row.type.size() > 3 && photometry::IsPointSource(photometry::NormalizeType(row.type)));
  const float zmag = row.value(row.cut_columns[0]), rz = row.value(row.cut_columns[1]),
              zw1 = row.value(row.cut_columns[2]);
  for (size_t v = 0; v < variants.size(); ++v) {
    row.flags[v] = impl_->Flag(static_cast<Column>(kFlagV1 + static_cast<int>(v)), i);
    row.recomputed[v] = !point_source && photometry::PassesCuts(variants[v], zmag, rz, zw1);
  }
  row.gmag_valid = impl_->Flag(kGmagValid, i);
  return row;
}

}  // namespace dhs::validate
