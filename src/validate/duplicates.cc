// SPDX-License-Identifier: Apache-2.0
#include "validate/duplicates.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <tuple>

#include <arrow/array.h>
#include <arrow/chunked_array.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <arrow/type.h>

#include "parent/place.h"

namespace dhs::validate {
namespace {

constexpr uint64_t kHashedBit = uint64_t{1} << 63;

// splitmix64's finalizer: a bijection on 64 bits.
uint64_t Mix(uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

uint64_t HashText(std::string_view text) {
  uint64_t h = Mix(text.size());
  for (size_t i = 0; i < text.size(); i += 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + i, std::min<size_t>(8, text.size() - i));
    h = Mix(h ^ word);
  }
  return h;
}

// The bits of value i as one word; text is hashed. Unknown types count by their printed form.
Result<uint64_t> WordOf(const arrow::Array& values, int64_t i) {
  switch (values.type_id()) {
    case arrow::Type::BOOL:
      return uint64_t{static_cast<const arrow::BooleanArray&>(values).Value(i)};
    case arrow::Type::INT32:
      return static_cast<uint64_t>(static_cast<const arrow::Int32Array&>(values).Value(i));
    case arrow::Type::INT64:
      return static_cast<uint64_t>(static_cast<const arrow::Int64Array&>(values).Value(i));
    case arrow::Type::FLOAT:
      return std::bit_cast<uint32_t>(static_cast<const arrow::FloatArray&>(values).Value(i));
    case arrow::Type::DOUBLE:
      return std::bit_cast<uint64_t>(static_cast<const arrow::DoubleArray&>(values).Value(i));
    case arrow::Type::STRING:
      return HashText(static_cast<const arrow::StringArray&>(values).GetView(i));
    default: {
      ARROW_ASSIGN_OR_RAISE(const auto scalar, values.GetScalar(i));
      return HashText(scalar->ToString());
    }
  }
}

auto KeyOf(const SuspectRow& s) { return std::tie(s.brickname, s.objid); }
auto PositionOf(const SuspectRow& s) { return std::tie(s.file, s.row); }

// Appends every row that equals an earlier one. REQUIRES: equal rows follow each other, by position.
template <typename Same>
std::vector<RepeatedRow> Repeats(const std::vector<SuspectRow>& sorted, const Same& same) {
  std::vector<RepeatedRow> repeats;
  for (size_t begin = 0; begin < sorted.size();) {
    size_t end = begin + 1;
    for (; end < sorted.size() && same(sorted[begin], sorted[end]); ++end) {
      repeats.push_back({sorted[end], sorted[begin]});
    }
    begin = end;
  }
  std::sort(repeats.begin(), repeats.end(),
            [](const RepeatedRow& a, const RepeatedRow& b) { return PositionOf(a.row) < PositionOf(b.row); });
  return repeats;
}

}  // namespace

uint64_t KeyCode(const Row& row) {
  if (row.brick && row.objid >= 0 && row.objid < (int64_t{1} << 43)) {
    return static_cast<uint64_t>(sky::BrickId(*row.brick)) << 43 | static_cast<uint64_t>(row.objid);
  }
  return kHashedBit | Mix(HashText(row.brickname) ^ Mix(static_cast<uint64_t>(row.objid)));
}

std::vector<uint64_t> RepeatedCodes(std::vector<uint64_t>& codes) {
  std::sort(codes.begin(), codes.end());
  std::vector<uint64_t> repeated;
  for (size_t i = 1; i < codes.size(); ++i) {
    if (codes[i] == codes[i - 1] && (repeated.empty() || repeated.back() != codes[i])) repeated.push_back(codes[i]);
  }
  return repeated;
}

Result<std::vector<uint64_t>> HashRows(const arrow::Table& rows) {
  std::vector<uint64_t> hashes(static_cast<size_t>(rows.num_rows()), 0);
  for (int c = 0; c < rows.num_columns(); ++c) {
    const uint64_t seed = HashText(rows.field(c)->name());
    size_t at = 0;
    for (const auto& chunk : rows.column(c)->chunks()) {
      for (int64_t i = 0; i < chunk->length(); ++i, ++at) {
        if (chunk->IsNull(i)) {
          hashes[at] += Mix(~seed);
          continue;
        }
        ARROW_ASSIGN_OR_RAISE(const uint64_t word, WordOf(*chunk, i));
        hashes[at] += Mix(seed ^ Mix(word));
      }
    }
  }
  return hashes;
}

Repetitions FindRepetitions(std::vector<SuspectRow> suspects) {
  Repetitions found;
  const auto order = [](const SuspectRow& a, const SuspectRow& b) {
    return std::tuple_cat(KeyOf(a), PositionOf(a)) < std::tuple_cat(KeyOf(b), PositionOf(b));
  };
  std::sort(suspects.begin(), suspects.end(), order);
  found.keys = Repeats(suspects, [](const SuspectRow& a, const SuspectRow& b) { return KeyOf(a) == KeyOf(b); });
  const auto by_hash = [](const SuspectRow& a, const SuspectRow& b) {
    return std::tuple_cat(KeyOf(a), std::tie(a.hash), PositionOf(a)) <
           std::tuple_cat(KeyOf(b), std::tie(b.hash), PositionOf(b));
  };
  std::sort(suspects.begin(), suspects.end(), by_hash);
  found.rows = Repeats(
      suspects, [](const SuspectRow& a, const SuspectRow& b) { return KeyOf(a) == KeyOf(b) && a.hash == b.hash; });
  return found;
}

}  // namespace dhs::validate
