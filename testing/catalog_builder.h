// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <arrow/array/array_base.h>
#include <arrow/builder.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include "photometry/magnitude.h"
#include "photometry/variant.h"
#include "sky/tessellation.h"

namespace dhs::testing {

/// One row of the candidates or of a parent catalog, every column in the open so that a test can spoil any of them.
struct CatalogRow {
  int32_t region_id = 0;
  std::string region_split = "train";
  std::string brickname = {};
  int64_t objid = 0;
  double ra = 0, dec = 0;
  photometry::StoredPhotometry raw{};
  std::optional<photometry::StoredPhotometry> mw = {};
  std::optional<int64_t> maskbits = {};
  std::string type = {};
  std::array<bool, photometry::kNumBuiltinVariants> flags{};

  /// Flags as SPEC 3 has them for the present columns.
  void SetFlags() {
    for (size_t v = 0; v < flags.size(); ++v) {
      flags[v] = photometry::PassesCuts(photometry::BuiltinVariants()[v], raw.zmag, raw.rz, raw.zw1) &&
                 !photometry::IsPointSource(photometry::NormalizeType(type));
    }
  }
};

/// `rows_per_brick` LRGs of v5 (about two thirds of them of v3) in each brick, inside its bounds, objid from 0; one in
/// 16 has no g flux, one in 8 no mask bits. Same arguments, same rows.
inline std::vector<CatalogRow> MakeLrgs(std::span<const sky::Brick> bricks, int rows_per_brick, uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto uniform = [&random](double low, double high) {
    return low + (high - low) * static_cast<double>(random() >> 11) * 0x1.0p-53;
  };
  const char* const types[] = {"DEV", "REX", "SER", "EXP"};
  std::vector<CatalogRow> rows;
  for (const sky::Brick brick : bricks) {
    const sky::BrickBounds bounds = sky::BoundsOf(brick);
    for (int i = 0; i < rows_per_brick; ++i) {
      CatalogRow row;
      row.brickname = sky::NameOf(brick).ToString();
      row.objid = i;
      row.ra = uniform(bounds.ra1_deg, bounds.ra2_deg);
      row.dec = uniform(bounds.dec1_deg, bounds.dec2_deg);
      row.type = types[random() % 4];
      if (random() % 8 != 0) row.maskbits = static_cast<int64_t>(random() % 4);
      const auto flux = [](double mag) { return static_cast<float>(std::pow(10.0, (22.5 - mag) / 2.5)); };
      do {
        const double z = uniform(18.5, 21.5), rz = uniform(0.31, 1.8), zw1 = uniform(0.81, 2.2);
        const float flux_g = random() % 16 == 0 ? -0.5F : flux(z + rz + uniform(0.8, 2.0));
        row.raw = photometry::StoreRaw(flux_g, flux(z + rz), flux(z), flux(z - zw1));
        row.mw = photometry::StoreMw(flux_g, flux(z + rz), flux(z), flux(z - zw1), 0.89F, 0.92F, 0.95F, 0.99F);
        row.SetFlags();
      } while (!row.flags[4]);
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

namespace internal {

template <typename Builder, typename Get>
std::shared_ptr<arrow::Array> BuildColumn(std::span<const CatalogRow> rows, const Get& get) {
  Builder builder;
  for (const CatalogRow& row : rows) {
    const auto value = get(row);
    const Status status = value ? builder.Append(*value) : builder.AppendNull();
    EXPECT_TRUE(status.ok()) << status.ToString();
  }
  auto array = builder.Finish();
  EXPECT_TRUE(array.ok()) << array.status().ToString();
  return array.ok() ? *array : nullptr;
}

inline std::optional<float> MagnitudeOf(const CatalogRow& row, const std::string& name) {
  const bool corrected = name.ends_with("_mw");
  if (corrected && !row.mw) return std::nullopt;
  const photometry::StoredPhotometry& p = corrected ? *row.mw : row.raw;
  const std::string base = corrected ? name.substr(0, name.size() - 3) : name;
  if (base == "gmag") return p.gmag;
  if (base == "rmag") return p.rmag;
  if (base == "zmag") return p.zmag;
  if (base == "w1mag") return p.w1mag;
  if (base == "rz") return p.rz;
  if (base == "zw1") return p.zw1;
  ADD_FAILURE() << "no column " << name;
  return std::nullopt;
}

inline bool FlagOf(const CatalogRow& row, const std::string& name) {
  if (name == "gmag_valid") return !std::isnan(row.raw.gmag);
  for (size_t v = 0; v < row.flags.size(); ++v) {
    if (photometry::BuiltinVariants()[v].FlagColumn() == name) return row.flags[v];
  }
  ADD_FAILURE() << "no column " << name;
  return false;
}

inline std::shared_ptr<arrow::Array> ColumnOf(std::span<const CatalogRow> rows, const std::string& name,
                                              arrow::Type::type type) {
  using Row = CatalogRow;
  switch (type) {
    case arrow::Type::BOOL:
      return BuildColumn<arrow::BooleanBuilder>(rows, [&](const Row& r) { return std::optional(FlagOf(r, name)); });
    case arrow::Type::INT32:
      return BuildColumn<arrow::Int32Builder>(rows, [](const Row& r) { return std::optional(r.region_id); });
    case arrow::Type::INT64:
      return BuildColumn<arrow::Int64Builder>(
          rows, [&](const Row& r) { return name == "maskbits" ? r.maskbits : std::optional(r.objid); });
    case arrow::Type::FLOAT:
      return BuildColumn<arrow::FloatBuilder>(rows, [&](const Row& r) { return MagnitudeOf(r, name); });
    case arrow::Type::DOUBLE:
      return BuildColumn<arrow::DoubleBuilder>(
          rows, [&](const Row& r) { return std::optional(name == "ra" ? r.ra : r.dec); });
    default:
      return BuildColumn<arrow::StringBuilder>(rows, [&](const Row& r) {
        return std::optional(name == "brickname" ? r.brickname : name == "type" ? r.type : r.region_split);
      });
  }
}

}  // namespace internal

/// The rows as a table of `schema`, whose columns are those of the candidates, parent or compact table, or some of
/// them.
inline std::shared_ptr<arrow::Table> TableOf(std::span<const CatalogRow> rows,
                                             const std::shared_ptr<arrow::Schema>& schema) {
  std::vector<std::shared_ptr<arrow::Array>> columns;
  for (const auto& field : schema->fields()) {
    columns.push_back(internal::ColumnOf(rows, field->name(), field->type()->id()));
  }
  return arrow::Table::Make(schema, columns, static_cast<int64_t>(rows.size()));
}

}  // namespace dhs::testing
