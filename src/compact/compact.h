// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "parent/sorted_files.h"

namespace dhs::compact {

/// What becomes of a row of the input.
enum class Fate : int8_t {
  kKept = 0,
  kDropped = 1  ///< it fails the variant by its own columns
};

/// Columns of a compacted file: those of catalog::ParentCompactTable() but for region_split, which the folder's name
/// gives.
std::shared_ptr<arrow::Schema> CompactFileSchema();

/// Flags of the five variants from stored columns, by the rule of SPEC 3: bit v of row i is
/// PassesCuts(BuiltinVariants()[v], zmag, rz, zw1) and a type other than PSF, of the corrected columns where the flags
/// of `rows` refer to these. Nulls count as NaN.
struct RecomputedFlags {
  std::vector<uint8_t> bits;  ///< by row
  bool passes(size_t variant, size_t row) const { return (bits[row] >> variant & 1U) != 0; }
};
Result<RecomputedFlags> RecomputeFlags(const arrow::Table& rows, const std::string& path);

/// Number of files for a split: num_partitions, or fewer so that each holds at least kMinRowsPerFile rows, at least 1.
int64_t FilesOfSplit(int64_t rows, int64_t num_partitions);

/// Rows of any parent catalog, ours or Spark's: region_id as int32 or int64, region_split and region_id in the path or
/// in the file, strings as dictionaries, missing *_mw columns and maskbits as null, flags (present or not) recomputed,
/// gmag null as NaN. Immutable, safe from any thread.
class CatalogSource : public parent::RowSource {
 public:
  /// `variant`: index into BuiltinVariants. `schema`: CompactFileSchema() with the columns that are carried.
  CatalogSource(std::vector<FileInfo> files, int variant, std::shared_ptr<arrow::Schema> schema);

  const std::vector<FileInfo>& files() const override { return files_; }
  const std::vector<std::string>& key_columns() const override;
  /// Fates are those of enum Fate. DataError for a null in brickname, objid, region_id or region_split, or a
  /// region_split that is no split's name.
  Status Classify(const arrow::Table& rows, const std::string& path,
                  std::vector<parent::RowFate>* fates) const override;
  Result<std::shared_ptr<arrow::Table>> Shape(const arrow::Table& rows, std::span<const parent::RowKey> keys,
                                              const std::string& path) const override;

 private:
  std::vector<FileInfo> files_;
  size_t variant_;
  std::shared_ptr<arrow::Schema> schema_;
};

}  // namespace dhs::compact
