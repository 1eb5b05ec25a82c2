// SPDX-License-Identifier: Apache-2.0
#include "regions/column_agreement.h"

#include <algorithm>
#include <cmath>
#include <vector>

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

std::string Text(double value) { return fmt::format("{}", value); }
std::string Text(sky::BrickName value) { return "'" + value.ToString() + "'"; }

template <typename T>
Status Compare(const std::vector<T>& chosen, const std::vector<T>& other, const std::string& field,
               const std::string& chosen_name, const std::string& other_name, const std::string& path) {
  for (size_t row = 0; row < chosen.size(); ++row) {
    if (!Differ(chosen[row], other[row])) continue;
    return DataError({.path = path, .row = static_cast<int64_t>(row)},
                     fmt::format("columns {} and {} can both be {} and contradict each other: {} and {}. Leave one of "
                                 "them out, or give it another name",
                                 chosen_name, other_name, field, Text(chosen[row]), Text(other[row])));
  }
  return Status::OK();
}

}  // namespace

Status CheckAgreement(const arrow::Table& table, const ColumnChoice& choice, const std::string& path) {
  for (const auto& [field, others] : choice.others_of) {
    const std::string& chosen = choice.name_of.at(field);
    for (const std::string& other : others) {
      if (field == "brickname") {
        ARROW_ASSIGN_OR_RAISE(const auto a, ReadBrickNames(table, chosen, path));
        ARROW_ASSIGN_OR_RAISE(const auto b, ReadBrickNames(table, other, path));
        ARROW_RETURN_NOT_OK(Compare(a, b, field, chosen, other, path));
      } else {
        ARROW_ASSIGN_OR_RAISE(const auto a, ReadDoubles(table, chosen, path));
        ARROW_ASSIGN_OR_RAISE(const auto b, ReadDoubles(table, other, path));
        ARROW_RETURN_NOT_OK(Compare(a, b, field, chosen, other, path));
      }
    }
  }
  return Status::OK();
}

}  // namespace dhs::regions
