// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "parent/brick_assignment.h"
#include "parent/sorted_files.h"

namespace dhs::parent {

/// About the rows of one file of the parent catalog: 60 MB in memory while it is sorted, 25 MB on disk.
inline constexpr int64_t kTargetRowsPerFile = 500'000;

/// Columns of a parent file: those of catalog::ParentTable() but for region_split, which the folder's name gives.
std::shared_ptr<arrow::Schema> ParentFileSchema();

/// The same with region_rank behind region_id: files of one selection set.
Result<std::shared_ptr<arrow::Schema>> ParentSetFileSchema();

/// Candidates whose flag of the variant is true and whose brick's region is selected, each once. Immutable, safe from
/// any thread.
class CandidateSource : public RowSource {
 public:
  /// `files`: Parquet files with the columns of catalog::CandidatesTable(). `flag_column`: "is_v3_color_relaxed".
  /// `schema`: ParentFileSchema() or ParentSetFileSchema() with the columns that are carried. `ranks`: region_rank by
  /// split and region, where the schema has it.
  CandidateSource(std::vector<FileInfo> files, std::string flag_column,
                  std::shared_ptr<const BrickAssignment> assignment, std::shared_ptr<arrow::Schema> schema,
                  std::map<Place, int32_t> ranks = {});

  const std::vector<FileInfo>& files() const override { return files_; }
  const std::vector<std::string>& key_columns() const override { return key_columns_; }
  /// Fates are those of enum Fate.
  Status Classify(const arrow::Table& rows, const std::string& path, std::vector<RowFate>* fates) const override;
  Result<std::shared_ptr<arrow::Table>> Shape(const arrow::Table& rows, std::span<const RowKey> keys,
                                              const std::string& path) const override;

 private:
  std::vector<FileInfo> files_;
  std::string flag_column_;
  std::vector<std::string> key_columns_;
  std::shared_ptr<const BrickAssignment> assignment_;
  std::shared_ptr<arrow::Schema> schema_;
  std::map<Place, int32_t> ranks_;
};

}  // namespace dhs::parent
