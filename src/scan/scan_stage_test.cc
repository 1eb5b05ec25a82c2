// SPDX-License-Identifier: Apache-2.0
#include "scan/scan_stage.h"

#include <bit>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>

#include <arrow/array.h>
#include <arrow/table.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/columns.h"
#include "catalog/parquet.h"
#include "scan/books.h"
#include "scan/options.h"
#include "testing/faulty_storage.h"
#include "testing/fits_builder.h"
#include "testing/sweep_builder.h"
#include "testing/testing.h"

namespace dhs::scan {
namespace {

using namespace dhs::testing;

using Row = SweepRow;

/// A sweep table whose RELEASE is J instead of I.
std::vector<FitsColumn> WithWideRelease(const std::vector<Row>& rows) {
  std::vector<FitsColumn> columns = SweepTable(rows);
  columns[0].format = "J";
  for (std::string& cell : columns[0].cells) cell = FitsI32(10000);
  return columns;
}

struct PlainPhotometry {
  float g, r, z, w1, rz, zw1;
};
PlainPhotometry Plain(const Row& row, bool corrected) {
  double m[4];
  for (size_t i = 0; i < 4; ++i) {
    const double flux = row.flux[i], t = row.transmission[i];
    m[i] = !corrected ? PlainMagnitude(flux) : std::isfinite(t) && t > 0 ? PlainMagnitude(flux / t) : NAN;
  }
  return {float(m[0]), float(m[1]), float(m[2]), float(m[3]), float(m[1] - m[2]), float(m[2] - m[3])};
}

struct PlainScan {
  std::map<std::string, std::array<int64_t, 6>> counts;        // n_gal, v1..v5
  std::map<std::string, int64_t> books;                        // read, kept, every reject and bad check
  std::vector<std::tuple<std::string, int32_t, size_t>> kept;  // brick, objid, row: sorted
};

std::string PlainBadCheck(const Row& row) {
  if (!(row.ra >= 0 && row.ra < 360 && row.dec >= -90 && row.dec <= 90)) return "position";
  if (row.ra == 0 && row.dec == 0) return "zero_position";
  std::optional<sky::Brick> brick;
  if (const auto name = sky::BrickName::Parse(row.brickname)) brick = sky::BrickFromName(*name);
  if (!brick) return "brick_name";
  const sky::BrickBounds b = sky::BoundsOf(*brick);
  const double arcsec = 1.0 / 3600;
  const double ra_out = std::max({0.0, b.ra1_deg - row.ra, row.ra - b.ra2_deg}) * std::cos(row.dec * M_PI / 180);
  const double dec_out = std::max({0.0, b.dec1_deg - row.dec, row.dec - b.dec2_deg});
  return ra_out > arcsec || dec_out > arcsec ? "outside_brick" : "";
}

PlainScan ScanPlainly(const std::vector<Row>& rows, const ScanOptions& options) {
  const double zmag_max[] = {20.0, 20.4, 20.4, 21.0, 21.5}, rz_min[] = {0.5, 0.4, 0.4, 0.4, 0.3},
               zw1_min[] = {1.6, 1.6, 0.8, 0.8, 0.8};
  const size_t candidate = static_cast<size_t>(*photometry::FindVariant(options.candidate_variant));
  PlainScan scan;
  for (const char* name : {"kept", "footprint", "resolved", "psf", "flux", "zmag", "rz", "zw1", "position",
                           "zero_position", "brick_name", "outside_brick"}) {
    scan.books[name] = 0;
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    const std::string bad = PlainBadCheck(row);
    if (!bad.empty()) {
      ++scan.books[bad];
      continue;
    }
    const bool in_ra = options.ra_min_deg <= options.ra_max_deg
                           ? row.ra >= options.ra_min_deg && row.ra <= options.ra_max_deg
                           : row.ra >= options.ra_min_deg || row.ra <= options.ra_max_deg;
    if (!in_ra || row.dec < options.dec_min_deg || row.dec > options.dec_max_deg) {
      ++scan.books["footprint"];
      continue;
    }
    auto& counts = scan.counts[row.brickname];
    std::string type;
    for (const char c : row.type) {
      if (c != ' ') type += static_cast<char>(std::toupper(c));
    }
    if (type == "PSF") {
      ++scan.books["psf"];
      continue;
    }
    if (row.flux[1] > 0 && row.flux[2] > 0 && row.flux[3] > 0) ++counts[0];
    const PlainPhotometry p = Plain(row, options.use_mw_correction), raw = Plain(row, false);
    if (std::isnan(p.r) || std::isnan(p.z) || std::isnan(p.w1) || std::isnan(raw.r) || std::isnan(raw.z) ||
        std::isnan(raw.w1)) {
      ++scan.books["flux"];
      continue;
    }
    for (size_t v = 0; v < 5; ++v) {
      if (p.z < zmag_max[v] && p.rz > rz_min[v] && p.zw1 > zw1_min[v]) ++counts[v + 1];
    }
    if (!(p.z < zmag_max[candidate])) {
      ++scan.books["zmag"];
    } else if (!(p.rz > rz_min[candidate])) {
      ++scan.books["rz"];
    } else if (!(p.zw1 > zw1_min[candidate])) {
      ++scan.books["zw1"];
    } else {
      ++scan.books["kept"];
      scan.kept.emplace_back(row.brickname, row.objid, i);
    }
  }
  std::sort(scan.kept.begin(), scan.kept.end());
  return scan;
}

// ----------------------------------------------------------------------------------------------------------------------

struct Outcome {
  StageReport report;
  std::string staging;
};

class ScanStageTest : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(dir_.File("sweeps")); }

