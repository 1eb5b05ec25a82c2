// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <arrow/compare.h>
#include <arrow/table.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "catalog/columns.h"
#include "catalog/parquet.h"
#include "parent/parent.h"
#include "parent/parent_stage.h"
#include "parent/selected_regions.h"
#include "parent/table_access.h"
#include "testing/catalog_builder.h"
#include "testing/stage_run.h"
#include "testing/testing.h"

namespace dhs::parent {
namespace {

using testing::CatalogRow;
using testing::RunStageAlone;
using testing::StageHarness;
using testing::TempDir;

constexpr char kVariant[] = "v3_color_relaxed";
const arrow::EqualOptions kNanEqualsNan = arrow::EqualOptions::Defaults().nans_equal(true);

sky::BrickName Name(std::string_view text) { return *sky::BrickName::Parse(text); }
SplitName Split(std::string_view text) { return *SplitName::Parse(text); }

// ---------------------------------------------------------------------------------------------------------- pure parts

TEST(SplitName, OrderIsByteOrderOfTheNames) {
  EXPECT_LT(Split("test"), Split("train"));
  EXPECT_LT(Split("train"), Split("val"));
  EXPECT_LT(Split("buffer"), Split("test"));
  EXPECT_EQ(Split("val").ToString(), "val");
  EXPECT_FALSE(SplitName::Parse("").has_value());
  EXPECT_FALSE(SplitName::Parse("__HIVE_DEFAULT_PARTITION__").has_value());
}

TEST(KeyChecksum, DependsOnEveryPartOfTheKeyAndNotOnOrder) {
  const RowKey key{{Split("train"), 7, Name("1126p222")}, 9};
  std::vector<RowKey> others(4, key);
  others[0].place.split = Split("test");
  others[1].place.region_id = 8;
  others[2].place.brick = Name("1126m222");
  others[3].objid = 10;
  KeyChecksum one;
  one.Add(key);
  for (const RowKey& other : others) {
    KeyChecksum changed;
    changed.Add(other);
    EXPECT_NE(changed, one);
  }
  KeyChecksum forward, backward;
  for (size_t i = 0; i < others.size(); ++i) forward.Add(others[i]), backward.Add(others[others.size() - 1 - i]);
  EXPECT_EQ(forward, backward);
  forward.Add(key);
  backward.Add(one);
  EXPECT_EQ(forward, backward);
}

TEST(BrickAssignment, TellsEveryFate) {
  const std::vector<sky::BrickName> bricks = {Name("0010p000"), Name("0001p000"), Name("0003p000")};
  const std::vector<int32_t> regions = {2, 0, 1};
  const std::vector<SelectedRegion> selected = {
      {0, Split("train")}, {2, Split("test"), Fate::kSplitExcluded}, {0, Split("train")}};
  DHS_ASSERT_OK_AND_ASSIGN(const auto assignment, BrickAssignment::Make(bricks, regions, {}, selected));
  EXPECT_EQ(assignment.Find(Name("0001p000"))->fate, Fate::kKept);
  EXPECT_EQ(assignment.Find(Name("0001p000"))->place.split, Split("train"));
  EXPECT_EQ(assignment.Find(Name("0003p000"))->fate, Fate::kRegionNotSelected);
  EXPECT_EQ(assignment.Find(Name("0010p000"))->fate, Fate::kSplitExcluded);
  EXPECT_EQ(assignment.Find(Name("0008p000")), nullptr);
  EXPECT_EQ(assignment.num_selected_bricks(), 1);
  EXPECT_EQ(assignment.num_selected_regions(), 1);
}

TEST(BrickAssignment, RefusesTablesThatContradictEachOther) {
  const std::vector<sky::BrickName> bricks = {Name("0001p000"), Name("0003p000")};
  const std::vector<int32_t> regions = {0, 1};
  const std::vector<SelectedRegion> two_splits = {{1, Split("train")}, {1, Split("val")}};
  DHS_EXPECT_ERROR(BrickAssignment::Make(bricks, regions, {}, two_splits), ExitCode::kData,
                   "region 1 is selected as 'train' and as 'val'");
  const std::vector<SelectedRegion> unknown = {{5, Split("train")}};
  DHS_EXPECT_ERROR(BrickAssignment::Make(bricks, regions, {}, unknown), ExitCode::kData,
                   "region 5 is selected but no brick belongs to it");
  const std::vector<sky::BrickName> twice = {Name("0003p000"), Name("0003p000")};
  DHS_EXPECT_ERROR(BrickAssignment::Make(twice, regions, {}, {}), ExitCode::kData, "brick 0003p000 is listed twice");
}

TEST(BrickAssignment, GoesByTheSplitOfTheBrick) {
  const std::vector<sky::BrickName> bricks = {Name("0001p000"), Name("0003p000"), Name("0006p000"), Name("0008p000")};
  const std::vector<int32_t> regions = {0, 0, 0, 1};
  const std::vector<SplitName> splits = {Split("train"), Split("test"), Split("buffer"), Split("val")};
  const std::vector<SelectedRegion> selected = {{0, Split("train")}, {1, Split("val")}, {0, Split("train")}};
  DHS_ASSERT_OK_AND_ASSIGN(const auto assignment, BrickAssignment::Make(bricks, regions, splits, selected));
  EXPECT_EQ(assignment.Find(Name("0001p000"))->fate, Fate::kKept);
  EXPECT_EQ(assignment.Find(Name("0003p000"))->fate, Fate::kRegionNotSelected) << "the region is selected for train";
  EXPECT_EQ(assignment.Find(Name("0006p000"))->fate, Fate::kBrickInBuffer);
  EXPECT_EQ(assignment.Find(Name("0008p000"))->place.split, Split("val"));
  EXPECT_EQ(assignment.num_selected_bricks(), 2);

  const std::vector<SelectedRegion> both = {{0, Split("train")}, {0, Split("test"), Fate::kSplitExcluded}};
  DHS_ASSERT_OK_AND_ASSIGN(const auto divided, BrickAssignment::Make(bricks, regions, splits, both));
  EXPECT_EQ(divided.Find(Name("0001p000"))->place.split, Split("train"));
  EXPECT_EQ(divided.Find(Name("0003p000"))->fate, Fate::kSplitExcluded);
  EXPECT_EQ(divided.num_selected_regions(), 1);

  const std::vector<SelectedRegion> none_of_it = {{1, Split("test")}};
  DHS_EXPECT_ERROR(BrickAssignment::Make(bricks, regions, splits, none_of_it), ExitCode::kData,
                   "region 1 is selected as 'test' but no brick of that split belongs to it");
  const std::vector<SelectedRegion> in_buffer = {{0, Split("buffer")}};
  DHS_EXPECT_ERROR(BrickAssignment::Make(bricks, regions, splits, in_buffer), ExitCode::kData,
                   "region 0 is selected as 'buffer'");
}

// Rows of two sets; region 4 is in both.
const std::vector<SelectionRow> kSelections = {{"a", 4, Split("train"), 1},
                                               {"a", 2, Split("val"), 1},
                                               {"b", 4, Split("train"), 2},
                                               {"b", 9, Split("test"), 1},
                                               {"b", 1, Split("train"), 1}};

std::map<int32_t, Fate> FatesOf(const std::vector<SelectedRegion>& regions) {
  std::map<int32_t, Fate> fates;
  for (const SelectedRegion& region : regions) fates[region.region_id] = region.fate;
  return fates;
}

TEST(FilterRegions, TakesARegionThatAnyOfTheSetsHas) {
  DHS_ASSERT_OK_AND_ASSIGN(const auto regions, FilterRegions(kSelections, {.only_sets = {"a"}}));
  EXPECT_EQ(
      FatesOf(regions),
      (std::map<int32_t, Fate>{{1, Fate::kSetNotTaken}, {2, Fate::kKept}, {4, Fate::kKept}, {9, Fate::kSetNotTaken}}));
  DHS_EXPECT_ERROR(FilterRegions(kSelections, {.only_sets = {"a", "c"}}), ExitCode::kUsage,
                   "there is no set 'c'; there are a, b");
}

TEST(FilterRegions, LimitKeepsTheFirstBySplitThenIdOfThoseThatAreLeft) {
  DHS_ASSERT_OK_AND_ASSIGN(const auto two, FilterRegions(kSelections, {.max_regions = 2}));
  EXPECT_EQ(FatesOf(two), (std::map<int32_t, Fate>{{1, Fate::kKept},  // train
                                                   {2, Fate::kBeyondLimit},
                                                   {4, Fate::kBeyondLimit},
                                                   {9, Fate::kKept}}));  // test
  DHS_ASSERT_OK_AND_ASSIGN(const auto without,
                           FilterRegions(kSelections, {.excluded_splits = {Split("test")}, .max_regions = 1}));
  EXPECT_EQ(FatesOf(without),
            (std::map<int32_t, Fate>{
                {1, Fate::kKept}, {2, Fate::kBeyondLimit}, {4, Fate::kBeyondLimit}, {9, Fate::kSplitExcluded}}));
}

TEST(TakeSet, HasTheRegionsOfTheSetWithTheirRanks) {
  DHS_ASSERT_OK_AND_ASSIGN(const auto filtered, FilterRegions(kSelections, {}));
  DHS_ASSERT_OK_AND_ASSIGN(const auto set, TakeSet(kSelections, "b", filtered));
  EXPECT_EQ(set.regions.size(), 3U);
  EXPECT_EQ(set.ranks.at({.split = Split("train"), .region_id = 4, .brick = {}}), 2);
  std::vector<SelectionRow> twice = kSelections;
  twice.push_back({"b", 4, Split("train"), 3});
  DHS_EXPECT_ERROR(TakeSet(twice, "b", filtered), ExitCode::kData,
                   "set b holds region 4 of split train more than once");
}

RC_GTEST_PROP(PlanOutputs, CoversEveryPlaceOnceInOrderAndNearlyEvenly, ()) {
  const auto sizes = *rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 300));
  const int wanted = *rc::gen::inRange(1, 20);
  std::vector<PlaceCount> places;
  int64_t total = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    places.push_back({{Split(i % 3 == 0 ? "val" : "test"), static_cast<int32_t>(i), Name("0001p000")}, sizes[i]});
    total += sizes[i];
  }
  places = SortAndSum(places);
  const auto files = PlanOutputs(places, [&](int64_t) { return wanted; });
  int64_t next = 0, rows = 0;
  std::map<std::string, int64_t> rows_of_split;
  for (const PlaceCount& p : places) rows_of_split[p.place.split.ToString()] += p.num_rows;
  for (const PlannedFile& file : files) {
    RC_ASSERT(file.first_place == next && file.last_place > file.first_place);
    int64_t sum = 0;
    for (int64_t p = file.first_place; p < file.last_place; ++p) {
      RC_ASSERT(places[static_cast<size_t>(p)].place.split == file.split);
      sum += places[static_cast<size_t>(p)].num_rows;
    }
    RC_ASSERT(sum == file.num_rows);
    RC_ASSERT(file.num_rows < rows_of_split[file.split.ToString()] / wanted + 1 + 300);
    RC_ASSERT(file.index_in_folder < wanted);
    next = file.last_place;
    rows += sum;
  }
  RC_ASSERT(next == static_cast<int64_t>(places.size()) && rows == total);
}

