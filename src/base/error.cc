// SPDX-License-Identifier: Apache-2.0
#include "dhs/error.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace dhs {

namespace {

constexpr char kTypeId[] = "dhs::ErrorDetail";

Status Make(arrow::StatusCode status_code, ExitCode code, ErrorLocation location, std::string message) {
  const std::string where = location.ToString();
  std::string text = where.empty() ? std::move(message) : where + ": " + message;
  return Status(status_code, std::move(text), std::make_shared<ErrorDetail>(code, std::move(location)));
}

const ErrorDetail* DetailOf(const Status& status) {
  if (status.ok() || status.detail() == nullptr || std::string_view(status.detail()->type_id()) != kTypeId) {
    return nullptr;
  }
  return static_cast<const ErrorDetail*>(status.detail().get());
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

// Levenshtein distance by one row of the matrix; O(|a| |b|).
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string ErrorLocation::ToString() const {
  std::string parts;
  auto add = [&parts](const std::string& part) {
    if (!parts.empty()) parts += ", ";
    parts += part;
  };
  if (hdu) add(fmt::format("HDU {}", *hdu));
  if (!card.empty()) add(fmt::format("card \"{}\"", card));
  if (!column.empty()) add(fmt::format("column {}", column));
  if (row) add(fmt::format("row {}", *row));
  if (byte_offset) add(fmt::format("byte {}", *byte_offset));
  if (path.empty() || parts.empty()) return path + parts;
  return path + ": " + parts;
}

const char* ErrorDetail::type_id() const { return kTypeId; }

std::string ErrorDetail::ToString() const { return fmt::format("exit code {}", static_cast<int>(code_)); }

Status UsageError(std::string message) {
  return Make(arrow::StatusCode::Invalid, ExitCode::kUsage, {}, std::move(message));
}
Status DataError(ErrorLocation location, std::string message) {
  return Make(arrow::StatusCode::Invalid, ExitCode::kData, std::move(location), std::move(message));
}
Status EnvironmentError(ErrorLocation location, std::string message) {
  return Make(arrow::StatusCode::IOError, ExitCode::kEnvironment, std::move(location), std::move(message));
}
Status InternalError(std::string message) {
  return Make(arrow::StatusCode::UnknownError, ExitCode::kInternal, {},
              "internal error (please report it): " + message);
}
Status CheckFailedError(std::string message) {
  return Make(arrow::StatusCode::Invalid, ExitCode::kCheckFailed, {}, std::move(message));
}
Status InterruptedError() {
  return Make(arrow::StatusCode::Cancelled, ExitCode::kInterrupted, {},
              "interrupted; work finished so far is kept and the same command goes on from there");
}

ExitCode ExitCodeOf(const Status& status) {
  if (status.ok()) return ExitCode::kOk;
  if (const ErrorDetail* detail = DetailOf(status)) return detail->exit_code();
  if (status.IsCancelled()) return ExitCode::kInterrupted;
  if (status.IsIOError() || status.IsOutOfMemory()) return ExitCode::kEnvironment;
  if (status.IsInvalid()) return ExitCode::kData;
  return ExitCode::kInternal;
}

const ErrorLocation* LocationOf(const Status& status) {
  const ErrorDetail* detail = DetailOf(status);
  return detail == nullptr ? nullptr : &detail->location();
}

Status WithContext(const Status& status, std::string_view what) {
  if (status.ok()) return status;
  return Status(status.code(), fmt::format("{}: {}", what, status.message()), status.detail());
}

std::vector<std::string> NearestNames(std::string_view name, const std::vector<std::string>& candidates,
                                      size_t max_names) {
  const size_t limit = std::max<size_t>(2, name.size() / 2);
  const std::string wanted = Lower(name);
  std::vector<std::pair<size_t, std::string>> near;
  for (const std::string& candidate : candidates) {
    const size_t distance = EditDistance(wanted, Lower(candidate));
    if (distance <= limit) near.emplace_back(distance, candidate);
  }
  std::stable_sort(near.begin(), near.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  if (near.size() > max_names) near.resize(max_names);
  std::vector<std::string> names;
  names.reserve(near.size());
  for (auto& entry : near) names.push_back(std::move(entry.second));
  return names;
}

std::string DidYouMean(std::string_view name, const std::vector<std::string>& candidates) {
  const std::vector<std::string> names = NearestNames(name, candidates);
  if (names.empty()) return "";
  std::string text = " Did you mean ";
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += fmt::format("'{}'", names[i]);
  }
  return text + "?";
}

}  // namespace dhs