  void WriteSweep(const std::string& name, std::string_view bytes) {
    WriteBytes(dir_.File("sweeps/" + name), bytes);
    index_ += name + "\n";
    WriteBytes(dir_.File("sweeps/index.txt"), index_);
  }

  /// Sets options by their text; runs Plan and Run into a staging directory of that name.
  Result<StageReport> Run(std::map<std::string, std::string> options, int num_threads = 1,
                          const std::string& staging = "staging") {
    auto stage = MakeScanStage();
    OptionTable table;
    stage->BindOptions(table);
    options.emplace("sweep-index", dir_.File("sweeps/index.txt"));
    options.emplace("output", dir_.File("out"));
    for (const auto& [name, value] : options) ARROW_RETURN_NOT_OK(table.Set(name, value));
    Progress progress;
    base::MemoryBudget memory(int64_t{1} << 30);
    RunContext context{storage_, StopToken(), &progress, &memory, num_threads};
    ARROW_RETURN_NOT_OK(stage->Plan(context).status());
    std::filesystem::create_directories(dir_.File(staging));
    return stage->Run(context, dir_.File(staging));
  }

  /// Relative path -> bytes of everything in a staging directory, with the manifest.
  std::map<std::string, std::string> Files(const std::string& staging, const StageReport& report) {
    std::map<std::string, std::string> files = {{"_manifest.json", report.manifest.dump()}};
    for (const auto& entry : std::filesystem::recursive_directory_iterator(dir_.File(staging))) {
      if (!entry.is_regular_file()) continue;
      files[std::filesystem::relative(entry.path(), dir_.File(staging))] = ReadBytes(entry.path());
    }
    return files;
  }

  TempDir dir_;
  std::string index_;
  std::shared_ptr<Storage> storage_ = LocalStorage();
};

void ExpectBooks(const nlohmann::ordered_json& object, const PlainScan& plain, int64_t rows_read) {
  EXPECT_EQ(object["rows_read"], rows_read);
  EXPECT_EQ(object["rows_kept"], plain.books.at("kept"));
  for (const char* part : {"rows_rejected", "rows_bad"}) {
    for (const auto& [name, count] : object[part].items()) EXPECT_EQ(count, plain.books.at(name)) << name;
  }
}

template <typename ArrayType>
const ArrayType& ColumnOf(const arrow::Table& table, const std::string& name) {
  return static_cast<const ArrayType&>(*table.GetColumnByName(name)->chunk(0));
}