TEST(GroupByRows, FillsUpToTheLimitAndNeverLeavesAFileOut) {
  std::vector<PlannedFile> files(4);
  files[0].num_rows = 40, files[1].num_rows = 60, files[2].num_rows = 500, files[3].num_rows = 1;
  EXPECT_THAT(GroupByRows(files, 100), ::testing::ElementsAre(0, 2, 3, 4));
  EXPECT_THAT(GroupByRows(files, 1), ::testing::ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(GroupByRows(files, 1000), ::testing::ElementsAre(0, 4));
  EXPECT_THAT(GroupByRows({}, 10), ::testing::ElementsAre(0));
}

TEST(SortRows, OrdersRowsWithTheSameKeyByTheirOtherColumns) {
  const std::array<sky::Brick, 1> bricks = {sky::Brick{360, 4}};
  auto rows = testing::MakeLrgs(bricks, 6, 1);
  for (CatalogRow& row : rows) row.objid = 3;
  auto other_order = rows;
  std::reverse(other_order.begin(), other_order.end());
  DHS_ASSERT_OK_AND_ASSIGN(const auto a, SortRows(testing::TableOf(rows, ParentFileSchema())));
  DHS_ASSERT_OK_AND_ASSIGN(const auto b, SortRows(testing::TableOf(other_order, ParentFileSchema())));
  EXPECT_TRUE(a->Equals(*b, kNanEqualsNan));
}

TEST(ColumnAs, NamesColumnTypeAndNearestName) {
  const std::array<sky::Brick, 1> bricks = {sky::Brick{360, 4}};
  const auto table = testing::TableOf(testing::MakeLrgs(bricks, 2, 1), ParentFileSchema());
  DHS_EXPECT_ERROR(ColumnAs(*table, "zmagg", arrow::float32(), "a.parquet"), ExitCode::kData,
                   "a.parquet: column zmagg: there is no such column. Did you mean 'zmag'");
  DHS_EXPECT_ERROR(ColumnAs(*table, "type", arrow::float32(), "a.parquet"), ExitCode::kData,
                   "expected type float, found string");
}

// ------------------------------------------------------------------------------------------------------------ the
// stage

// A scan, regions and selections on disk.
class ParentStageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int32_t col = 0; col < 6; ++col) {
      bricks_.push_back({360, col});
      bricks_.push_back({360, sky::NumColumns(360) - 1 - col});
      bricks_.push_back({100, 3 * col});
    }
    rows_ = testing::MakeLrgs(bricks_, 40, 17);
    std::set<std::string> in_regions;
    for (size_t b = 0; b < bricks_.size(); ++b) {
      if (b % 6 == 5) continue;  // failed the quality cuts
      region_of_brick_[sky::NameOf(bricks_[b]).ToString()] = static_cast<int32_t>(b % 5);
    }
    split_of_region_ = {{0, "train"}, {1, "test"}, {3, "val"}, {4, "train"}};  // region 2 is not selected
    WriteScan(rows_, 3, "v5_very_relaxed");
    WriteRegions();
  }

  std::string Out(const std::string& name) const { return dir_.File("out/" + name); }

  void WriteScan(const std::vector<CatalogRow>& rows, size_t num_parts, const std::string& variant,
                 int64_t claimed_rows = -1) {
    StageHarness harness;
    DHS_ASSERT_OK(harness.storage->Remove(Out("scan/dr10")));
    DHS_ASSERT_OK(harness.storage->MakeDirectories(Out("scan/dr10/candidates")));
    const auto schema = catalog::SchemaOf(catalog::CandidatesTable());
    for (size_t p = 0; p < num_parts; ++p) {
      std::vector<CatalogRow> part;
      for (size_t i = 0; i < rows.size(); ++i) {
        if (i % num_parts == p) part.push_back(rows[i]);
      }
      const std::string path = Out("scan/dr10/candidates/part-" + std::to_string(p) + ".parquet");
      DHS_ASSERT_OK(catalog::WriteParquet(*harness.storage, path, *testing::TableOf(part, schema),
                                          {.sorting_columns = {}, .max_rows_per_group = 100}));
    }
    const auto claimed = claimed_rows < 0 ? static_cast<int64_t>(rows.size()) : claimed_rows;
    DHS_ASSERT_OK(testing::PublishStage(*harness.storage, Out("scan/dr10"),
                                        {{"candidate_variant", variant}, {"rows_kept", claimed}}));
  }

  void WriteRegions() {
    StageHarness harness;
    std::vector<CatalogRow> bricks, selections;
    for (const auto& [brick, region] : region_of_brick_) {
      bricks.push_back({.region_id = region, .brickname = brick});
      const auto split = split_of_brick_.find(brick);
      if (split != split_of_brick_.end()) bricks.back().region_split = split->second;
    }
    for (const auto& [region, split] : split_of_region_) {
      selections.insert(selections.end(), 2, {.region_id = region, .region_split = split});  // in two sets
    }
    const auto brick_schema =
        catalog::SchemaOf(catalog::BricksWithRegionTable(),
                          split_of_brick_.empty() ? std::vector<std::string>{"brickname", "region_id"}
                                                  : std::vector<std::string>{"brickname", "region_id", "brick_split"});
    const auto selection_schema = catalog::SchemaOf(catalog::RegionSelectionsTable(), {"region_id", "region_split"});
    const std::string regions_dir = Out(std::string("phase3a/") + kVariant);
    const std::string selections_dir = Out(std::string("phase3b/") + kVariant);
    DHS_ASSERT_OK(harness.storage->MakeDirectories(regions_dir + "/bricks_with_region"));
    DHS_ASSERT_OK(harness.storage->MakeDirectories(selections_dir + "/region_selections"));
    DHS_ASSERT_OK(catalog::WriteParquet(*harness.storage, regions_dir + "/bricks_with_region/part-00000.parquet",
                                        *testing::TableOf(bricks, brick_schema)));
    DHS_ASSERT_OK(catalog::WriteParquet(*harness.storage, selections_dir + "/region_selections/part-00000.parquet",
                                        *testing::TableOf(selections, selection_schema)));
    DHS_ASSERT_OK(testing::PublishStage(*harness.storage, regions_dir, {{"stage", "regions"}}));
    DHS_ASSERT_OK(testing::PublishStage(*harness.storage, selections_dir, {{"stage", "select"}}));
  }

  Result<StageReport> Run(std::vector<std::pair<std::string, std::string>> options = {}, int threads = 1,
                          int64_t memory = int64_t{256} << 20) {
    StageHarness harness(threads, memory);
    options.emplace_back("output", dir_.File("out"));
    return RunStageAlone(harness, MakeParentStage(), options);
  }

  std::string ParentDir() const { return Out(std::string("phase3c/") + kVariant + "/parent_union_parquet"); }

  // Paths below the parent's directory and what they hold.
  std::map<std::string, std::string> ParentBytes() const {
    std::map<std::string, std::string> bytes;
    const auto files = LocalStorage()->List(ParentDir(), true);
    EXPECT_TRUE(files.ok());
    for (const FileInfo& file : *files) {
      if (file.kind == FileKind::kFile) {
        bytes[file.path.substr(ParentDir().size())] = testing::ReadBytes(file.path);
      }
    }
    return bytes;
  }

  // The catalog by nested loops, in the order of the catalog on disk.
  std::vector<CatalogRow> WantedRows(const std::set<std::string>& excluded = {}) const {
    std::vector<CatalogRow> wanted;
    for (const CatalogRow& row : rows_) {
      if (!row.flags[2]) continue;
      for (const auto& [brick, region] : region_of_brick_) {
        for (const auto& [selected, split] : split_of_region_) {
          if (brick != row.brickname || selected != region || excluded.contains(split)) continue;
          if (!split_of_brick_.empty() && split_of_brick_.at(brick) != split) continue;
          wanted.push_back(row);
          wanted.back().region_id = region;
          wanted.back().region_split = split;
        }
      }
    }
    std::sort(wanted.begin(), wanted.end(), [](const CatalogRow& a, const CatalogRow& b) {
      return std::tie(a.region_split, a.region_id, a.brickname, a.objid) <
             std::tie(b.region_split, b.region_id, b.brickname, b.objid);
    });
    return wanted;
  }

  TempDir dir_;
  std::vector<sky::Brick> bricks_;
  std::vector<CatalogRow> rows_;
  std::map<std::string, int32_t> region_of_brick_;
  std::map<int32_t, std::string> split_of_region_;
  std::map<std::string, std::string> split_of_brick_;  // empty = the table has no brick_split
};

