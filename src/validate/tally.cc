// SPDX-License-Identifier: Apache-2.0
#include "validate/tally.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <arrow/table.h>
#include <fmt/format.h>

#include "catalog/columns.h"
#include "validate/duplicates.h"

namespace dhs::validate {
namespace {

constexpr double kMomentOrigin = 20.0;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool MayBeNan(Column column) { return catalog::FindColumn(ColumnName(column))->null_rule != catalog::NullRule::kNever; }
bool MayBeNull(Column column) {
  return catalog::FindColumn(ColumnName(column))->null_rule == catalog::NullRule::kNullable;
}

Finding FindingAt(const Row& row, int64_t file, int64_t row_number) {
  Finding finding;
  finding.file = file;
  finding.row = row_number;
  finding.brickname = std::string(row.brickname);
  if ((row.absent & Columns({kObjid})) == 0) finding.objid = row.objid;
  return finding;
}

}  // namespace

void Moments::Add(double value) {
  const double x = value - kMomentOrigin;
  ++count;
  sum += x;
  sum_squares += x * x;
}

void Moments::Add(const Moments& later) {
  count += later.count;
  sum += later.sum;
  sum_squares += later.sum_squares;
}

double Moments::Mean() const { return kMomentOrigin + sum / static_cast<double>(count); }

double Moments::StandardDeviation() const {
  const auto n = static_cast<double>(count);
  return count < 2 ? std::nan("") : std::sqrt(std::max(0.0, (sum_squares - sum * sum / n) / (n - 1.0)));
}

CatalogTally::CatalogTally(RowContext context) : context_(context), checks_(AllChecks().size()) {
  for (size_t c = 0; c < AllChecks().size(); ++c) {
    if (AllChecks()[c].violated != nullptr) row_checks_.push_back(c);
  }
  correction_range_.fill({kInfinity, -kInfinity});
}

Status CatalogTally::AddRows(const arrow::Table& rows, int64_t file, int64_t first_row, FileSums* sums) {
  ARROW_ASSIGN_OR_RAISE(RowReader reader, RowReader::Make(rows));
  const ColumnSet missing = reader.missing();
  for (int c = 0; c < kNumColumns; ++c) nulls_[static_cast<size_t>(c)] += reader.NullCount(static_cast<Column>(c));
  for (const size_t c : row_checks_) checks_[c].ran |= (AllChecks()[c].needs & missing) == 0;
  for (const char* id : {"data_quality.null", "data_quality.nan"}) checks_[CheckIndex(id)].ran = true;
  for (int64_t i = 0; i < rows.num_rows(); ++i) {
    const Row& row = reader.Read(i);
    const int64_t row_number = first_row + i;
    RunRowChecks(row, file, row_number);
    CountAbsentValues(row, file, row_number, missing);
    CountValues(row, sums);
    CountPlace(row);
    if ((row.absent & Columns({kBrickname, kObjid})) == 0) key_codes_.push_back(KeyCode(row));
  }
  sums->rows += rows.num_rows();
  return Status::OK();
}

void CatalogTally::RunRowChecks(const Row& row, int64_t file, int64_t row_number) {
  for (const size_t c : row_checks_) {
    const CheckSpec& check = AllChecks()[c];
    if ((row.absent & check.needs) != 0 || !check.violated(row, context_)) continue;
    Finding finding = FindingAt(row, file, row_number);
    if (checks_[c].findings.size() < CheckCount::kMaxFindings) finding.value = check.describe(row, context_);
    checks_[c].Add(std::move(finding));
  }
}

void CatalogTally::CountAbsentValues(const Row& row, int64_t file, int64_t row_number, ColumnSet missing) {
  static const size_t null_check = CheckIndex("data_quality.null"), nan_check = CheckIndex("data_quality.nan");
  const ColumnSet nulls = row.absent & ~missing;
  const auto report = [&](size_t check, Column column, const char* value) {
    Finding finding = FindingAt(row, file, row_number);
    finding.column = ColumnName(column);
    finding.value = value;
    checks_[check].Add(std::move(finding));
  };
  if (nulls != 0) {
    for (int c = 0; c < kNumColumns; ++c) {
      const auto column = static_cast<Column>(c);
      // The earlier system wrote null where g is not measured; `dhs` writes NaN. Both mean the same.
      if ((nulls & Columns({column})) != 0 && !MayBeNull(column) && column != kGmag) report(null_check, column, "null");
    }
  }
  static const std::array<bool, kNumColumns> may_be_nan = [] {
    std::array<bool, kNumColumns> may{};
    for (int c = 0; c < kNumColumns; ++c) may[static_cast<size_t>(c)] = MayBeNan(static_cast<Column>(c));
    return may;
  }();
  const auto count_nan = [&](Column column, double value) {
    if (std::isfinite(value) || (row.absent & Columns({column})) != 0) return;
    const bool nan = std::isnan(value);
    nans_[static_cast<size_t>(column)] += nan;
    if (!nan || !may_be_nan[static_cast<size_t>(column)]) report(nan_check, column, nan ? "NaN" : "infinite");
  };
  count_nan(kRa, row.ra);
  count_nan(kDec, row.dec);
  for (int c = kGmag; c <= kZw1Mw; ++c) count_nan(static_cast<Column>(c), row.value(static_cast<Column>(c)));
}

void CatalogTally::CountValues(const Row& row, FileSums* sums) {
  for (size_t f = 0; f < kNumFloats; ++f) {
    const float value = row.floats[f];
    if (std::isnan(value)) continue;
    quantiles_[f].Add(value);
    sums->floats[f].Add(value);
  }
  for (size_t b = 0; b < 4; ++b) {
    const double correction = static_cast<double>(row.floats[b]) - static_cast<double>(row.floats[b + 6]);
    if (std::isnan(correction)) continue;
    sums->corrections[b].Add(correction);
    correction_range_[b] = {std::min(correction_range_[b][0], correction),
                            std::max(correction_range_[b][1], correction)};
  }
  for (size_t v = 0; v < row.flags.size(); ++v) {
    const Column flag = static_cast<Column>(kFlagV1 + static_cast<int>(v));
    if ((row.absent & Columns({flag})) != 0) continue;
    Confusion& c = confusion_[v];
    ++(row.flags[v] ? (row.recomputed[v] ? c.true_positive : c.false_positive)
                    : (row.recomputed[v] ? c.false_negative : c.true_negative));
  }
  if ((row.absent & Columns({kType})) == 0) {
    const auto found = types_.find(std::string(row.type));
    if (found != types_.end()) {
      ++found->second;
    } else {
      types_.emplace(row.type, 1);
    }
  }
}

void CatalogTally::CountPlace(const Row& row) {
  if ((row.absent & Columns({kBrickname, kRegionId, kRegionSplit})) != 0) return;
  parent::Place place;
  if (const auto split = parent::SplitName::Parse(row.region_split)) place.split = *split;
  place.region_id = row.region_id;
  place.brick = parent::PackBrickName(row.brickname);
  if (file_places_.empty() || file_places_.back().place != place) file_places_.push_back({place, 0});
  ++file_places_.back().num_rows;
}

void CatalogTally::EndFile() {
  const auto joined = parent::SortAndSum(std::move(file_places_));
  places_.insert(places_.end(), joined.begin(), joined.end());
  file_places_.clear();
}

void CatalogTally::Merge(CatalogTally&& other) {
  for (size_t c = 0; c < checks_.size(); ++c) checks_[c].Merge(other.checks_[c]);
  for (size_t c = 0; c < kNumColumns; ++c) nulls_[c] += other.nulls_[c], nans_[c] += other.nans_[c];
  for (size_t f = 0; f < kNumFloats; ++f) quantiles_[f].Merge(other.quantiles_[f]);
  for (size_t v = 0; v < confusion_.size(); ++v) {
    confusion_[v].true_positive += other.confusion_[v].true_positive;
    confusion_[v].false_positive += other.confusion_[v].false_positive;
    confusion_[v].false_negative += other.confusion_[v].false_negative;
    confusion_[v].true_negative += other.confusion_[v].true_negative;
  }
  for (size_t b = 0; b < 4; ++b) {
    correction_range_[b] = {std::min(correction_range_[b][0], other.correction_range_[b][0]),
                            std::max(correction_range_[b][1], other.correction_range_[b][1])};
  }
  for (const auto& [type, rows] : other.types_) types_[type] += rows;
  places_.insert(places_.end(), other.places_.begin(), other.places_.end());
  key_codes_.insert(key_codes_.end(), other.key_codes_.begin(), other.key_codes_.end());
}

}  // namespace dhs::validate
