// SPDX-License-Identifier: Apache-2.0
#include "regions/column_agreement.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

#include <arrow/api.h>
#include <fmt/format.h>

#include "regions/arrow_columns.h"

namespace dhs::regions {

namespace {

// Centres and areas computed in single precision or by the small-angle formula of the survey still count as equal
// (areas: at most 7.9e-7 apart); counts below 100,000 differ by whole numbers far above it.
constexpr double kRelativeTolerance = 1e-5;

bool Differ(double a, double b) {
  if (std::isnan(a) || std::isnan(b) || a == b) return false;
  return !(std::fabs(a - b) <= kRelativeTolerance * std::max({std::fabs(a), std::fabs(b), 1.0}));
}

bool Differ(sky::BrickName a, sky::BrickName b) { return a != b; }

bool Differ(const std::optional<std::string>& a, const std::optional<std::string>& b) { return a && b && *a != *b; }

std::string Text(double value) { return fmt::format("{}", value); }
std::string Text(sky::BrickName value) { return "'" + value.ToString() + "'"; }
std::string Text(const std::optional<std::string>& value) { return "'" + value.value_or("") + "'"; }

// Two columns that could be one field.
struct Pair {
  const std::string& field;
  const std::string& chosen;
  const std::string& other;
  bool may_differ;
};

// A note, empty if the columns agree.
template <typename T>
Result<std::string> Compare(const Pair& pair, const std::vector<T>& chosen, const std::vector<T>& other,
                            const std::string& path) {
  int64_t num_different = 0;
  for (size_t row = 0; row < chosen.size(); ++row) {
    if (!Differ(chosen[row], other[row])) continue;
    ++num_different;
    if (pair.may_differ) continue;
    return DataError({.path = path, .row = static_cast<int64_t>(row)},
                     fmt::format("columns {} and {} can both be {} and contradict each other: {} and {}. Leave one of "
                                 "them out, or give it another name",
                                 pair.chosen, pair.other, pair.field, Text(chosen[row]), Text(other[row])));
  }
  if (num_different == 0) return std::string();
  return fmt::format("columns {} and {} are different quantities and differ in {} of {} rows", pair.chosen, pair.other,
                     num_different, chosen.size());
}

enum class CellKind { kNone, kTexts, kNumbers };

CellKind KindOf(const arrow::Table& table, const std::string& column) {
  const auto chunks = table.GetColumnByName(column);
  if (chunks == nullptr) return CellKind::kNumbers;  // the reader says so
  const arrow::Type::type id = chunks->type()->id();
  if (id == arrow::Type::NA) return CellKind::kNone;
  return arrow::is_base_binary_like(id) || id == arrow::Type::FIXED_SIZE_BINARY || id == arrow::Type::DICTIONARY
             ? CellKind::kTexts
             : CellKind::kNumbers;
}

bool AreTexts(const arrow::Table& table, const Pair& pair) {
  const CellKind a = KindOf(table, pair.chosen), b = KindOf(table, pair.other);
  return (a == CellKind::kTexts && b != CellKind::kNumbers) || (b == CellKind::kTexts && a != CellKind::kNumbers);
}

Result<std::string> ReadAndCompare(const arrow::Table& table, const Pair& pair, const std::string& path) {
  if (pair.field == "brickname") {
    ARROW_ASSIGN_OR_RAISE(const auto a, ReadBrickNames(table, pair.chosen, path));
    ARROW_ASSIGN_OR_RAISE(const auto b, ReadBrickNames(table, pair.other, path));
    return Compare(pair, a, b, path);
  }
  if (AreTexts(table, pair)) {
    ARROW_ASSIGN_OR_RAISE(const auto a, ReadOptionalTexts(table, pair.chosen, path));
    ARROW_ASSIGN_OR_RAISE(const auto b, ReadOptionalTexts(table, pair.other, path));
    return Compare(pair, a, b, path);
  }
  ARROW_ASSIGN_OR_RAISE(const auto a, ReadDoubles(table, pair.chosen, path));
  ARROW_ASSIGN_OR_RAISE(const auto b, ReadDoubles(table, pair.other, path));
  return Compare(pair, a, b, path);
}

}  // namespace

Result<std::vector<std::string>> CheckAgreement(const arrow::Table& table, const ColumnChoice& choice,
                                                const std::string& path) {
  std::vector<std::string> notes;
  for (const auto& [field, others] : choice.others_of) {
    const std::string& chosen = choice.name_of.at(field);
    for (const std::string& other : others) {
      const bool may_differ = choice.stand_ins.contains(chosen) || choice.stand_ins.contains(other);
      ARROW_ASSIGN_OR_RAISE(std::string note, ReadAndCompare(table, {field, chosen, other, may_differ}, path));
      if (!note.empty()) notes.push_back(std::move(note));
    }
  }
  return notes;
}

}  // namespace dhs::regions