void ExpectFloat(const arrow::Table& table, const std::string& name, int64_t i, float expected, bool null = false) {
  const auto& array = ColumnOf<arrow::FloatArray>(table, name);
  ASSERT_EQ(array.IsNull(i), null) << name;
  if (null) return;
  if (std::isnan(expected)) {
    EXPECT_TRUE(std::isnan(array.Value(i))) << name;
  } else {
    EXPECT_EQ(std::bit_cast<uint32_t>(array.Value(i)), std::bit_cast<uint32_t>(expected)) << name << " row " << i;
  }
}

void ExpectCandidates(const arrow::Table& table, const std::vector<Row>& rows, const PlainScan& plain,
                      const ScanOptions& options, SweepForm form) {
  ASSERT_EQ(table.num_rows(), static_cast<int64_t>(plain.kept.size()));
  const bool no_mw = !form.transmissions || !options.emit_mw_corrected_mags;
  for (int64_t i = 0; i < table.num_rows(); ++i) {
    const Row& row = rows[std::get<2>(plain.kept[static_cast<size_t>(i)])];
    EXPECT_EQ(ColumnOf<arrow::StringArray>(table, "brickname").GetView(i), row.brickname);
    EXPECT_EQ(ColumnOf<arrow::Int64Array>(table, "objid").Value(i), row.objid);
    EXPECT_EQ(ColumnOf<arrow::DoubleArray>(table, "ra").Value(i), row.ra);
    EXPECT_EQ(ColumnOf<arrow::DoubleArray>(table, "dec").Value(i), row.dec);
    const PlainPhotometry raw = Plain(row, false), mw = Plain(row, true);
    ExpectFloat(table, "gmag", i, raw.g);
    ExpectFloat(table, "rmag", i, raw.r);
    ExpectFloat(table, "zmag", i, raw.z);
    ExpectFloat(table, "w1mag", i, raw.w1);
    ExpectFloat(table, "rz", i, raw.rz);
    ExpectFloat(table, "zw1", i, raw.zw1);
    ExpectFloat(table, "gmag_mw", i, mw.g, no_mw);
    ExpectFloat(table, "rmag_mw", i, mw.r, no_mw);
    ExpectFloat(table, "zmag_mw", i, mw.z, no_mw);
    ExpectFloat(table, "w1mag_mw", i, mw.w1, no_mw);
    ExpectFloat(table, "rz_mw", i, mw.rz, no_mw);
    ExpectFloat(table, "zw1_mw", i, mw.zw1, no_mw);
    const auto& maskbits = ColumnOf<arrow::Int64Array>(table, "maskbits");
    ASSERT_EQ(maskbits.IsNull(i), !form.maskbits);
    if (form.maskbits) {
      EXPECT_EQ(maskbits.Value(i), row.maskbits);
    }
    const PlainPhotometry& p = options.use_mw_correction ? mw : raw;
    EXPECT_EQ(ColumnOf<arrow::BooleanArray>(table, "is_v1_pure_massive").Value(i),
              p.z < 20.0 && p.rz > 0.5 && p.zw1 > 1.6);
    EXPECT_EQ(ColumnOf<arrow::BooleanArray>(table, "is_v5_very_relaxed").Value(i),
              p.z < 21.5 && p.rz > 0.3 && p.zw1 > 0.8);
  }
}

void ExpectCounts(const arrow::Table& table, const PlainScan& plain) {
  ASSERT_EQ(table.num_rows(), static_cast<int64_t>(plain.counts.size()));
  int64_t i = 0;
  for (const auto& [brick, counts] : plain.counts) {
    EXPECT_EQ(ColumnOf<arrow::StringArray>(table, "brickname").GetView(i), brick);
    for (int column = 0; column < 6; ++column) {
      EXPECT_EQ(static_cast<const arrow::Int64Array&>(*table.column(column + 1)->chunk(0)).Value(i),
                counts[static_cast<size_t>(column)])
          << brick << " " << table.field(column + 1)->name();
    }
    ++i;
  }
}

struct Case {
  std::map<std::string, std::string> options;
  SweepForm form;
};

