// SPDX-License-Identifier: Apache-2.0
#include "scan/candidate_table.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>

#include "catalog/columns.h"
#include "fits/column_decoder.h"
#include "scan/photoz.h"

namespace dhs::scan {

namespace {

struct SortKey {
  uint64_t brick;
  int64_t objid;
  const Candidate* candidate;
  const uint8_t* extra_cells;
};

std::vector<SortKey> Sorted(const std::vector<CandidateChunk>& chunks, int64_t extra_bytes) {
  size_t num_candidates = 0;
  for (const CandidateChunk& chunk : chunks) num_candidates += chunk.candidates.size();
  std::vector<SortKey> keys;
  keys.reserve(num_candidates);
  for (const CandidateChunk& chunk : chunks) {
    const uint8_t* cells = chunk.extra_cells.data();
    for (const Candidate& c : chunk.candidates) {
      keys.push_back({c.brick.packed(), c.objid, &c, cells});
      cells += extra_bytes;
    }
  }
  std::sort(keys.begin(), keys.end(), [](const SortKey& a, const SortKey& b) {
    return std::tie(a.brick, a.objid, a.candidate->row) < std::tie(b.brick, b.objid, b.candidate->row);
  });
  return keys;
}

/// Builds the columns one after the other; the order is checked against the schema at the end.
class ColumnMaker {
 public:
  template <typename Builder, typename Items, typename Get>
  Status Add(const Items& items, Get get) {
    Builder builder;
    ARROW_RETURN_NOT_OK(builder.Reserve(static_cast<int64_t>(items.size())));
    if constexpr (std::is_same_v<Builder, arrow::StringBuilder>) {
      for (const auto& item : items) ARROW_RETURN_NOT_OK(builder.Append(get(item)));
    } else {
      for (const auto& item : items) builder.UnsafeAppend(get(item));
    }
    return Finish(&builder);
  }
  template <typename Builder, typename Items, typename Get>
  Status AddNullable(bool present, const Items& items, Get get) {
    if (present) return Add<Builder>(items, get);
    Builder builder;
    ARROW_RETURN_NOT_OK(builder.AppendNulls(static_cast<int64_t>(items.size())));
    return Finish(&builder);
  }
  template <typename Builder>
  Status Finish(Builder* builder) {
    std::shared_ptr<arrow::Array> array;
    ARROW_RETURN_NOT_OK(builder->Finish(&array));
    arrays_.push_back(std::move(array));
    return Status::OK();
  }

  Result<std::shared_ptr<arrow::Table>> Make(std::shared_ptr<arrow::Schema> schema, size_t num_rows) {
    if (schema->num_fields() != static_cast<int>(arrays_.size())) {
      return InternalError(fmt::format("{} columns made for a schema of {}", arrays_.size(), schema->num_fields()));
    }
    auto table = arrow::Table::Make(std::move(schema), arrays_, static_cast<int64_t>(num_rows));
    ARROW_RETURN_NOT_OK(table->Validate());
    return table;
  }

