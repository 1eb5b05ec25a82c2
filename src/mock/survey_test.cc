// SPDX-License-Identifier: Apache-2.0
#include "mock/survey.h"

#include <map>
#include <set>

#include <arrow/array.h>
#include <arrow/table.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "catalog/parquet.h"
#include "fits/table.h"
#include "io/files.h"
#include "mock/bricks_file.h"
#include "mock/sweep_files.h"
#include "photometry/magnitude.h"
#include "photometry/variant.h"
#include "testing/testing.h"

namespace dhs::mock {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class MockSurvey : public ::testing::Test {
 protected:
  Result<MockReport> Make(MockSurveyOptions options, const std::string& name, int num_threads = 2) {
    options.out = dir_.File(name);
    RunContext context{storage_, {}, &progress_, &memory_, num_threads};
    return WriteMockSurvey(context, options);
  }
  // Bricks around a corner of sweep boxes in every release: RA 10, Dec 5.
  static MockSurveyOptions Corner(const std::string& release = "dr10") {
    return {.footprint = "9.7,10.3,4.7,5.3", .seed = 4, .release = release};
  }
  std::vector<std::string> Sweeps(const std::string& name) {
    std::vector<std::string> paths;
    for (const auto& entry : fs::directory_iterator(dir_.File(name) + "/sweeps")) {
      if (entry.path().extension() == ".fits") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    return paths;
  }
  std::map<std::string, std::string> AllBytes(const std::string& name) {
    std::map<std::string, std::string> bytes;
    for (const auto& entry : fs::recursive_directory_iterator(dir_.File(name))) {
      if (entry.is_regular_file()) {
        bytes[entry.path().lexically_relative(dir_.File(name))] = testing::ReadBytes(entry.path());
      }
    }
    return bytes;
  }

  testing::TempDir dir_;
  std::shared_ptr<Storage> storage_ = LocalStorage();
  Progress progress_;
  base::MemoryBudget memory_{int64_t{1} << 30};
};

template <typename Array>
const Array& Column(const arrow::Table& table, const std::string& name) {
  return static_cast<const Array&>(*table.GetColumnByName(name)->chunk(0));
}

struct Count {
  int64_t rows = 0, n_gal = 0;
  std::array<int64_t, 5> n_lrg{};
};

// The count of every brick of the sweeps, by the rules of the photometry module.
void Recount(Storage& storage, const std::string& path, std::map<std::string, Count>& counts) {
  DHS_ASSERT_OK_AND_ASSIGN(
      const auto table, fits::ReadTable(storage, path, {"BRICKNAME", "TYPE", "FLUX_G", "FLUX_R", "FLUX_Z", "FLUX_W1"}));
  const auto& name = Column<arrow::StringArray>(*table, "brickname");
  const auto& type = Column<arrow::StringArray>(*table, "type");
  const auto &g = Column<arrow::FloatArray>(*table, "flux_g"), &r = Column<arrow::FloatArray>(*table, "flux_r"),
             &z = Column<arrow::FloatArray>(*table, "flux_z"), &w1 = Column<arrow::FloatArray>(*table, "flux_w1");
  for (int64_t i = 0; i < table->num_rows(); ++i) {
    Count& count = counts[name.GetString(i)];
    ++count.rows;
    if (type.GetString(i) == "PSF") continue;
    if (r.Value(i) > 0 && z.Value(i) > 0 && w1.Value(i) > 0) ++count.n_gal;
    const auto stored = photometry::StoreRaw(g.Value(i), r.Value(i), z.Value(i), w1.Value(i));
    for (size_t v = 0; v < 5; ++v) {
      if (photometry::PassesCuts(photometry::BuiltinVariants()[v], stored.zmag, stored.rz, stored.zw1))
        ++count.n_lrg[v];
    }
  }
}

TEST_F(MockSurvey, TruthEqualsARecountOfTheWrittenSweeps) {
  for (const std::string release : {"dr8", "dr9", "dr10"}) {
    DHS_ASSERT_OK_AND_ASSIGN(const MockReport report, Make(Corner(release), release));
    std::map<std::string, Count> counts;
    for (const std::string& path : Sweeps(release)) ASSERT_NO_FATAL_FAILURE(Recount(*storage_, path, counts));
    DHS_ASSERT_OK_AND_ASSIGN(const auto truth, catalog::ReadParquet(*storage_, dir_.File(release) + "/truth.parquet"));
    const auto& names = Column<arrow::StringArray>(*truth, "brickname");
    ASSERT_GE(truth->num_rows(), 4);
    ASSERT_EQ(static_cast<size_t>(truth->num_rows()), counts.size());
    int64_t rows = 0;
    for (int64_t i = 0; i < truth->num_rows(); ++i) {
      const Count& count = counts[names.GetString(i)];
      EXPECT_EQ(Column<arrow::Int64Array>(*truth, "n_rows").Value(i), count.rows);
      EXPECT_EQ(Column<arrow::Int64Array>(*truth, "n_gal").Value(i), count.n_gal);
      for (size_t v = 0; v < 5; ++v) {
        EXPECT_EQ(Column<arrow::Int64Array>(*truth, photometry::BuiltinVariants()[v].CountColumn()).Value(i),
                  count.n_lrg[v]);
      }
      rows += count.rows;
    }
    EXPECT_EQ(report.num_rows, rows);
    EXPECT_GT(rows, 10000);
  }
}

TEST_F(MockSurvey, SplitsBricksOverSweepsAtTheBoxEdges) {
  DHS_ASSERT_OK(Make(Corner(), "s").status());
  const auto paths = Sweeps("s");
  ASSERT_THAT(paths, SizeIs(4));
  std::map<std::string, std::set<std::string>> files_of_brick;
  std::map<std::string, std::set<int32_t>> objids_of_brick;
  for (const std::string& path : paths) {
    DHS_ASSERT_OK_AND_ASSIGN(const auto table,
                             fits::ReadTable(*storage_, path, {"BRICKNAME", "BRICKID", "OBJID", "RA", "DEC"}));
    const auto& name = Column<arrow::StringArray>(*table, "brickname");
    const auto& id = Column<arrow::Int32Array>(*table, "brickid");
    const auto& objid = Column<arrow::Int32Array>(*table, "objid");
    const auto &ra = Column<arrow::DoubleArray>(*table, "ra"), &dec = Column<arrow::DoubleArray>(*table, "dec");
    std::set<std::string> finished;
    for (int64_t i = 0; i < table->num_rows(); ++i) {
      const std::string brick_name = name.GetString(i);
      ASSERT_EQ(SweepName(BoxOf(Release::kDr10, ra.Value(i), dec.Value(i))), io::BaseName(path));
      const auto brick = sky::BrickFromName(*sky::BrickName::Parse(brick_name));
      ASSERT_TRUE(brick.has_value());
      ASSERT_EQ(sky::BrickId(*brick), id.Value(i));
      const sky::BrickBounds bounds = sky::BoundsOf(*brick);
      ASSERT_TRUE(ra.Value(i) > bounds.ra1_deg && ra.Value(i) < bounds.ra2_deg);
      ASSERT_TRUE(dec.Value(i) > bounds.dec1_deg && dec.Value(i) < bounds.dec2_deg);
      ASSERT_TRUE(objids_of_brick[brick_name].insert(objid.Value(i)).second) << "doubled row";
      files_of_brick[brick_name].insert(path);
      if (i > 0 && name.GetString(i - 1) == brick_name) {
        ASSERT_GE(ra.Value(i), ra.Value(i - 1));
        ASSERT_GT(objid.Value(i), objid.Value(i - 1));
      } else {
        ASSERT_TRUE(finished.insert(brick_name).second) << "rows of a brick are not contiguous";
      }
    }
  }
  for (const auto& [brick, objids] : objids_of_brick) {
    EXPECT_EQ(*objids.rbegin() + 1, static_cast<int32_t>(objids.size())) << "OBJID 0..N-1, none lost: " << brick;
  }
  EXPECT_TRUE(
      std::any_of(files_of_brick.begin(), files_of_brick.end(), [](const auto& f) { return f.second.size() > 1; }));
}

TEST_F(MockSurvey, SameSeedSameBytesForAnyNumberOfThreads) {
  MockSurveyOptions options{.num_bricks = 12, .seed = 3, .hard_cases = true};
  DHS_ASSERT_OK(Make(options, "a", 1).status());
  DHS_ASSERT_OK(Make(options, "b", 2).status());
  DHS_ASSERT_OK(Make(options, "c", 4).status());
  const auto a = AllBytes("a");
  EXPECT_GT(a.size(), 60U);
  EXPECT_TRUE(a == AllBytes("b"));
  EXPECT_TRUE(a == AllBytes("c"));
  options.seed = 4;
  DHS_ASSERT_OK(Make(options, "d", 2).status());
  EXPECT_NE(a.at("truth.json"), AllBytes("d").at("truth.json"));
}

TEST_F(MockSurvey, ChecksumFileAndIndexListEverySweep) {
  DHS_ASSERT_OK(Make(Corner("dr9"), "s").status());
  std::string want, index;
  for (const std::string& path : Sweeps("s")) {
    want += io::Sha256Hex(testing::ReadBytes(path)) + "  " + io::BaseName(path) + "\n";
    index += "sweeps/" + io::BaseName(path) + "\n";
  }
  EXPECT_EQ(testing::ReadBytes(dir_.File("s") + "/sweeps/legacysurvey_dr9_south_sweep_9.0.sha256sum"), want);
  const std::string found = testing::ReadBytes(dir_.File("s") + "/sweep-index.txt");
  EXPECT_EQ(found.front(), '#');
  EXPECT_EQ(found.substr(found.find('\n') + 1), index);
}

TEST_F(MockSurvey, ASmallerSurveyInTheSamePlaceLeavesNoOldSweeps) {
  DHS_ASSERT_OK(Make(Corner(), "s").status());
  ASSERT_THAT(Sweeps("s"), SizeIs(4));
  MockSurveyOptions smaller = Corner();
  smaller.footprint = "12,12.3,2,2.3";
  DHS_ASSERT_OK(Make(smaller, "s").status());
  EXPECT_THAT(Sweeps("s"), SizeIs(1));
}

TEST_F(MockSurvey, BricksFileHasTheColumnsOfTheReleaseAndOneEmptyAndOneAbsentBrick) {
  EXPECT_EQ(BricksLayout(Release::kDr10).row_bytes(), 430);
  EXPECT_EQ(BricksLayout(Release::kDr10).columns().size(), 59U);
  EXPECT_EQ(BricksLayout(Release::kDr9).row_bytes(), 300);
  EXPECT_EQ(BricksLayout(Release::kDr9).columns().size(), 51U);
  DHS_ASSERT_OK(Make({.num_bricks = 20, .seed = 1}, "s").status());
  DHS_ASSERT_OK_AND_ASSIGN(const auto table,
                           fits::ReadTable(*storage_, dir_.File("s") + "/survey-bricks-dr10-south.fits.gz"));
  EXPECT_EQ(table->num_rows(), 19);
  DHS_ASSERT_OK_AND_ASSIGN(const auto truth, catalog::ReadParquet(*storage_, dir_.File("s") + "/truth.parquet"));
  ASSERT_EQ(truth->num_rows(), 20);
  std::map<std::string, int64_t> rows;
  std::map<std::string, float> depth;
  int64_t empty = 0, rerun = 0;
  for (int64_t i = 0; i < 20; ++i) {
    const std::string name = Column<arrow::StringArray>(*truth, "brickname").GetString(i);
    rows[name] = Column<arrow::Int64Array>(*truth, "n_rows").Value(i);
    depth[name] = Column<arrow::FloatArray>(*truth, "psfdepth_r").Value(i);
    empty += rows[name] == 0 ? 1 : 0;
    rerun += Column<arrow::Int32Array>(*truth, "release").Value(i) == 10002 ? 1 : 0;
  }
  EXPECT_GE(empty, 1);
  EXPECT_GE(rerun, 1);
  for (int64_t i = 0; i < table->num_rows(); ++i) {
    const std::string name = Column<arrow::StringArray>(*table, "brickname").GetString(i);
    EXPECT_EQ(Column<arrow::Int32Array>(*table, "nobjs").Value(i), rows.at(name));
    EXPECT_EQ(Column<arrow::FloatArray>(*table, "psfdepth_r").Value(i), depth.at(name));
  }
}

TEST_F(MockSurvey, WithoutSweepsWritesCountsAndBricksAlone) {
  testing::WriteBytes(dir_.File("list.txt"), "brickname\n1126p222\n0001p000\n3598p000\n");
  DHS_ASSERT_OK(Make({.brick_list = dir_.File("list.txt"), .seed = 2, .no_sweeps = true}, "s").status());
  const auto files = AllBytes("s");
  ASSERT_EQ(files.size(), 3U);
  DHS_ASSERT_OK_AND_ASSIGN(const auto counts,
                           catalog::ReadParquet(*storage_, dir_.File("s") + "/brick_counts.parquet"));
  ASSERT_EQ(counts->num_rows(), 3);
  EXPECT_EQ(Column<arrow::StringArray>(*counts, "brickname").GetString(2), "3598p000");
  EXPECT_THAT(files.at("brick_counts.csv"), HasSubstr("brickname,n_gal,n_lrg_v1_pure_massive"));
}

TEST_F(MockSurvey, RefusesContradictingOptions) {
  DHS_EXPECT_ERROR(Make({}, "s"), ExitCode::kUsage, "needs one of --bricks");
  DHS_EXPECT_ERROR(Make({.num_bricks = 3, .footprint = "1,2,3,4"}, "s"), ExitCode::kUsage, "only one of");
  DHS_EXPECT_ERROR(Make({.num_bricks = 3, .release = "dr7"}, "s"), ExitCode::kUsage, "dr7");
  DHS_EXPECT_ERROR(Make({.brick_list = dir_.File("none")}, "s"), ExitCode::kData, "none");
  MockSurveyOptions no_out{.num_bricks = 3};
  EXPECT_EQ(ExitCodeOf(Check(no_out)), ExitCode::kUsage);
}

TEST_F(MockSurvey, StopsWhenAskedTo) {
  MockSurveyOptions options = Corner();
  options.out = dir_.File("s");
  RunContext context{storage_, {}, &progress_, &memory_, 2};
  context.stop.RequestStop();
  DHS_EXPECT_ERROR(WriteMockSurvey(context, options), ExitCode::kInterrupted, "");
  EXPECT_FALSE(fs::exists(dir_.File("s") + "/truth.json"));
}

TEST_F(MockSurvey, HardCasesAreReadOrRefusedAsTheirTableSays) {
  MockSurveyOptions options = Corner();
  options.no_sweeps = options.hard_cases = true;
  DHS_ASSERT_OK(Make(options, "s").status());
  const std::string base = dir_.File("s") + "/hard-cases/";
  const auto rows = [&](const std::string& file) {
    return fits::ReadTable(*storage_, base + file, {"BRICKNAME", "TYPE", "RA", "DEC", "FLUX_R", "FLUX_Z", "FLUX_W1"});
  };
  int64_t good = 0, bad = 0;
  std::istringstream readme(testing::ReadBytes(base + "README.txt"));
  for (std::string line; std::getline(readme, line);) {
    std::istringstream words(line);
    std::string file, code;
    words >> file >> code;
    if (file.find(".fits") == std::string::npos) continue;
    // A column of the wrong type is refused by who knows the type it must have.
    if (file.starts_with("wrong-")) continue;
    ASSERT_TRUE(code == "0" || code == "3") << line;
    const auto result = rows(file);
    EXPECT_EQ(result.ok(), code == "0") << file << ": " << result.status().ToString();
    EXPECT_EQ(ExitCodeOf(result.status()), code == "0" ? ExitCode::kOk : ExitCode::kData) << result.status().ToString();
    ++(code == "0" ? good : bad);
  }
  EXPECT_EQ(good, 12);
  EXPECT_EQ(bad, 12);
  DHS_ASSERT_OK_AND_ASSIGN(const auto none, rows("zero-rows.fits"));
  EXPECT_EQ(none->num_rows(), 0);
  DHS_ASSERT_OK_AND_ASSIGN(const auto dup, rows("one-dup-row.fits"));
  ASSERT_EQ(dup->num_rows(), 1);
  EXPECT_EQ(Column<arrow::StringArray>(*dup, "type").GetString(0), "DUP");
  std::map<std::string, Count> counts;
  Recount(*storage_, base + "no-survivors.fits", counts);
  ASSERT_EQ(counts.size(), 1U);
  EXPECT_EQ(counts.begin()->second.rows, 400);
  EXPECT_EQ(counts.begin()->second.n_lrg.back(), 0);
  EXPECT_NE(testing::ReadBytes(base + "flipped-byte.sha256sum").substr(0, 64),
            io::Sha256Hex(testing::ReadBytes(base + "flipped-byte.fits")));
  const std::string header = testing::ReadBytes(base + "long-header.fits");
  const size_t table_header = header.find("XTENSION");
  EXPECT_GT((header.find("END     ", table_header) - table_header) / 80, 600U);
}

}  // namespace
}  // namespace dhs::mock