TEST_F(ParentStageTest, UnionEqualsNestedLoops) {
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run());
  const auto wanted = WantedRows();
  ASSERT_GT(wanted.size(), 100U);
  DHS_ASSERT_OK_AND_ASSIGN(const auto found, catalog::ReadParquet(*LocalStorage(), ParentDir()));
  const auto want = testing::TableOf(wanted, catalog::SchemaOf(catalog::ParentTable()));
  ASSERT_EQ(found->num_columns(), 25);
  for (const std::string& name : catalog::ParentTable().columns) {
    EXPECT_TRUE(found->GetColumnByName(name)->Equals(*want->GetColumnByName(name), kNanEqualsNan)) << name;
  }
}

TEST_F(ParentStageTest, GoesByTheSplitsOfTheBricks) {
  int count = 0;
  for (const auto& [brick, region] : region_of_brick_) {
    split_of_brick_[brick] = split_of_region_.contains(region) ? split_of_region_[region] : "train";
    if (region == 0 && count++ % 2 == 0) split_of_brick_[brick] = count % 4 == 1 ? "buffer" : "test";
  }
  WriteRegions();
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run());
  const auto wanted = WantedRows();
  ASSERT_GT(wanted.size(), 100U);
  DHS_ASSERT_OK_AND_ASSIGN(const auto found, catalog::ReadParquet(*LocalStorage(), ParentDir()));
  const auto want = testing::TableOf(wanted, catalog::SchemaOf(catalog::ParentTable()));
  for (const std::string& name : catalog::ParentTable().columns) {
    EXPECT_TRUE(found->GetColumnByName(name)->Equals(*want->GetColumnByName(name), kNanEqualsNan)) << name;
  }
  EXPECT_GT(report.manifest["rows_rejected"]["brick_in_buffer"], 0);
  EXPECT_EQ(report.manifest["num_regions"], 4);
  int64_t all = report.manifest["rows_written"].get<int64_t>();
  for (const auto& [reason, rows] : report.manifest["rows_rejected"].items()) all += rows.get<int64_t>();
  EXPECT_EQ(all, report.manifest["rows_read"].get<int64_t>());
}