TEST_F(ScanStageTest, AgreesWithThePlainReadingOfTheSpec) {
  const std::vector<Case> cases = {
      {{}, {}},
      {{{"candidate-variant", "v5_very_relaxed"}}, {.dr8 = true}},
      {{{"candidate-variant", "v1_pure_massive"}}, {.transmissions = false}},
      {{{"use-mw-correction", "1"}}, {.maskbits = false}},
      {{{"use-mw-correction", "1"}, {"candidate-variant", "v4_mag_relaxed"}}, {}},
      {{{"ra-min", "20.2"}, {"ra-max", "20.9"}, {"dec-min", "0"}, {"dec-max", "0.2"}}, {}},
      {{{"ra-min", "20.9"}, {"ra-max", "20.2"}, {"emit-mw-corrected-mags", "0"}}, {}},
  };
  for (size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE(fmt::format("case {}", i));
    const std::vector<Row> rows = RandomRows(static_cast<uint32_t>(i + 1), 6000, 80);
    index_.clear();
    WriteSweep("sweep.fits", BuildSweep(rows, cases[i].form));
    ScanOptions options;
    OptionTable table;
    Bind(options, table);
    for (const auto& [name, value] : cases[i].options) DHS_ASSERT_OK(table.Set(name, value));
    const PlainScan plain = ScanPlainly(rows, options);
    ASSERT_GT(plain.kept.size(), 5u);

    const std::string staging = fmt::format("staging{}", i);
    DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run(cases[i].options, 2, staging));
    ExpectBooks(report.manifest, plain, 6000);
    DHS_ASSERT_OK_AND_ASSIGN(const auto counts,
                             catalog::ReadParquet(*LocalStorage(), dir_.File(staging + "/brick_counts.parquet")));
    ExpectCounts(*counts, plain);
    DHS_ASSERT_OK_AND_ASSIGN(
        const auto candidates,
        catalog::ReadParquet(*LocalStorage(), dir_.File(staging + "/candidates/part-00000.parquet")));
    ExpectCandidates(*candidates, rows, plain, options, cases[i].form);
    EXPECT_TRUE(candidates->schema()->Equals(*catalog::SchemaOf(catalog::CandidatesTable()), false));
  }
}

TEST_F(ScanStageTest, ResultDoesNotDependOnThreadsChunksTasksOrCompression) {
  for (int i = 0; i < 5; ++i) {
    // Sweeps 0 to 3 share bricks; sweep 4 is alone.
    WriteSweep(fmt::format("sweep-{}.fits", 9 - i),
               BuildSweep(RandomRows(100u + static_cast<uint32_t>(i), 3000, i == 4 ? 400 : 80)));
  }
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport first, Run({}, 1, "first"));
  const auto expected = Files("first", first);
  EXPECT_EQ(expected.size(), 5u + 3u);
  int number = 0;
  for (const int threads : {1, 2, 4}) {
    for (const char* chunk : {"1", "7", "100000"}) {
      const std::string staging = fmt::format("staging{}", number++);
      DHS_ASSERT_OK_AND_ASSIGN(
          const StageReport report,
          Run({{"chunk-size", chunk}, {"sweep-partitions", std::to_string(threads)}}, threads, staging));
      EXPECT_EQ(Files(staging, report), expected) << threads << " threads, chunk " << chunk;
    }
  }
  // The same rows in gzip differ in the sizes of the files alone.
  for (int i = 0; i < 5; ++i) {
    const std::string path = dir_.File(fmt::format("sweeps/sweep-{}.fits", i + 5));
    WriteBytes(path, GzipStored(ReadBytes(path)));
  }
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport gzip, Run({{"chunk-size", "7"}}, 2, "gzip"));
  auto files = Files("gzip", gzip);
  files["_manifest.json"] = expected.at("_manifest.json");
  EXPECT_EQ(files, expected);
}

