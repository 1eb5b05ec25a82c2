// SPDX-License-Identifier: Apache-2.0
#include "sky/brick_name.h"

#include <string>
#include <unordered_set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dhs::sky {
namespace {

TEST(BrickNameTest, ParsesAWellFormedName) {
  const auto name = BrickName::Parse("1126p222");
  ASSERT_TRUE(name.has_value());
  EXPECT_EQ(name->ToString(), "1126p222");
  EXPECT_EQ(name->packed(), 0x3131323670323232ULL);
}

TEST(BrickNameTest, RejectsWhateverIsNotFourDigitsASignAndThreeDigits) {
  for (const char* text : {"", "1126p22", "1126p2222", "1126P222", "1126x222", "a126p222", "1126p22 ", "112 p222",
                           "1126m2/2", "1126m:22", " 126p222"}) {
    EXPECT_FALSE(BrickName::Parse(text).has_value()) << text;
  }
  EXPECT_FALSE(BrickName().IsWellFormed());
}

TEST(BrickNameTest, KeepsAnyEightBytes) {
  const std::string bytes("ab\0\xff p2", 7);
  const BrickName name = BrickName::FromBytes((bytes + "!").data());
  EXPECT_EQ(name.ToString(), bytes + "!");
  EXPECT_FALSE(name.IsWellFormed());
}

TEST(BrickNameTest, HashKeepsNamesApart) {
  std::unordered_set<BrickName> names;
  for (int i = 0; i < 10000; ++i) {
    const std::string digits = std::to_string(10000 + i).substr(1);
    names.insert(*BrickName::Parse(digits + "p222"));
  }
  EXPECT_EQ(names.size(), 10000u);
}

RC_GTEST_PROP(BrickNameProperty, OrdersAsBytesDo, ()) {
  const auto text = [] {
    std::string bytes = *rc::gen::container<std::string>(8, rc::gen::arbitrary<char>());
    return bytes;
  };
  const std::string a = text(), b = text();
  RC_ASSERT((BrickName::FromBytes(a.data()) < BrickName::FromBytes(b.data())) == (a < b));
  RC_ASSERT(BrickName::FromBytes(a.data()).ToString() == a);
}

}  // namespace
}  // namespace dhs::sky
