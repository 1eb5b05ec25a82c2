// SPDX-License-Identifier: Apache-2.0
#include "regions/spark_hash.h"

#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "testing/testing.h"

namespace dhs::regions {
namespace {

template <typename T>
T Parse(std::string_view text, int base = 10) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  EXPECT_TRUE(error == std::errc{} && end == text.data() + text.size()) << text;
  return value;
}

std::string FromHex(std::string_view digits) {
  std::string bytes;
  for (size_t i = 0; i < digits.size(); i += 2) {
    bytes.push_back(static_cast<char>(Parse<uint8_t>(digits.substr(i, 2), 16)));
  }
  return bytes;
}

// Of a line `type,value,seed,hash`; nothing for an unknown type.
std::optional<int64_t> HashOfLine(std::string_view type, std::string_view value, int32_t seed) {
  if (type == "int32") return SparkXxhash64(Parse<int32_t>(value), seed);
  if (type == "int64") return SparkXxhash64(Parse<int64_t>(value), seed);
  if (type == "string") return SparkXxhash64(FromHex(value), seed);
  return std::nullopt;
}

// Made by PySpark itself: tests/spark/xxhash64_values.py.
TEST(SparkHashTest, EqualsWhatPySparkGivesForEveryStoredValue) {
  const std::string text = testing::ReadGzip(DHS_TEST_DATA("spark_xxhash64.csv.gz"));
  std::map<std::string, int, std::less<>> num_of_type;
  for (size_t start = text.find('\n') + 1; start < text.size();) {
    const size_t end = text.find('\n', start);
    std::vector<std::string_view> fields;
    for (size_t at = start; at <= end;) {
      const size_t stop = std::min(text.find(',', at), end);
      fields.push_back(std::string_view(text).substr(at, stop - at));
      at = stop + 1;
    }
    ASSERT_EQ(fields.size(), 4u) << text.substr(start, end - start);
    ASSERT_EQ(HashOfLine(fields[0], fields[1], Parse<int32_t>(fields[2])), Parse<int64_t>(fields[3]))
        << text.substr(start, end - start);
    ++num_of_type[std::string(fields[0])];
    start = end + 1;
  }
  EXPECT_EQ(num_of_type, (std::map<std::string, int, std::less<>>{{"int32", 4000}, {"int64", 4000}, {"string", 4000}}));
}

TEST(SparkHashTest, EachResultSeedsTheNext) {
  const uint64_t first = SparkHashText("1126p222", kSparkHashSeed);
  EXPECT_EQ(static_cast<uint64_t>(SparkXxhash64("1126p222", 13)), SparkHashInt32(13, first));
  EXPECT_NE(SparkHashInt64(13, first), SparkHashInt32(13, first)) << "the width of the literal counts";
}

}  // namespace
}  // namespace dhs::regions