TEST_F(ScanStageTest, RowsReadInPlaceCopiedOrTornUnderfootGiveTheSameFiles) {
  for (int i = 0; i < 3; ++i) {
    WriteSweep(fmt::format("sweep-{}.fits", i), BuildSweep(RandomRows(7u + static_cast<uint32_t>(i), 2000, 80)));
  }
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport first, Run({}, 2, "first"));
  const auto expected = Files("first", first);
  for (const std::string fault : {"eio@lend:*", "short@lend:*", "short@lend:2"}) {
    DHS_ASSERT_OK_AND_ASSIGN(storage_, FaultyStorage(LocalStorage(), fault));
    DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run({}, 2, fault));
    EXPECT_EQ(Files(fault, report), expected) << fault;
    EXPECT_EQ(FaultyStorageCounts(*storage_).find("lend=0"), std::string::npos) << "nothing was lent";
  }
}

TEST_F(ScanStageTest, ResumesFromFinishedSweeps) {
  for (int i = 0; i < 4; ++i) {
    WriteSweep(fmt::format("sweep-{}.fits", i), BuildSweep(RandomRows(static_cast<uint32_t>(i), 500, 80)));
  }
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport whole, Run({}, 1, "whole"));
  const auto expected = Files("whole", whole);

  // A damaged third sweep stops a first attempt after two are finished.
  const std::string third = dir_.File("sweeps/sweep-2.fits");
  const std::string good = ReadBytes(third);
  WriteBytes(third, GzipStored(good).substr(0, good.size() / 2));
  DHS_EXPECT_ERROR(Run({}, 1, "resumed"), ExitCode::kData, "sweep-2.fits");
  ASSERT_TRUE(std::filesystem::exists(dir_.File("resumed/_sweeps/00001.json")));
  WriteBytes(third, good);
  WriteBytes(dir_.File("resumed/_sweeps/00001.json"), "{\"books\":");        // half a record counts as none
  WriteBytes(dir_.File("resumed/candidates/part-00003.parquet"), "rubble");  // of a dead attempt, without a record
  // Sweep 0 is not read again: it cannot be.
  const std::string first_sweep = dir_.File("sweeps/sweep-0.fits");
  const std::string first_bytes = ReadBytes(first_sweep);
  std::string unreadable = first_bytes;
  unreadable[0] = 'X';
  WriteBytes(first_sweep, unreadable);
  auto stage = MakeScanStage();
  OptionTable table;
  stage->BindOptions(table);
  DHS_ASSERT_OK(table.Set("sweep-index", dir_.File("sweeps/index.txt")));
  DHS_ASSERT_OK(table.Set("output", dir_.File("out")));
  Progress progress;
  base::MemoryBudget memory(int64_t{1} << 30);
  RunContext context{LocalStorage(), StopToken(), &progress, &memory, 2};
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport resumed, stage->Run(context, dir_.File("resumed")));
  EXPECT_EQ(Files("resumed", resumed), expected);
}

TEST_F(ScanStageTest, WritesNoPartForASweepWithoutCandidates) {
  std::vector<Row> rows = RandomRows(1, 50, 80);
  for (Row& row : rows) row.type = "PSF";
  WriteSweep("a.fits", BuildSweep(rows));
  WriteSweep("b.fits", BuildSweep({}));
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run({}));
  EXPECT_TRUE(report.manifest["sweeps"][0]["part"].is_null());
  EXPECT_TRUE(report.manifest["sweeps"][1]["part"].is_null());
  EXPECT_EQ(report.manifest["sweeps"][1]["rows_read"], 0);
  EXPECT_TRUE(std::filesystem::is_empty(dir_.File("staging/candidates")));
  EXPECT_FALSE(std::filesystem::exists(dir_.File("staging/_sweeps")));
}

