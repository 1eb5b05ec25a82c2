// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "validate/row.h"

namespace dhs::validate {

enum class Section { kStructure, kSchema, kDataQuality, kFlags, kMwCorrection, kCoverage, kIntegrity, kCrossStage };
/// "structure", "schema", "data_quality", "flags", "mw_correction", "coverage", "integrity",
/// "cross_stage".
std::string_view SectionName(Section section);

enum class Severity {
  kError,   ///< a violation fails the validation
  kWarning  ///< a violation is reported and does not
};

/// What a check of single rows may know besides the row.
struct RowContext {
  int variant = 2;  ///< index into photometry::BuiltinVariants
};

/// One check. Those with `violated` look at single rows and need nothing else: to add one, add a line to the table.
/// Those without are counted by the code that sees whole files or the whole catalog, under their id.
struct CheckSpec {
  const char* id;  ///< "integrity.inside_brick"; never changes
  Section section;
  Severity severity;
  const char* meaning;  ///< what holds for a right catalog, one sentence
  ColumnSet needs = 0;  ///< the check is left out for rows in which one of these is null or absent
  bool (*violated)(const Row& row, const RowContext& context) = nullptr;
  std::string (*describe)(const Row& row, const RowContext& context) = nullptr;  ///< the offending values
};

/// Every check, in the order of the report.
std::span<const CheckSpec> AllChecks();
/// Index into AllChecks. REQUIRES: there is such a check.
size_t CheckIndex(std::string_view id);

/// Where a violation was found. Empty texts and -1 do not apply.
struct Finding {
  int64_t file = -1;  ///< index into the files of the catalog
  int64_t row = -1;   ///< 0-based in its file
  std::string brickname;
  int64_t objid = -1;
  std::string column;
  std::string value;  ///< what was found, and what was expected where that is not plain
};

/// Number of violations of one check and the first of them.
struct CheckCount {
  static constexpr size_t kMaxFindings = 5;
  bool ran = false;
  int64_t violations = 0;
  std::vector<Finding> findings;

  /// REQUIRES: violations come in rising (file, row), or only Merge orders them.
  void Add(Finding finding);
  /// Keeps the findings that are first by (file, row).
  void Merge(const CheckCount& other);
};

}  // namespace dhs::validate
