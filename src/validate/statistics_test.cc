// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include <arrow/table.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "catalog/columns.h"
#include "testing/catalog_builder.h"
#include "testing/testing.h"
#include "validate/checks.h"
#include "validate/duplicates.h"
#include "validate/quantiles.h"

namespace dhs::validate {
namespace {

float ElementAtRank(std::vector<float> values, double p) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  return values[static_cast<size_t>(std::max(1.0, std::ceil(p * n))) - 1];
}

RC_GTEST_PROP(ExactQuantiles, EqualTheSortedValues, (std::vector<float> values)) {
  std::erase_if(values, [](float v) { return std::isnan(v); });
  RC_PRE(!values.empty());
  ExactQuantiles first, second;
  for (size_t i = 0; i < values.size(); ++i) (i % 3 == 0 ? first : second).Add(values[i]);
  first.Merge(second);
  for (const double p : {0.0, 0.01, 0.25, 0.5, 0.9, 1.0}) RC_ASSERT(*first.Quantile(p) == ElementAtRank(values, p));
}

TEST(ExactQuantiles, AreExactWhenDrawersAreCounted) {
  std::mt19937_64 random(11);
  std::vector<float> values;
  ExactQuantiles first, second;
  for (int i = 0; i < 400'000; ++i) {
    const auto value = 20.0F + static_cast<float>(random() % 90'000) * 1.0e-6F;  // one drawer
    values.push_back(value);
    (i < 250'000 ? first : second).Add(value);
  }
  values.push_back(-std::numeric_limits<float>::infinity());
  second.Add(values.back());
  first.Merge(second);
  EXPECT_EQ(first.count(), 400'001);
  for (const double p : {0.0, 0.1, 0.5, 0.77, 1.0}) EXPECT_EQ(*first.Quantile(p), ElementAtRank(values, p)) << p;
  EXPECT_FALSE(ExactQuantiles().Quantile(0.5).has_value());
}

TEST(KeyCode, IsDifferentForDifferentKeysOfTheTessellation) {
  Row a, b;
  a.brick = sky::Brick{300, 7};
  b.brick = sky::Brick{300, 8};
  a.objid = (int64_t{1} << 43) - 1;
  b.objid = 0;
  EXPECT_NE(KeyCode(a), KeyCode(b));
  b = a;
  EXPECT_EQ(KeyCode(a), KeyCode(b));
  b.objid = -1;
  EXPECT_NE(KeyCode(a), KeyCode(b));
}

TEST(RepeatedCodes, ListsEachOnce) {
  std::vector<uint64_t> codes = {5, 1, 5, 9, 5, 1};
  EXPECT_EQ(RepeatedCodes(codes), (std::vector<uint64_t>{1, 5}));
  std::vector<uint64_t> unique = {3, 1, 2};
  EXPECT_TRUE(RepeatedCodes(unique).empty());
}

TEST(FindRepetitions, TellsKeysFromWholeRowsAndNamesTheFirst) {
  const std::vector<SuspectRow> suspects = {
      {"0001p000", 4, 2, 0, 77}, {"0001p000", 4, 0, 5, 77}, {"0001p000", 4, 1, 1, 88}, {"0002p000", 4, 0, 0, 77}};
  const Repetitions found = FindRepetitions(suspects);
  ASSERT_EQ(found.keys.size(), 2U);
  EXPECT_EQ(found.keys[0].row.file, 1);
  EXPECT_EQ(found.keys[0].first.file, 0);
  EXPECT_EQ(found.keys[1].row.file, 2);
  ASSERT_EQ(found.rows.size(), 1U);
  EXPECT_EQ(found.rows[0].row.file, 2);
  EXPECT_EQ(found.rows[0].first.row, 5);
}

TEST(HashRows, SeesEveryColumnAndNull) {
  const std::array<sky::Brick, 1> bricks = {sky::Brick{360, 4}};
  const auto rows = testing::MakeLrgs(bricks, 1, 1);
  const auto schema = catalog::SchemaOf(catalog::ParentTable());
  std::vector<testing::CatalogRow> changed(9, rows[0]);
  changed[1].objid += 1;
  changed[2].ra = std::nextafter(changed[2].ra, 400.0);
  changed[3].raw.zmag = std::nextafter(changed[3].raw.zmag, 30.0F);
  changed[4].mw.reset();
  changed[5].type += " ";
  changed[6].flags[1] = !changed[6].flags[1];
  changed[7].region_split = "val";
  changed[8].maskbits = changed[8].maskbits ? std::nullopt : std::optional<int64_t>(0);
  DHS_ASSERT_OK_AND_ASSIGN(std::vector<uint64_t> hashes, HashRows(*testing::TableOf(changed, schema)));
  std::sort(hashes.begin(), hashes.end());
  EXPECT_EQ(std::adjacent_find(hashes.begin(), hashes.end()), hashes.end());
  changed.assign(2, rows[0]);
  DHS_ASSERT_OK_AND_ASSIGN(hashes, HashRows(*testing::TableOf(changed, schema)));
  EXPECT_EQ(hashes[0], hashes[1]);
}

TEST(CheckCount, MergeKeepsTheFirstFindings) {
  CheckCount a, b;
  for (int64_t i = 0; i < 8; ++i) {
    Finding finding;
    finding.file = i;
    (i % 2 == 0 ? a : b).Add(finding);
  }
  b.Merge(a);
  EXPECT_EQ(b.violations, 8);
  ASSERT_EQ(b.findings.size(), CheckCount::kMaxFindings);
  for (int64_t i = 0; i < 5; ++i) EXPECT_EQ(b.findings[static_cast<size_t>(i)].file, i);
}

}  // namespace
}  // namespace dhs::validate