 private:
  arrow::ArrayVector arrays_;
};

using Rows = std::vector<const Candidate*>;
using photometry::StoredPhotometry;

Status AddMagnitudes(const Rows& rows, ColumnMaker* make) {
  for (float StoredPhotometry::* field : {&StoredPhotometry::gmag, &StoredPhotometry::rmag, &StoredPhotometry::zmag,
                                          &StoredPhotometry::w1mag, &StoredPhotometry::rz, &StoredPhotometry::zw1}) {
    ARROW_RETURN_NOT_OK(make->Add<arrow::FloatBuilder>(rows, [=](const Candidate* c) { return c->raw.*field; }));
  }
  return Status::OK();
}

Status AddCorrectedMagnitudes(const Rows& rows, const SweepColumns& columns, bool emit, ColumnMaker* make) {
  const bool g = emit && columns.mw_g >= 0, r = emit && columns.mw_r >= 0, z = emit && columns.mw_z >= 0,
             w1 = emit && columns.mw_w1 >= 0;
  const struct {
    bool present;
    float StoredPhotometry::* field;
  } fields[] = {{g, &StoredPhotometry::gmag},   {r, &StoredPhotometry::rmag},    {z, &StoredPhotometry::zmag},
                {w1, &StoredPhotometry::w1mag}, {r && z, &StoredPhotometry::rz}, {z && w1, &StoredPhotometry::zw1}};
  for (const auto& [present, field] : fields) {
    ARROW_RETURN_NOT_OK(make->AddNullable<arrow::FloatBuilder>(
        present, rows, [f = field](const Candidate* c) { return c->corrected.*f; }));
  }
  return Status::OK();
}

Result<std::shared_ptr<arrow::Field>> CarriedField(const fits::Column& column, const char* description) {
  ARROW_ASSIGN_OR_RAISE(const auto none, fits::ColumnDecoder::Make(column)->Finish());
  return arrow::field(
      ExtraColumnName(column.name), none->type(), /*nullable=*/true,
      arrow::key_value_metadata({"unit", "description", "source"}, {column.unit, description, column.name}));
}

// Null where the companion says that there is no redshift.
Result<std::shared_ptr<arrow::Array>> WithoutNoPhotoz(const std::shared_ptr<arrow::Array>& values) {
  if (values->type_id() != arrow::Type::FLOAT) return values;
  const auto& floats = static_cast<const arrow::FloatArray&>(*values);
  arrow::FloatBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Reserve(floats.length()));
  for (int64_t i = 0; i < floats.length(); ++i) {
    if (floats.IsNull(i) || floats.Value(i) == kNoPhotoz) {
      builder.UnsafeAppendNull();
    } else {
      builder.UnsafeAppend(floats.Value(i));
    }
  }
  return builder.Finish();
}

// `table` with the carried columns at its end.
Result<std::shared_ptr<arrow::Table>> WithCarriedColumns(std::shared_ptr<arrow::Table> table,
                                                         const std::vector<SortKey>& sorted,
                                                         const SweepColumns& columns) {
  ARROW_ASSIGN_OR_RAISE(const arrow::FieldVector fields, CarriedFields(columns));
  const int64_t carried_bytes = columns.carried_bytes();
  std::vector<uint8_t> cells;
  cells.reserve(sorted.size() * static_cast<size_t>(carried_bytes));
  for (const SortKey& key : sorted) cells.insert(cells.end(), key.extra_cells, key.extra_cells + carried_bytes);
  int64_t offset = 0;
  for (size_t i = 0; i < fields.size(); ++i) {
    const bool is_photoz = i >= columns.extra.size();
    fits::Column column = is_photoz ? columns.photoz[i - columns.extra.size()] : columns.extra[i];
    column.offset = std::exchange(offset, offset + column.width);
    const auto decoder = fits::ColumnDecoder::Make(column);
    ARROW_RETURN_NOT_OK(decoder->Append(cells.data(), table->num_rows(), carried_bytes));
    ARROW_ASSIGN_OR_RAISE(auto array, decoder->Finish());
    if (is_photoz) {
      ARROW_ASSIGN_OR_RAISE(array, WithoutNoPhotoz(array));
    }
    ARROW_ASSIGN_OR_RAISE(table, table->AddColumn(table->num_columns(), fields[i],
                                                  std::make_shared<arrow::ChunkedArray>(std::move(array))));
  }
  return table;
}

}  // namespace

Result<arrow::FieldVector> CarriedFields(const SweepColumns& columns) {
  arrow::FieldVector fields;
  for (const fits::Column& column : columns.extra) {
    ARROW_ASSIGN_OR_RAISE(auto field, CarriedField(column, "Column of the sweep, as it is."));
    fields.push_back(std::move(field));
  }
  for (const fits::Column& column : columns.photoz) {
    ARROW_ASSIGN_OR_RAISE(auto field,
                          CarriedField(column, "Column of the sweep's photo-z companion. Null = none (there -99)."));
    fields.push_back(std::move(field));
  }
  return fields;
}

