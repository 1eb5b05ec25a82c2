// SPDX-License-Identifier: Apache-2.0
#include "regions/earlier_splits.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "testing/testing.h"

namespace dhs::regions {
namespace {

class EarlierSplitsTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    testing::WriteBytes(dir_.File(name), text);
    return dir_.File(name);
  }
  Result<EarlierSplits> Read(const std::string& text) { return ReadEarlierSplits(*storage_, Write("e.csv", text)); }

  testing::TempDir dir_;
  std::shared_ptr<Storage> storage_ = LocalStorage();
};

std::vector<std::pair<std::string, std::string>> Pairs(const EarlierSplits& earlier) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (size_t i = 0; i < earlier.name.size(); ++i) {
    pairs.emplace_back(earlier.name[i].ToString(), SplitName(earlier.split[i]));
  }
  return pairs;
}

TEST_F(EarlierSplitsTest, ReadsATableInAnyOrder) {
  DHS_ASSERT_OK_AND_ASSIGN(const EarlierSplits earlier,
                           Read("brickname,split\n0003p000,test\n0001p000,train\n0006p000,buffer\n"));
  EXPECT_EQ(Pairs(earlier),
            (std::vector<std::pair<std::string, std::string>>{{"0001p000", "train"}, {"0003p000", "test"}}));
  EXPECT_EQ(earlier.num_in_buffer, 1) << "a brick of the buffer is new";
  std::vector<sky::BrickName> names;
  for (const char* name : {"0000p001", "0003p000", "0006p000"}) names.push_back(*sky::BrickName::Parse(name));
  EXPECT_EQ(SplitsOf(earlier, names), (std::vector<std::optional<Split>>{std::nullopt, Split::kTest, std::nullopt}));
}

TEST_F(EarlierSplitsTest, TakesRegionSplitsWhereBricksHaveNone) {
  DHS_ASSERT_OK(storage_->MakeDirectories(dir_.File("old")));
  const std::string bricks = Write("old/bricks.csv", "brickname,region_id\n0001p000,7\n0003p000,9\n");
  Write("old/region_metrics", "region_id,region_split\n9,val\n7,train\n");
  DHS_ASSERT_OK_AND_ASSIGN(const EarlierSplits earlier, ReadEarlierSplits(*storage_, bricks));
  EXPECT_EQ(Pairs(earlier),
            (std::vector<std::pair<std::string, std::string>>{{"0001p000", "train"}, {"0003p000", "val"}}));
  Write("old/region_metrics", "region_id,region_split\n9,val\n");
  DHS_EXPECT_ERROR(ReadEarlierSplits(*storage_, bricks), ExitCode::kData, "region 7 is not in");
}

TEST_F(EarlierSplitsTest, NamesEveryTableThatIsRead) {
  DHS_ASSERT_OK(storage_->MakeDirectories(dir_.File("old")));
  const std::string bricks = Write("old/bricks.csv", "brickname,region_id\n0001p000,7\n");
  const std::string metrics = Write("old/region_metrics", "region_id,region_split\n7,train\n");
  DHS_ASSERT_OK_AND_ASSIGN(const auto both, EarlierTablePaths(*storage_, bricks));
  EXPECT_EQ(both, (std::vector<std::string>{bricks, metrics}));
  Write("old/bricks.csv", "brickname,region_id,brick_split\n0001p000,7,val\n");
  DHS_ASSERT_OK_AND_ASSIGN(const auto one, EarlierTablePaths(*storage_, bricks));
  EXPECT_EQ(one, (std::vector<std::string>{bricks})) << "the bricks have their own splits";
}

TEST_F(EarlierSplitsTest, EqualColumnsOfSplitsAreNoted) {
  DHS_ASSERT_OK_AND_ASSIGN(const EarlierSplits earlier,
                           Read("brickname,region_split,brick_split\n0001p000,train,train\n0003p000,,test\n"));
  EXPECT_EQ(Pairs(earlier),
            (std::vector<std::pair<std::string, std::string>>{{"0001p000", "train"}, {"0003p000", "test"}}));
  ASSERT_EQ(earlier.notes.size(), 1u);
  EXPECT_EQ(earlier.notes[0], "columns brick_split, region_split could all be split; 'brick_split' is used");
  DHS_EXPECT_ERROR(
      Read("brickname,brick_split,region_split\n0001p000,train,train\n0003p000,val,test\n"), ExitCode::kData,
      "row 1: columns brick_split and region_split can both be split and contradict each other: 'val' and 'test'");
}

TEST_F(EarlierSplitsTest, RejectsWhatIsNoAssignment) {
  DHS_EXPECT_ERROR(Read("brickname,split\n0001p000,train\n0003p000,trian\n"), ExitCode::kData,
                   "expected train, val, test, buffer, found 'trian'. Did you mean 'train'?");
  DHS_EXPECT_ERROR(Read("brickname,split\n0001p000,train\n0003p000,val\n0001p000,train\n"), ExitCode::kData,
                   "brick 0001p000 comes twice");
  DHS_EXPECT_ERROR(Read("brickname,ebv\n0001p000,0.1\n"), ExitCode::kData, "expected a column split, brick_split");
  DHS_EXPECT_ERROR(ReadEarlierSplits(*storage_, dir_.File("none")), ExitCode::kData, "found none");
}

}  // namespace
}  // namespace dhs::regions
