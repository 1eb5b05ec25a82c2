// SPDX-License-Identifier: Apache-2.0
#include "scan/candidate_table.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <type_traits>

#include <arrow/array.h>
#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include "catalog/columns.h"

namespace dhs::scan {

namespace {

struct SortKey {
  uint64_t brick;
  int64_t objid;
  const Candidate* candidate;
};

std::vector<const Candidate*> Sorted(const std::vector<std::vector<Candidate>>& chunks) {
  size_t num_candidates = 0;
  for (const auto& chunk : chunks) num_candidates += chunk.size();
  std::vector<SortKey> keys;
  keys.reserve(num_candidates);
  for (const auto& chunk : chunks) {
    for (const Candidate& c : chunk) keys.push_back({c.brick.packed(), c.objid, &c});
  }
  std::sort(keys.begin(), keys.end(), [](const SortKey& a, const SortKey& b) {
    return std::tie(a.brick, a.objid, a.candidate->row) < std::tie(b.brick, b.objid, b.candidate->row);
  });
  std::vector<const Candidate*> sorted;
  sorted.reserve(keys.size());
  for (const SortKey& key : keys) sorted.push_back(key.candidate);
  return sorted;
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
    auto table = arrow::Table::Make(std::move(schema), std::move(arrays_), static_cast<int64_t>(num_rows));
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

}  // namespace

Result<std::shared_ptr<arrow::Table>> CandidateTable(const std::vector<std::vector<Candidate>>& chunks,
                                                     const SweepColumns& columns, const ScanRules& rules) {
  const Rows rows = Sorted(chunks);
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
  return make.Make(catalog::SchemaOf(catalog::CandidatesTable()), rows.size());
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
