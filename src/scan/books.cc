// SPDX-License-Identifier: Apache-2.0
#include "scan/books.h"

#include <numeric>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace dhs::scan {

namespace {

template <size_t kSize>
nlohmann::ordered_json NamedCounts(const std::array<const char*, kSize>& names,
                                   const std::array<int64_t, kSize>& counts) {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (size_t i = 0; i < kSize; ++i) object[names[i]] = counts[i];
  return object;
}

bool ParseCount(const nlohmann::ordered_json& object, const char* name, int64_t* count) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_integer()) return false;
  *count = found->get<int64_t>();
  return true;
}

template <size_t kSize>
bool ParseCounts(const nlohmann::ordered_json& object, const char* name, const std::array<const char*, kSize>& names,
                 std::array<int64_t, kSize>* counts) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_object()) return false;
  for (size_t i = 0; i < kSize; ++i) {
    if (!ParseCount(*found, names[i], &(*counts)[i])) return false;
  }
  return true;
}

template <size_t kSize>
int64_t Sum(const std::array<int64_t, kSize>& counts) {
  return std::accumulate(counts.begin(), counts.end(), int64_t{0});
}

}  // namespace

void Books::Add(const Books& other) {
  rows_read += other.rows_read;
  rows_kept += other.rows_kept;
  for (size_t i = 0; i < rejected.size(); ++i) rejected[i] += other.rejected[i];
  for (size_t i = 0; i < bad.size(); ++i) bad[i] += other.bad[i];
}

int64_t Books::num_bad() const { return Sum(bad); }
int64_t Books::num_rejected() const { return Sum(rejected); }

Status Books::CheckBalance() const {
  if (rows_read == rows_kept + num_rejected() + num_bad()) return Status::OK();
  return InternalError(fmt::format("the books do not balance: {} rows read, {} kept + {} rejected + {} bad", rows_read,
                                   rows_kept, num_rejected(), num_bad()));
}

void PutBooks(const Books& books, nlohmann::ordered_json* object) {
  (*object)["rows_read"] = books.rows_read;
  (*object)["rows_kept"] = books.rows_kept;
  (*object)["rows_rejected"] = NamedCounts(kRejectNames, books.rejected);
  (*object)["rows_bad"] = NamedCounts(kBadNames, books.bad);
}

nlohmann::ordered_json BadRowsJson(const std::vector<BadRow>& rows) {
  nlohmann::ordered_json array = nlohmann::ordered_json::array();
  for (const BadRow& row : rows) {
    array.push_back({{"row", row.row},
                     {"column", row.column},
                     {"check", kBadNames[static_cast<size_t>(row.check)]},
                     {"value", row.value},
                     {"limit", row.limit}});
  }
  return array;
}

bool ParseBooks(const nlohmann::ordered_json& object, Books* books) {
  return object.is_object() && ParseCount(object, "rows_read", &books->rows_read) &&
         ParseCount(object, "rows_kept", &books->rows_kept) &&
         ParseCounts(object, "rows_rejected", kRejectNames, &books->rejected) &&
         ParseCounts(object, "rows_bad", kBadNames, &books->bad) && books->CheckBalance().ok();
}

bool ParseBadRows(const nlohmann::ordered_json& array, std::vector<BadRow>* rows) {
  if (!array.is_array()) return false;
  for (const auto& entry : array) {
    BadRow row;
    for (const char* name : {"column", "check", "value", "limit"}) {
      if (!entry.contains(name) || !entry[name].is_string()) return false;
    }
    if (!ParseCount(entry, "row", &row.row)) return false;
    row.column = entry["column"].get<std::string>();
    row.value = entry["value"].get<std::string>();
    row.limit = entry["limit"].get<std::string>();
    size_t check = 0;
    while (check < kBadNames.size() && entry["check"].get<std::string>() != kBadNames[check]) ++check;
    if (check == kBadNames.size()) return false;
    row.check = static_cast<Bad>(check);
    rows->push_back(std::move(row));
  }
  return true;
}

}  // namespace dhs::scan