TEST_F(ScanStageTest, CarriesExtraColumnsWithTheirOwnTypes) {
  const std::vector<Row> rows = RandomRows(11, 3000, 80);
  WriteSweep("sweep-0.fits", BuildSweep(rows));
  const PlainScan plain = ScanPlainly(rows, ScanOptions());
  DHS_ASSERT_OK(Run({{"extra-columns", "release,BrickID,FLUX_W1,MW_TRANSMISSION_Z"}}, 2).status());
  DHS_ASSERT_OK_AND_ASSIGN(const auto table,
                           catalog::ReadParquet(*LocalStorage(), dir_.File("staging/candidates/part-00000.parquet")));
  ExpectCandidates(*table, rows, plain, ScanOptions(), {});
  ASSERT_EQ(table->num_columns(), static_cast<int>(catalog::CandidatesTable().columns.size()) + 4);
  for (int64_t i = 0; i < table->num_rows(); ++i) {
    const Row& row = rows[std::get<2>(plain.kept[static_cast<size_t>(i)])];
    EXPECT_EQ(ColumnOf<arrow::Int16Array>(*table, "release").Value(i), 10000);
    EXPECT_EQ(ColumnOf<arrow::Int32Array>(*table, "brickid").Value(i), 330368);
    ExpectFloat(*table, "flux_w1", i, row.flux[3]);
    ExpectFloat(*table, "mw_transmission_z", i, row.transmission[2]);
  }
  EXPECT_EQ(table->schema()->GetFieldByName("flux_w1")->metadata()->Get("source").ValueOr(""), "flux_W1");
}

TEST_F(ScanStageTest, ExtraColumnsThatCannotBeCarriedAreRefused) {
  const std::vector<Row> rows = RandomRows(12, 100, 80);
  WriteSweep("sweep-0.fits", BuildSweep(rows));
  DHS_EXPECT_ERROR(Run({{"extra-columns", "EBV"}}), ExitCode::kData, "EBV");
  DHS_EXPECT_ERROR(Run({{"extra-columns", "DCHISQ"}}), ExitCode::kData, "DCHISQ");
  DHS_EXPECT_ERROR(Run({{"extra-columns", "Ra"}}), ExitCode::kUsage, "has a column 'ra' already");
  DHS_EXPECT_ERROR(Run({{"extra-columns", "RELEASE,release"}}), ExitCode::kUsage, "'release' is named twice");
  // The second sweep has it under another type.
  WriteSweep("sweep-1.fits", FitsBuilder().Table(WithWideRelease(rows)).bytes());
  DHS_EXPECT_ERROR(Run({{"extra-columns", "RELEASE"}}), ExitCode::kData, "expected release: int16 as in");
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report,
                           Run({{"extra-columns", "RELEASE"}, {"on-bad-sweep", "skip"}}, 1, "skipped"));
  EXPECT_TRUE(report.something_skipped);
}

TEST_F(ScanStageTest, ListsTheFirstBadRowsAndCountsAll) {
  std::vector<Row> rows = RandomRows(3, 200, 80);
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto brick = *sky::BrickFromName(*sky::BrickName::Parse("0201p000"));
    rows[i].brickname = "0201p000";
    rows[i].ra = sky::CenterRaDeg(brick);
    rows[i].dec = i % 2 == 0 ? 5.0 : 0.0;
  }
  WriteSweep("a.fits", BuildSweep(rows));
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run({}));
  const auto& sweep = report.manifest["sweeps"][0];
  EXPECT_EQ(sweep["rows_bad"]["outside_brick"], 100);
  ASSERT_EQ(sweep["bad_rows"].size(), kMaxListedBadRows);
  EXPECT_EQ(
      sweep["bad_rows"][1].dump(),
      R"({"row":2,"column":"RA, DEC","check":"outside_brick","value":"20.125, 5","limit":"brick 0201p000: RA 20 to )"
      R"(20.25, Dec -0.125 to 0.125, within 1 arcsec"})");
}

TEST_F(ScanStageTest, StopsAtOrSkipsMissingSweeps) {
  WriteSweep("a.fits", BuildSweep(RandomRows(1, 100, 80)));
  WriteBytes(dir_.File("sweeps/index.txt"), "# a comment\n\na.fits\n b.fits \n");
  DHS_EXPECT_ERROR(Run({}), ExitCode::kData, "1 of the 2 sweeps listed do not exist: ");
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run({{"on-missing", "skip"}}));
  EXPECT_TRUE(report.something_skipped);
  EXPECT_EQ(report.manifest["sweeps"][1]["path"], "b.fits");
  EXPECT_EQ(report.manifest["sweeps"][1]["error"], "the file does not exist");
  EXPECT_EQ(report.manifest["rows_read"], 100);
}