TEST_F(ParentStageTest, RefusesBricksOfNoSplit) {
  for (const auto& [brick, region] : region_of_brick_) split_of_brick_[brick] = "none";
  WriteRegions();
  DHS_EXPECT_ERROR(Run(), ExitCode::kData,
                   "column brick_split, row 0: expected train, val, test or buffer, found 'none'");
}

TEST_F(ParentStageTest, BooksBalanceAndEveryReasonIsCounted) {
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run({{"exclude-splits", "val"}}));
  std::map<std::string, int64_t> want = {
      {"not_in_variant", 0}, {"brick_not_in_regions", 0}, {"region_not_selected", 0}, {"split_excluded", 0}};
  for (const CatalogRow& row : rows_) {
    const auto region = region_of_brick_.find(row.brickname);
    const auto split =
        region == region_of_brick_.end() ? split_of_region_.end() : split_of_region_.find(region->second);
    if (!row.flags[2]) {
      ++want["not_in_variant"];
    } else if (region == region_of_brick_.end()) {
      ++want["brick_not_in_regions"];
    } else if (split == split_of_region_.end()) {
      ++want["region_not_selected"];
    } else if (split->second == "val") {
      ++want["split_excluded"];
    }
  }
  int64_t rejected = 0;
  for (const auto& [reason, count] : want) {
    EXPECT_GT(count, 0) << reason;
    EXPECT_EQ(report.manifest["rows_rejected"][reason], count) << reason;
    rejected += count;
  }
  const auto written = static_cast<int64_t>(WantedRows({"val"}).size());
  EXPECT_EQ(report.manifest["rows_written"], written);
  EXPECT_EQ(report.manifest["rows_read"], written + rejected);
  EXPECT_EQ(report.manifest["num_regions"], 3);
  EXPECT_FALSE(report.manifest["by_split"].contains("val"));
  int64_t in_files = 0;
  for (const auto& file : report.manifest["files"]) in_files += file["rows"].get<int64_t>();
  EXPECT_EQ(in_files, written);
  EXPECT_THAT(report.account, ::testing::HasSubstr("region_not_selected"));
}