std::string ExtraColumnName(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

Result<std::shared_ptr<arrow::Table>> CandidateTable(const std::vector<CandidateChunk>& chunks,
                                                     const SweepColumns& columns, const ScanRules& rules) {
  const std::vector<SortKey> sorted = Sorted(chunks, columns.carried_bytes());
  for (size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i].brick != sorted[i - 1].brick || sorted[i].objid != sorted[i - 1].objid) continue;
    return DataError({.row = sorted[i].candidate->row},
                     fmt::format("object {} of brick {} is in row {} already: each (BRICKNAME, OBJID) must come once",
                                 sorted[i].objid, sorted[i].candidate->brick.ToString(), sorted[i - 1].candidate->row));
  }
  Rows rows;
  rows.reserve(sorted.size());
  for (const SortKey& key : sorted) rows.push_back(key.candidate);
  ColumnMaker make;
  ARROW_RETURN_NOT_OK(make.Add<arrow::StringBuilder>(rows, [](const Candidate* c) { return c->brick.ToString(); }));
  ARROW_RETURN_NOT_OK(make.Add<arrow::Int64Builder>(rows, [](const Candidate* c) { return c->objid; }));
  ARROW_RETURN_NOT_OK(make.Add<arrow::DoubleBuilder>(rows, [](const Candidate* c) { return c->ra_deg; }));
  ARROW_RETURN_NOT_OK(make.Add<arrow::DoubleBuilder>(rows, [](const Candidate* c) { return c->dec_deg; }));
  ARROW_RETURN_NOT_OK(AddMagnitudes(rows, &make));
  ARROW_RETURN_NOT_OK(AddCorrectedMagnitudes(rows, columns, rules.emit_mw_corrected_mags, &make));
  arrow::Int64Builder maskbits;
  for (const Candidate* c : rows) {
    ARROW_RETURN_NOT_OK(c->maskbits ? maskbits.Append(*c->maskbits) : maskbits.AppendNull());
  }
  ARROW_RETURN_NOT_OK(make.Finish(&maskbits));
  ARROW_RETURN_NOT_OK(
      make.Add<arrow::StringBuilder>(rows, [](const Candidate* c) { return std::string_view(c->type); }));
  for (int i = 0; i < photometry::kNumBuiltinVariants; ++i) {
    ARROW_RETURN_NOT_OK(
        make.Add<arrow::BooleanBuilder>(rows, [=](const Candidate* c) { return (c->flags >> i & 1) != 0; }));
  }
  auto schema = catalog::SchemaOf(catalog::CandidatesTable());
  if (rules.use_mw_correction) schema = catalog::WithCorrectedFlags(schema);
  ARROW_ASSIGN_OR_RAISE(auto table, make.Make(std::move(schema), rows.size()));
  return WithCarriedColumns(std::move(table), sorted, columns);
}

Result<std::shared_ptr<arrow::Table>> BrickCountsTable(const std::vector<BrickTally>& bricks) {
  ColumnMaker make;
  ARROW_RETURN_NOT_OK(make.Add<arrow::StringBuilder>(bricks, [](const BrickTally& b) { return b.name.ToString(); }));
  ARROW_RETURN_NOT_OK(make.Add<arrow::Int64Builder>(bricks, [](const BrickTally& b) { return b.n_gal; }));
  for (size_t i = 0; i < photometry::kNumBuiltinVariants; ++i) {
    ARROW_RETURN_NOT_OK(make.Add<arrow::Int64Builder>(bricks, [=](const BrickTally& b) { return b.n_lrg[i]; }));
  }
  return make.Make(catalog::SchemaOf(catalog::BrickCountsTable()), bricks.size());
}

}  // namespace dhs::scan
