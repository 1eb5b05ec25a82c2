// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sky/brick_name.h"

namespace dhs::parent {

/// The name of a split ("train", "val", "test", "buffer") in one integer, padded with NUL at the end, so that integer
/// order is byte order of the names.
class SplitName {
 public:
  constexpr SplitName() = default;
  /// Nothing for an empty name or one of more than eight bytes: no split has such a name.
  static std::optional<SplitName> Parse(std::string_view text);
  std::string ToString() const;
  constexpr uint64_t packed() const { return packed_; }
  constexpr auto operator<=>(const SplitName&) const = default;

 private:
  uint64_t packed_ = 0;
};

/// The first eight bytes of a stored brick name, padded with NUL; never fails, so that a malformed name still has a
/// place in the order (`dhs validate` is where it is reported).
sky::BrickName PackBrickName(std::string_view text);

/// Where a row of a parent catalog belongs: partition, region, brick. Its order is the order of the catalog on disk.
struct Place {
  SplitName split;
  int32_t region_id = 0;
  sky::BrickName brick;
  auto operator<=>(const Place&) const = default;
};

/// Place and object number: what makes a row unique.
struct RowKey {
  Place place;
  int64_t objid = 0;
  auto operator<=>(const RowKey&) const = default;
};

/// Order-free checksum of a multiset of keys: the sum modulo 2^64 and the exclusive or of a 64-bit mix of (split,
/// region_id, brickname, objid). Two multisets that differ in one key always differ here; the chance that larger
/// differences cancel is about 2^-64. Sums of disjoint parts add up.
struct KeyChecksum {
  uint64_t sum = 0;
  uint64_t xored = 0;

  void Add(const RowKey& key);
  void Add(const KeyChecksum& other);
  /// 32 hexadecimal digits: sum, then exclusive or.
  std::string ToString() const;
  bool operator==(const KeyChecksum&) const = default;
};

}  // namespace dhs::parent
