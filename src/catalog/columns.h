// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "dhs/error.h"

namespace dhs::catalog {

enum class ColumnType { kBool, kInt32, kInt64, kFloat32, kFloat64, kString };

/// What an absent value looks like in a column.
enum class NullRule {
  kNever,     ///< neither null nor NaN
  kNanOnly,   ///< never null; NaN = not measured
  kNullable,  ///< null = not known or not applicable (the meaning says when); floats may be NaN as well
};

/// One column of any table that dhs writes. The dictionary is the only place where it is described: schemas, Parquet
/// field metadata, docs/columns.md and the checks of `dhs validate` are made from it.
struct ColumnSpec {
  std::string name;
  ColumnType type;
  std::string unit;  ///< "deg", "mag", "deg2", "1/deg2", "arcsec"; empty = none
  NullRule null_rule;
  std::string meaning;  ///< one sentence, with the formula where there is one
  std::string source;   ///< sweep or bricks-file column(s) it comes from; "dhs" if computed from other columns
};

/// Every known column, in the order of the documentation.
std::span<const ColumnSpec> AllColumns();
/// Nullptr for an unknown name.
const ColumnSpec* FindColumn(std::string_view name);

/// A table: its name, the version of its schema, and its columns in file order.
struct TableSpec {
  std::string name;  ///< "parent"
  int version;       ///< raised when columns or meanings change
  std::string doc;   ///< one sentence: one row per what, sorted how
  std::vector<std::string> columns;
};

const TableSpec& BrickCountsTable();
const TableSpec& CandidatesTable();  ///< the parent's columns less region_id and region_split
const TableSpec& BricksWithRegionTable();
const TableSpec& RegionMetricsTable();
const TableSpec& RegionSelectionsTable();
const TableSpec& ParentTable();  ///< the 25 columns of the parent catalog
const TableSpec& ParentCompactTable();
std::span<const TableSpec* const> AllTables();

/// Arrow schema of a table: types, nullability, field metadata ("unit", "description", "source"), and schema metadata
/// ("dhs.table", "dhs.schema_version"). Columns of `spec` for which `present` is given and lacks the name are left out.
std::shared_ptr<arrow::Schema> SchemaOf(const TableSpec& spec);
std::shared_ptr<arrow::Schema> SchemaOf(const TableSpec& spec, const std::vector<std::string>& present);
std::shared_ptr<arrow::DataType> ArrowType(ColumnType type);

/// Whether the flags of a table were decided on magnitudes corrected for Galactic extinction (the *_mw columns; `dhs
/// scan --use-mw-correction 1`) or on the raw ones, as everywhere else. Kept in the schema's metadata
/// ("dhs.flags_refer_to": "corrected").
bool FlagsReferToCorrected(const arrow::Schema& schema);
std::shared_ptr<arrow::Schema> WithCorrectedFlags(const std::shared_ptr<arrow::Schema>& schema);

/// docs/columns.md, whole.
std::string ColumnDictionaryMarkdown();

}  // namespace dhs::catalog
