// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "parent/output_plan.h"
#include "validate/checks.h"
#include "validate/quantiles.h"

namespace dhs::validate {

/// Sums of one float column over the rows of one file, in row order, so that the total does not depend on threads.
struct Moments {
  int64_t count = 0;
  double sum = 0.0;          ///< of x - 20, which keeps the squares of magnitudes small
  double sum_squares = 0.0;  ///< of x - 20

  void Add(double value);
  void Add(const Moments& later);
  /// NaN for no values; the sample standard deviation is NaN for fewer than two.
  double Mean() const;
  double StandardDeviation() const;
};

/// What must be added up in file order.
struct FileSums {
  int64_t rows = 0;
  std::array<Moments, kNumFloats> floats{};
  std::array<Moments, 4> corrections{};  ///< raw - corrected in g, r, z, W1
};

/// Stored against recomputed.
struct Confusion {
  int64_t true_positive = 0, false_positive = 0, false_negative = 0, true_negative = 0;
};

/// Everything that the rows of a catalog tell, apart from files and schemas. Adding rows and merging commute: the
/// result depends on the rows and their positions alone. One per thread; not thread-safe.
class CatalogTally {
 public:
  explicit CatalogTally(RowContext context);

  /// Rows of file number `file`, the first of them row `first_row` of it. REQUIRES: calls on one tally come in rising
  /// (file, row).
  Status AddRows(const arrow::Table& rows, int64_t file, int64_t first_row, FileSums* sums);
  /// Ends a file (joins its counts by place).
  void EndFile();
  void Merge(CatalogTally&& other);

  const std::vector<CheckCount>& checks() const { return checks_; }
  std::vector<CheckCount>& checks() { return checks_; }
  int64_t nulls(Column c) const { return nulls_[static_cast<size_t>(c)]; }
  int64_t nans(Column c) const { return nans_[static_cast<size_t>(c)]; }
  const ExactQuantiles& quantiles(Column c) const { return quantiles_[static_cast<size_t>(c - kGmag)]; }
  const std::array<Confusion, photometry::kNumBuiltinVariants>& confusion() const { return confusion_; }
  const std::map<std::string, int64_t>& types() const { return types_; }
  const std::array<std::array<double, 2>, 4>& correction_range() const { return correction_range_; }
  /// Rows by split, region and brick, rows that lack one of them left out (split names of more than eight bytes as an
  /// empty one). Sorted after SortPlaces.
  std::vector<parent::PlaceCount>& places() { return places_; }
  std::vector<uint64_t>& key_codes() { return key_codes_; }

 private:
  void RunRowChecks(const Row& row, int64_t file, int64_t row_number);
  void CountAbsentValues(const Row& row, int64_t file, int64_t row_number, ColumnSet missing);
  void CountValues(const Row& row, FileSums* sums);
  void CountPlace(const Row& row);

  RowContext context_;
  std::vector<size_t> row_checks_;  // indices of the checks that look at rows
  std::vector<CheckCount> checks_;
  std::array<int64_t, kNumColumns> nulls_{}, nans_{};
  std::array<ExactQuantiles, kNumFloats> quantiles_;
  std::array<Confusion, photometry::kNumBuiltinVariants> confusion_{};
  std::array<std::array<double, 2>, 4> correction_range_;
  std::map<std::string, int64_t> types_;
  std::vector<parent::PlaceCount> places_, file_places_;
  std::vector<uint64_t> key_codes_;
};

}  // namespace dhs::validate
