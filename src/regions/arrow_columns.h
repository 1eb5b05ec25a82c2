// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "catalog/columns.h"
#include "dhs/error.h"
#include "regions/split.h"
#include "sky/brick_name.h"

namespace dhs::regions {

/// Columns of a table as plain vectors. Any integer or floating type is taken, and a column of nothing but nulls;
/// strings of any width or dictionary. `path` is for messages. DataError: no such column, another type, or as said.

/// Null becomes NaN.
Result<std::vector<double>> ReadDoubles(const arrow::Table& table, const std::string& column, const std::string& path);

enum class CountNulls { kRefuse, kAllow };
inline constexpr int64_t kAnyCount = std::numeric_limits<int64_t>::max();
/// Whole numbers from 0 to `max_count`. DataError naming the row for one that is negative, greater or not whole, and
/// for a null or NaN unless allowed (then kNoCount).
Result<std::vector<int64_t>> ReadCounts(const arrow::Table& table, const std::string& column, const std::string& path,
                                        CountNulls nulls, int64_t max_count = kAnyCount);

/// DataError naming the row for a name that does not match \d{4}[pm]\d{3} after trimming, or is null.
Result<std::vector<sky::BrickName>> ReadBrickNames(const arrow::Table& table, const std::string& column,
                                                   const std::string& path);

/// DataError for a null.
Result<std::vector<std::string>> ReadTexts(const arrow::Table& table, const std::string& column,
                                           const std::string& path);

/// Null, and every cell of a column of nothing but nulls, becomes nothing.
Result<std::vector<std::optional<std::string>>> ReadOptionalTexts(const arrow::Table& table, const std::string& column,
                                                                  const std::string& path);

/// train, val, test or buffer. DataError naming the row for a null or another text.
Result<std::vector<Split>> ReadBrickSplits(const arrow::Table& table, const std::string& column,
                                           const std::string& path);

/// Gathers columns by name and puts them into the order and types of a table of the dictionary.
class ColumnSet {
 public:
  void Add(const std::string& name, const std::vector<int32_t>& values);
  void Add(const std::string& name, const std::vector<std::optional<int32_t>>& values);
  void Add(const std::string& name, const std::vector<int64_t>& values);  ///< kNoCount becomes null
  void Add(const std::string& name, const std::vector<double>& values);   ///< NaN becomes null
  void Add(const std::string& name, const std::vector<std::string>& values);
  void Add(const std::string& name, const std::vector<std::string_view>& values);
  void Add(const std::string& name, const std::vector<sky::BrickName>& values);
  /// float64 to int64; NaN becomes null. REQUIRES: whole numbers.
  void AddWhole(const std::string& name, const std::vector<double>& values);

  /// Columns of `spec` in its order. Those not added are left out if they are nullable, else it is an InternalError, as
  /// is a column that `spec` does not have or has with another type.
  Result<std::shared_ptr<arrow::Table>> Finish(const catalog::TableSpec& spec) const;

 private:
  std::map<std::string, std::shared_ptr<arrow::Array>> columns_;
};

}  // namespace dhs::regions