TEST_F(ParentStageTest, SameBytesForAnyThreadsMemoryAndCutOfTheCandidates) {
  DHS_ASSERT_OK(Run().status());
  const auto want = ParentBytes();
  ASSERT_GE(want.size(), 4U);
  DHS_ASSERT_OK(Run({}, 4).status());
  EXPECT_EQ(ParentBytes(), want) << "threads";
  DHS_ASSERT_OK(Run({}, 3, 10'000).status());
  EXPECT_EQ(ParentBytes(), want) << "memory";
  auto shuffled = rows_;
  std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937_64(3));
  WriteScan(shuffled, 7, "v5_very_relaxed");
  DHS_ASSERT_OK(Run({}, 2).status());
  EXPECT_EQ(ParentBytes(), want) << "cut of the candidates";
}

TEST_F(ParentStageTest, AcceptsDirectoriesNamedAtEitherLevel) {
  DHS_ASSERT_OK(Run().status());
  const auto want = ParentBytes();
  DHS_ASSERT_OK(LocalStorage()->Rename(Out("scan/dr10"), dir_.File("elsewhere")));
  const std::string selections = Out(std::string("phase3b/") + kVariant);
  DHS_ASSERT_OK(Run({{"candidates", dir_.File("elsewhere/candidates")},
                     {"region-selection-s3", selections + "/region_selections"}})
                    .status());
  EXPECT_EQ(ParentBytes(), want);
  DHS_ASSERT_OK(Run({{"candidates", dir_.File("elsewhere")}, {"selections", selections}}).status());
  EXPECT_EQ(ParentBytes(), want);
}

TEST_F(ParentStageTest, StopsWhenMoreBricksAreSelectedThanAllowed) {
  DHS_EXPECT_ERROR(Run({{"max-selected-bricks", "3"}}), ExitCode::kUsage,
                   "12 bricks of 4 regions are selected, more than --max-selected-bricks 3 allows. If the whole is "
                   "wanted, give --max-selected-bricks 0 (no limit)");
  DHS_ASSERT_OK(Run({{"max-selected-bricks", "12"}}).status());
  DHS_ASSERT_OK(Run({{"max-selected-bricks", "0"}}).status());
}

TEST_F(ParentStageTest, RefusesAVariantLooserThanTheScans) {
  WriteScan(rows_, 2, "v2_baseline_dr10");
  DHS_EXPECT_ERROR(
      Run(), ExitCode::kUsage,
      "kept candidates of v2_baseline_dr10 and v3_color_relaxed is looser, so LRGs would be missing. Make a "
      "scan with `dhs scan --candidate-variant v3_color_relaxed`");
}

TEST_F(ParentStageTest, RefusesCandidatesThatWereLost) {
  WriteScan(rows_, 2, "v5_very_relaxed", static_cast<int64_t>(rows_.size()) + 1);
  DHS_EXPECT_ERROR(Run(), ExitCode::kData, "but the scan's manifest says that it kept 721");
}

TEST_F(ParentStageTest, SaysWhichEarlierCommandIsMissing) {
  DHS_EXPECT_ERROR(Run({{"variant", "v2_baseline_dr10"}}), ExitCode::kData, "run `dhs regions` first");
  DHS_EXPECT_ERROR(Run({{"release", "dr9"}}), ExitCode::kData, "make one with `dhs scan`");
  DHS_EXPECT_ERROR(Run({{"variant", "v3_colour_relaxed"}}), ExitCode::kUsage, "v3_color_relaxed");
  DHS_ASSERT_OK(LocalStorage()->Remove(Out(std::string("phase3b/") + kVariant + "/_SUCCESS")));
  DHS_EXPECT_ERROR(Run(), ExitCode::kData, "run `dhs select` first");
}

TEST_F(ParentStageTest, RefusesANullInACoreColumn) {
  rows_.front().maskbits.reset();  // may be null
  DHS_ASSERT_OK(Run().status());
  StageHarness harness;
  auto schema = catalog::SchemaOf(catalog::CandidatesTable());
  auto table = testing::TableOf(rows_, schema);
  const int column = schema->GetFieldIndex("ra");
  DHS_ASSERT_OK_AND_ASSIGN(const auto nulls, arrow::MakeArrayOfNull(arrow::float64(), table->num_rows()));
  DHS_ASSERT_OK_AND_ASSIGN(table, table->SetColumn(column, arrow::field("ra", arrow::float64()),
                                                   std::make_shared<arrow::ChunkedArray>(nulls)));
  WriteScan(rows_, 1, "v5_very_relaxed");
  DHS_ASSERT_OK(catalog::WriteParquet(*harness.storage, Out("scan/dr10/candidates/part-0.parquet"), *table));
  DHS_EXPECT_ERROR(Run(), ExitCode::kData, "part-0.parquet: column ra: ");
}

TEST_F(ParentStageTest, EndsWhenAskedToStop) {
  StageHarness harness;
  harness.stop.RequestStop();
  const auto report = RunStageAlone(harness, MakeParentStage(), {{"output", dir_.File("out")}});
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(ExitCodeOf(report.status()), ExitCode::kInterrupted);
}

TEST_F(ParentStageTest, AnEmptySelectionIsAWarning) {
  rows_.resize(40);  // the first brick alone
  region_of_brick_.erase(rows_.front().brickname);
  WriteScan(rows_, 1, "v5_very_relaxed");
  WriteRegions();
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run());
  EXPECT_EQ(report.manifest["rows_written"], 0);
  EXPECT_THAT(report.warnings, ::testing::ElementsAre(::testing::HasSubstr("the catalog is empty")));
}

}  // namespace
}  // namespace dhs::parent
