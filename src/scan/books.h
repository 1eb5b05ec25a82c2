// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "dhs/error.h"

namespace dhs::scan {

/// Why a good row is no candidate: the first of these that applies.
enum class Reject : uint8_t {
  kFootprint,
  kResolved,  ///< the other half of the survey, north or south, has this brick (sky::ResolvedHalf)
  kPsf,
  kFlux,
  kZmag,
  kRz,
  kZw1
};
inline constexpr std::array<const char*, 7> kRejectNames = {"footprint", "resolved", "psf", "flux",
                                                            "zmag",      "rz",       "zw1"};

/// Why a row cannot be used at all: the first of these that applies. Such rows are counted nowhere else.
enum class Bad : uint8_t {
  kPosition,      ///< RA or Dec not finite, RA outside [0, 360), Dec outside [-90, 90]
  kZeroPosition,  ///< RA = Dec = 0: written where fitting was given up
  kBrickName,     ///< not \d{4}[pm]\d{3}, or one that no brick bears
  kOutsideBrick   ///< further than 1 arcsec outside the bounds of its brick
};
inline constexpr std::array<const char*, 4> kBadNames = {"position", "zero_position", "brick_name", "outside_brick"};

/// A bad row as it is listed for the user.
struct BadRow {
  int64_t row = 0;  ///< 0-based
  std::string column = {};
  Bad check = Bad::kPosition;
  std::string value = {};
  std::string limit = {};
};
inline constexpr size_t kMaxListedBadRows = 10;  ///< per sweep, those with the smallest row numbers

/// Where every row went: read = kept + rejected + bad.
struct Books {
  int64_t rows_read = 0;
  int64_t rows_kept = 0;
  std::array<int64_t, kRejectNames.size()> rejected = {};
  std::array<int64_t, kBadNames.size()> bad = {};

  void Add(const Books& other);
  int64_t num_bad() const;
  int64_t num_rejected() const;
  /// InternalError unless the books balance.
  Status CheckBalance() const;
};

/// "rows_read", "rows_kept", "rows_rejected": {...}, "rows_bad": {...} put into `object`.
void PutBooks(const Books& books, nlohmann::ordered_json* object);
nlohmann::ordered_json BadRowsJson(const std::vector<BadRow>& rows);
/// Inverse of the two; false if `object` is not what they make.
bool ParseBooks(const nlohmann::ordered_json& object, Books* books);
bool ParseBadRows(const nlohmann::ordered_json& array, std::vector<BadRow>* rows);

}  // namespace dhs::scan
