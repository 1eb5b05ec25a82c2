// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "dhs/error.h"
#include "validate/row.h"

namespace dhs::validate {

/// 64 bits that stand for (brickname, objid): BRICKID x 2^43 + objid, exact, for a brick of the tessellation and an
/// objid in [0, 2^43); any other key gets a hash with the top bit set. Different keys of the first kind have different
/// codes, so a code that occurs once proves that its key does; repeated codes are looked at again by name.
uint64_t KeyCode(const Row& row);

/// Codes that occur more than once, sorted, each once. Sorts `codes` in place.
std::vector<uint64_t> RepeatedCodes(std::vector<uint64_t>& codes);

/// A 64-bit hash of all values of each row (column names and nulls among them), independent of how columns are chunked
/// and of their order.
Result<std::vector<uint64_t>> HashRows(const arrow::Table& rows);

/// One of several rows with a repeated code.
struct SuspectRow {
  std::string brickname;
  int64_t objid = 0;
  int64_t file = 0;
  int64_t row = 0;
  uint64_t hash = 0;  ///< of all columns
};

/// A row whose key, or all of whose values, occurred before.
struct RepeatedRow {
  SuspectRow row;
  SuspectRow first;  ///< the earlier one
};
struct Repetitions {
  std::vector<RepeatedRow> keys;  ///< by (file, row)
  std::vector<RepeatedRow> rows;
};
Repetitions FindRepetitions(std::vector<SuspectRow> suspects);

}  // namespace dhs::validate