TEST_F(ScanStageTest, StopsAtOrSkipsDamagedSweeps) {
  const std::string good = BuildSweep(RandomRows(1, 100, 80));
  WriteSweep("a.fits", good);
  WriteSweep("b.fits", good.substr(0, good.size() - 2880));
  WriteSweep("c.fits.gz", GzipStored(good).substr(0, good.size() / 2));
  DHS_EXPECT_ERROR(Run({}), ExitCode::kData, "b.fits: HDU 1, byte ");
  DHS_EXPECT_ERROR(Run({}), ExitCode::kData,
                   "the table's data are cut short: 100 rows of 93 bytes take 9300 bytes, found 8640");
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run({{"on-bad-sweep", "skip"}}, 2));
  EXPECT_TRUE(report.something_skipped);
  EXPECT_EQ(report.manifest["rows_read"], 100);
  EXPECT_EQ(report.manifest["sweeps"][1]["rows_read"], 0);
  EXPECT_THAT(report.manifest["sweeps"][1]["error"].get<std::string>(), ::testing::StartsWith("b.fits: HDU 1"));
  EXPECT_THAT(report.manifest["sweeps"][2]["error"].get<std::string>(), ::testing::HasSubstr("cut short"));
}

TEST_F(ScanStageTest, RefusesASweepListedTwice) {
  WriteSweep("a.fits", BuildSweep({}));
  WriteBytes(dir_.File("sweeps/index.txt"), "a.fits\na.fits\n");
  DHS_EXPECT_ERROR(Run({}), ExitCode::kData, "'a.fits' is listed twice");
  WriteBytes(dir_.File("sweeps/index.txt"), "a.fits\n./a.fits\n");
  DHS_EXPECT_ERROR(Run({}), ExitCode::kData, "are one file");
  WriteBytes(dir_.File("sweeps/index.txt"), "# nothing\n");
  DHS_EXPECT_ERROR(Run({}), ExitCode::kData, "lists no sweep");
}

TEST_F(ScanStageTest, RefusesSweepsWithoutTheColumnsItNeeds) {
  WriteSweep("a.fits", BuildSweep(RandomRows(1, 10, 80), {.transmissions = false}));
  DHS_EXPECT_ERROR(Run({{"use-mw-correction", "1"}}), ExitCode::kData,
                   "column MW_TRANSMISSION_G: there is no such column");
  WriteBytes(dir_.File("sweeps/a.fits"),
             FitsBuilder().Table({{"BRICKNAME", "8A", {"0201p000"}}, {"OBJID", "E", {FitsF32(1)}}}).bytes());
  DHS_EXPECT_ERROR(Run({}), ExitCode::kData,
                   "column OBJID: the column must be one value a row of TFORM type I or J or K");
}

TEST_F(ScanStageTest, RefusesOptionsThatContradictEachOther) {
  WriteSweep("a.fits", BuildSweep({}));
  DHS_EXPECT_ERROR(Run({{"dec-min", "10"}, {"dec-max", "5"}}), ExitCode::kUsage, "--dec-min 10 is above --dec-max 5");
  DHS_EXPECT_ERROR(Run({{"release", "a/b"}}), ExitCode::kUsage, "cannot be the name of a folder");
  DHS_EXPECT_ERROR(Run({{"use-mw-correction", "1"}, {"emit-mw-corrected-mags", "0"}}), ExitCode::kUsage,
                   "nobody could check the flags");
}

TEST_F(ScanStageTest, KeepsEveryRowOfTheRealFiles) {
  index_ =
      DHS_TEST_DATA("real/sweep-310m005-320p000.fits") + "\n" + DHS_TEST_DATA("real/sweep-320m005-330p000.fits") + "\n";
  WriteBytes(dir_.File("sweeps/index.txt"), index_);
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, Run({}));
  EXPECT_EQ(report.manifest["rows_read"], 12);
  EXPECT_EQ(report.manifest["rows_bad"].dump(), R"({"position":0,"zero_position":0,"brick_name":0,"outside_brick":0})");
}

}  // namespace
}  // namespace dhs::scan
