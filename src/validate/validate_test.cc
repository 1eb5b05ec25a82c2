// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include <arrow/array.h>
#include <arrow/compute/cast.h>
#include <arrow/table.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/columns.h"
#include "catalog/parquet.h"
#include "testing/catalog_builder.h"
#include "testing/stage_run.h"
#include "testing/testing.h"
#include "validate/validate.h"
#include "validate/validate_stage.h"

namespace dhs::validate {
namespace {

using testing::CatalogRow;
using testing::RunStageAlone;
using testing::StageHarness;
using TablePtr = std::shared_ptr<arrow::Table>;

constexpr char kVariant[] = "v3_color_relaxed";
const char* const kSplits[] = {"train", "val", "test"};

// A right catalog: 12 bricks in 6 regions in 3 splits, one file a split. Row 0 passes v1 and has all magnitudes.
std::vector<CatalogRow> GoodRows() {
  std::vector<sky::Brick> bricks;
  for (int32_t col = 0; col < 12; ++col) bricks.push_back({300 + col, 5 * col});
  std::map<std::string, int32_t> region_of_brick;
  for (size_t b = 0; b < bricks.size(); ++b) {
    region_of_brick[sky::NameOf(bricks[b]).ToString()] = static_cast<int32_t>(b / 2);
  }
  std::vector<CatalogRow> rows;
  for (CatalogRow row : testing::MakeLrgs(bricks, 40, 5)) {
    if (!row.flags[2]) continue;
    row.region_id = region_of_brick[row.brickname];
    row.region_split = kSplits[row.region_id % 3];
    rows.push_back(std::move(row));
  }
  const auto full =
      std::find_if(rows.begin(), rows.end(), [](const CatalogRow& r) { return r.flags[0] && !std::isnan(r.raw.gmag); });
  std::iter_swap(rows.begin(), full);
  return rows;
}

// One way to spoil a catalog, and the checks that must see it: exactly these.
struct Fault {
  std::string name;
  std::set<std::string> expected;
  std::function<void(std::vector<CatalogRow>&)> rows = {};           ///< before it is written
  std::function<TablePtr(TablePtr)> table = {};                      ///< of the first file
  std::function<void(const std::string& directory)> directory = {};  ///< afterwards
  std::function<void(std::vector<CatalogRow>&)> regions = {};  ///< the bricks of stage 3a, which is there if given
};

void LeaveAsTheyAre(std::vector<CatalogRow>& /*rows*/) {}

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

void SetColours(CatalogRow& row, float z, float rz, float zw1) {
  row.raw.zmag = z;
  row.raw.rmag = z + rz;
  row.raw.w1mag = z - zw1;
  row.raw.rz = rz;
  row.raw.zw1 = zw1;
  row.mw.reset();
  row.SetFlags();
}

TablePtr Replace(const TablePtr& table, const std::string& name, const std::shared_ptr<arrow::Field>& field,
                 std::shared_ptr<arrow::ChunkedArray> values) {
  return *table->SetColumn(table->schema()->GetFieldIndex(name), field, std::move(values));
}

TablePtr WithNullable(const TablePtr& table, const std::string& name) {
  return Replace(table, name, arrow::field(name, table->GetColumnByName(name)->type()), table->GetColumnByName(name));
}

TablePtr WithoutColumn(const TablePtr& table, const std::string& name) {
  return *table->RemoveColumn(table->schema()->GetFieldIndex(name));
}

std::string FirstFile(const std::string& directory) {
  return catalog::ListParquetFiles(*LocalStorage(), directory)->front().path;
}

std::vector<Fault> RowFaults() {
  using Rows = std::vector<CatalogRow>;
  std::vector<Fault> faults;
  const auto add = [&faults](std::string name, std::set<std::string> expected, std::function<void(Rows&)> change) {
    faults.push_back({std::move(name), std::move(expected), std::move(change)});
  };
  add("RaIsNan", {"data_quality.nan"}, [](Rows& r) { r[0].ra = std::nan(""); });
  add("RmagIsNan", {"data_quality.nan"}, [](Rows& r) { r[0].raw.rmag = std::nanf(""); });
  add("CorrectedIsInfinite", {"data_quality.nan"}, [](Rows& r) { r[0].mw->zmag = -INFINITY; });
  add("RaBeyond360", {"data_quality.ra_range"}, [](Rows& r) { r[0].ra += 360.0; });
  add("DecBeyond90", {"data_quality.dec_range", "integrity.inside_brick"}, [](Rows& r) { r[0].dec = 91.0; });
  add("OutsideItsBrickInRa", {"integrity.inside_brick"}, [](Rows& r) { r[0].ra += 0.5; });
  add("OutsideItsBrickByTwoArcsec", {"integrity.inside_brick"}, [](Rows& r) {
    r[0].dec = sky::BoundsOf(*sky::BrickFromName(*sky::BrickName::Parse(r[0].brickname))).dec2_deg + 2.0 / 3600.0;
  });
  add("GmagOf31", {"data_quality.magnitude_range"}, [](Rows& r) { r[0].raw.gmag = 31.0F; });
  add("ColourOf10", {"data_quality.colour_range"}, [](Rows& r) { SetColours(r[0], 19.5F, 10.4F, 1.5F); });
  add("RzIsNotTheDifference", {"data_quality.rz_consistent"}, [](Rows& r) {
    SetColours(r[0], 19.5F, 1.0F, 1.5F);
    r[0].raw.rz += 0.01F;
  });
  add("Zw1IsNotTheDifference", {"data_quality.zw1_consistent"}, [](Rows& r) {
    SetColours(r[0], 19.5F, 1.0F, 1.4F);
    r[0].raw.zw1 -= 0.01F;
  });
  add("FlagIsOff", {"flags.recomputed"}, [](Rows& r) { r[0].flags[0] = false; });
  add("FlagIsOffByOneUlp", {"flags.recomputed", "flags.parent_variant"}, [](Rows& r) {
    SetColours(r[0], 20.4F, 1.0F, 1.5F);
    r[0].raw.zmag = std::nextafter(20.4F, 21.0F);  // float32(20.4) passes z < 20.4, the next value does not
  });
  add("FlagsAreNotNested", {"flags.recomputed", "flags.hierarchy"}, [](Rows& r) { r[0].flags[3] = false; });
  add("RowFailsTheVariant", {"flags.parent_variant"}, [](Rows& r) { SetColours(r[0], 20.6F, 1.0F, 1.5F); });
  add("CorrectedIsFainter", {"mw_correction.not_fainter"}, [](Rows& r) { r[0].mw->rmag = r[0].raw.rmag + 0.02F; });
  add("RowTwice", {"integrity.duplicate_rows", "integrity.duplicate_keys"}, [](Rows& r) { r.push_back(r[0]); });
  add("KeyTwice", {"integrity.duplicate_keys"}, [](Rows& r) {
    r.push_back(r[0]);
    r.back().maskbits = 77;
  });
  add("KeyTwiceWithNegativeObjid", {"integrity.duplicate_keys"}, [](Rows& r) {
    r[0].objid = -4;
    r.push_back(r[0]);
    r.back().maskbits = 77;
  });
  add("BrickNameIsMalformed", {"integrity.brick_name_pattern"}, [](Rows& r) { r[0].brickname = "1126x222"; });
  add("BrickDoesNotExist", {"integrity.brick_exists"}, [](Rows& r) { r[0].brickname = "9999p000"; });
  add("WrongBrick", {"integrity.inside_brick", "integrity.brick_in_one_region", "integrity.brick_in_one_split"},
      [](Rows& r) {
        r[0].brickname = r.back().brickname;
        r[0].objid = 999;
      });
  add("UnknownSplit", {"integrity.split_values"}, [](Rows& r) {
    for (CatalogRow& row : r) {
      if (row.region_id == 0) row.region_split = "holdout";
    }
  });
  add("PointSource", {"integrity.no_psf", "flags.parent_variant"}, [](Rows& r) {
    r[0].type = "PSF";
    r[0].SetFlags();
  });
  add("TypeIsNotNormalized", {"integrity.type_normalized"}, [](Rows& r) { r[0].type = "dev "; });
  add("NegativeRegion", {"integrity.region_id_valid"}, [](Rows& r) {
    for (CatalogRow& row : r) {
      if (row.region_id == 0) row.region_id = -1;
    }
  });
  add("BrickInTwoRegions", {"integrity.brick_in_one_region"}, [](Rows& r) { r[0].region_id += 3; });
  add("BrickInTwoSplits", {"integrity.brick_in_one_split", "integrity.region_in_one_split"},
      [](Rows& r) { r[0].region_split = "val"; });
  add("RegionInTwoSplits", {"integrity.region_in_one_split"}, [](Rows& r) {
    const std::string brick = r[0].brickname;
    for (CatalogRow& row : r) {
      if (row.brickname == brick) row.region_split = "val";
    }
  });
  add("NoRows", {"structure.not_empty"}, [](Rows& r) { r.clear(); });
  return faults;
}

std::vector<Fault> TableFaults() {
  std::vector<Fault> faults;
  const auto add = [&faults](std::string name, std::set<std::string> expected,
                             std::function<TablePtr(TablePtr)> change) {
    faults.push_back({std::move(name), std::move(expected), {}, std::move(change)});
  };
  add("NullRa", {"data_quality.null", "schema.nullability"}, [](const TablePtr& t) {
    auto head = *arrow::MakeArrayOfNull(arrow::float64(), 1);
    arrow::ArrayVector chunks = {head};
    const auto tail = t->GetColumnByName("ra")->Slice(1);
    chunks.insert(chunks.end(), tail->chunks().begin(), tail->chunks().end());
    return Replace(t, "ra", arrow::field("ra", arrow::float64()), std::make_shared<arrow::ChunkedArray>(chunks));
  });
  add("MissingColumn", {"schema.missing_columns"}, [](const TablePtr& t) { return WithoutColumn(t, "zw1_mw"); });
  add("MissingKeyColumn", {"schema.missing_columns"}, [](const TablePtr& t) { return WithoutColumn(t, "brickname"); });
  add("MissingRegion", {"schema.missing_columns"}, [](const TablePtr& t) { return WithoutColumn(t, "region_id"); });
  add("ExtraColumn", {"schema.extra_columns"}, [](const TablePtr& t) {
    return *t->AddColumn(0, arrow::field("ebv", arrow::float64()), t->GetColumnByName("ra"));
  });
  add("WrongType", {"schema.column_types"}, [](const TablePtr& t) {
    const arrow::Datum cast = *arrow::compute::Cast(t->GetColumnByName("zw1_mw"), arrow::float64());
    return Replace(t, "zw1_mw", arrow::field("zw1_mw", arrow::float64()), cast.chunked_array());
  });
  add("DeclaredNullable", {"schema.nullability"}, [](const TablePtr& t) { return WithNullable(t, "zmag"); });
  add("GmagValidIsWrong", {"flags.gmag_valid"}, [](const TablePtr& t) {
    const auto& valid = static_cast<const arrow::BooleanArray&>(*t->GetColumnByName("gmag_valid")->chunk(0));
    arrow::BooleanBuilder builder;
    for (int64_t i = 0; i < valid.length(); ++i) EXPECT_TRUE(builder.Append((i == 0) != valid.Value(i)).ok());
    return Replace(t, "gmag_valid", t->schema()->GetFieldByName("gmag_valid"),
                   std::make_shared<arrow::ChunkedArray>(*builder.Finish()));
  });
  return faults;
}

std::vector<Fault> DirectoryFaults() {
  std::vector<Fault> faults;
  const auto add = [&faults](std::string name, std::set<std::string> expected,
                             std::function<void(const std::string&)> change) {
    faults.push_back({std::move(name), std::move(expected), {}, {}, std::move(change)});
  };
  add("NoSuccessMarker", {"structure.success_marker"},
      [](const std::string& dir) { EXPECT_TRUE(LocalStorage()->Remove(dir + "/_SUCCESS").ok()); });
  add("TruncatedFile", {"structure.files_readable", "structure.rows_match_manifest", "structure.files_match_manifest"},
      [](const std::string& dir) {
        const std::string bytes = testing::ReadBytes(FirstFile(dir));
        testing::WriteBytes(FirstFile(dir), bytes.substr(0, bytes.size() - 100));
      });
  add("LostFile", {"structure.rows_match_manifest", "structure.files_match_manifest"},
      [](const std::string& dir) { EXPECT_TRUE(LocalStorage()->Remove(FirstFile(dir)).ok()); });
  add("FileTwice",
      {"structure.rows_match_manifest", "structure.files_match_manifest", "integrity.duplicate_rows",
       "integrity.duplicate_keys"},
      [](const std::string& dir) {
        const std::string first = FirstFile(dir);
        testing::WriteBytes(first.substr(0, first.size() - 8) + "-copy.parquet", testing::ReadBytes(first));
      });
  add("StaleManifest", {"structure.rows_match_manifest"}, [](const std::string& dir) {
    auto manifest = *io::ReadJson(*LocalStorage(), dir + "/_manifest.json");
    manifest["rows_out"] = manifest["rows_out"].get<int64_t>() + 1;
    EXPECT_TRUE(io::WriteJsonAtomic(*LocalStorage(), dir + "/_manifest.json", manifest).ok());
  });
  add("EmptyFile", {"structure.no_empty_files", "structure.files_match_manifest"}, [](const std::string& dir) {
    const TablePtr none = (*catalog::ReadParquet(*LocalStorage(), FirstFile(dir)))->Slice(0, 0);
    const int column = none->schema()->GetFieldIndex("region_split");
    EXPECT_TRUE(catalog::WriteParquet(*LocalStorage(), io::ParentPath(FirstFile(dir)) + "/part-99999.parquet",
                                      **none->RemoveColumn(column))
                    .ok());
  });
  return faults;
}

// Catalogs that do not agree with what `dhs regions` found.
std::vector<Fault> RegionsFaults() {
  using Rows = std::vector<CatalogRow>;
  std::vector<Fault> faults;
  const auto add = [&faults](std::string name, std::set<std::string> expected, std::function<void(Rows&)> bricks,
                             std::function<void(Rows&)> rows = {}) {
    faults.push_back({std::move(name), std::move(expected), std::move(rows), {}, {}, std::move(bricks)});
  };
  add("BrickThatWasNotKept", {"cross_stage.brick_in_regions"}, [](Rows& bricks) { bricks.erase(bricks.begin()); });
  add("BrickOfAnotherRegion", {"cross_stage.region_of_brick"}, [](Rows& bricks) { bricks[0].region_id += 3; });
  add("BrickOfAnotherSplit", {"cross_stage.split_of_brick"}, [](Rows& bricks) { bricks[0].region_split = "val"; });
  add("BrickOfTheBuffer", {"cross_stage.not_in_buffer"}, [](Rows& bricks) { bricks[0].region_split = "buffer"; });
  add("BrickLost", {"cross_stage.no_brick_lost"}, LeaveAsTheyAre, [](Rows& rows) {
    std::erase_if(rows, [brick = GoodRows()[0].brickname](const CatalogRow& row) { return row.brickname == brick; });
  });
  add("ObjectLost", {"cross_stage.objects_of_brick"}, LeaveAsTheyAre, [](Rows& rows) { rows.erase(rows.begin()); });
  add("BrickWithoutLrgIsNoFault", {}, [](Rows& bricks) {
    bricks.push_back(bricks[0]);
    bricks.back().brickname = "0001m890";
    bricks.back().objid = 0;
  });
  // A region may be divided among splits, but not otherwise than dhs regions did.
  const auto divide = [](Rows& rows) {
    const std::string brick = GoodRows()[0].brickname;
    for (CatalogRow& row : rows) {
      if (row.brickname == brick) row.region_split = "val";
    }
  };
  add("RegionDividedOnceMore", {"cross_stage.split_of_brick", "integrity.region_in_one_split"}, LeaveAsTheyAre, divide);
  add("RegionDividedAsItShould", {}, divide, divide);
  return faults;
}

std::vector<Fault> AllFaults() {
  std::vector<Fault> all = RowFaults();
  for (const Fault& fault : TableFaults()) all.push_back(fault);
  for (const Fault& fault : DirectoryFaults()) all.push_back(fault);
  for (const Fault& fault : RegionsFaults()) all.push_back(fault);
  return all;
}

// Writes the compacted catalog and validates it.
class Workspace {
 public:
  std::string Input() const { return dir_.File("out/phase3p5/" + std::string(kVariant) + "/parent_compact"); }
  std::string Report(const std::string& suffix) const {
    return dir_.File("out/validation/" + std::string(kVariant) + "/validation_report." + suffix);
  }

  void Write(const std::vector<CatalogRow>& rows, const Fault& fault = {}) {
    std::vector<std::string> columns = catalog::ParentCompactTable().columns;
    std::erase(columns, "region_split");
    const auto schema = catalog::SchemaOf(catalog::ParentCompactTable(), columns);
    std::map<std::string, std::vector<CatalogRow>> files;
    for (const CatalogRow& row : rows) files["region_split=" + row.region_split + "/part-00000.parquet"].push_back(row);
    auto storage = LocalStorage();
    nlohmann::ordered_json entries = nlohmann::ordered_json::array();
    bool first = true;
    DHS_ASSERT_OK(storage->MakeDirectories(Input()));
    for (const auto& [path, members] : files) {
      const std::string full = Input() + "/" + path;
      DHS_ASSERT_OK(storage->MakeDirectories(io::ParentPath(full)));
      TablePtr table = testing::TableOf(members, schema);
      if (first && fault.table) table = fault.table(table);
      first = false;
      DHS_ASSERT_OK(catalog::WriteParquet(*storage, full, *table, {.sorting_columns = {}, .max_rows_per_group = 64}));
      DHS_ASSERT_OK_AND_ASSIGN(const FileInfo info, storage->Stat(full));
      entries.push_back({{"path", path}, {"rows", members.size()}, {"bytes", info.size_bytes}});
    }
    DHS_ASSERT_OK(testing::PublishStage(*storage, Input(),
                                        {{"stage", "compact"}, {"rows_out", rows.size()}, {"files", entries}}));
    if (fault.directory) fault.directory(Input());
    if (fault.regions) WriteRegions(fault);
  }

  void WriteRegions(const Fault& fault) {
    std::map<std::string, CatalogRow> by_name;  // objid: the number of LRGs
    for (const CatalogRow& row : GoodRows()) {
      const auto [brick, is_new] = by_name.emplace(row.brickname, row);
      brick->second.objid = is_new ? 1 : brick->second.objid + 1;
    }
    std::vector<CatalogRow> bricks;
    for (const auto& [name, row] : by_name) bricks.push_back(row);
    fault.regions(bricks);
    const std::string directory = dir_.File("out/phase3a/" + std::string(kVariant));
    auto storage = LocalStorage();
    DHS_ASSERT_OK(storage->MakeDirectories(directory + "/bricks_with_region"));
    const auto schema = catalog::SchemaOf(catalog::BricksWithRegionTable(), {"brickname", "region_id", "brick_split"});
    arrow::Int64Builder counts;
    for (const CatalogRow& brick : bricks) DHS_ASSERT_OK(counts.Append(brick.objid));
    DHS_ASSERT_OK_AND_ASSIGN(
        const TablePtr table,
        testing::TableOf(bricks, schema)
            ->AddColumn(schema->num_fields(), arrow::field("n_lrg_" + std::string(kVariant), arrow::int64()),
                        std::make_shared<arrow::ChunkedArray>(*counts.Finish())));
    DHS_ASSERT_OK(catalog::WriteParquet(*storage, directory + "/bricks_with_region/part-00000.parquet", *table));
    DHS_ASSERT_OK(testing::PublishStage(*storage, directory, {{"stage", "regions"}}));
  }

  Result<StageReport> Validate(int threads = 1, std::vector<std::pair<std::string, std::string>> options = {}) {
    StageHarness harness(threads);
    options.emplace_back("output", dir_.File("out"));
    if (std::none_of(options.begin(), options.end(), [](const auto& o) { return o.first == "input"; })) {
      options.emplace_back("input", Input());
    }
    return RunStageAlone(harness, MakeValidateStage(), options);
  }

  nlohmann::ordered_json Json() const { return nlohmann::ordered_json::parse(testing::ReadBytes(Report("json"))); }

 private:
  testing::TempDir dir_;
};

std::set<std::string> NotPassed(const nlohmann::ordered_json& report) {
  std::set<std::string> ids;
  for (const auto& check : report["checks"]) {
    if (check["status"] == "fail" || check["status"] == "warn") ids.insert(check["id"].get<std::string>());
  }
  return ids;
}

class PlantedFault : public ::testing::TestWithParam<Fault> {};

TEST_P(PlantedFault, IsFoundByTheRightChecksAlone) {
  const Fault& fault = GetParam();
  Workspace workspace;
  std::vector<CatalogRow> rows = GoodRows();
  if (fault.rows) fault.rows(rows);
  workspace.Write(rows, fault);
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, workspace.Validate(2));
  const auto json = workspace.Json();
  EXPECT_EQ(NotPassed(json), fault.expected) << testing::ReadBytes(workspace.Report("txt"));

  bool error = false;
  for (const auto& check : json["checks"]) {
    if (!fault.expected.contains(check["id"].get<std::string>())) continue;
    error = error || check["severity"] == "error";
    EXPECT_GE(check["violations"], 1);
    ASSERT_FALSE(check["findings"].empty()) << check["id"];
    EXPECT_TRUE(check["findings"][0].contains("value")) << check["id"];
  }
  EXPECT_EQ(report.check_failed, error);
  EXPECT_EQ(json["verdict"], error ? "fail" : "pass");
}

INSTANTIATE_TEST_SUITE_P(Validate, PlantedFault, ::testing::ValuesIn(AllFaults()),
                         [](const auto& param_info) { return param_info.param.name; });

TEST(Checks, EachHasAPlantedFault) {
  std::set<std::string> planted, all;
  for (const Fault& fault : AllFaults()) planted.insert(fault.expected.begin(), fault.expected.end());
  for (const CheckSpec& check : AllChecks()) all.insert(check.id);
  EXPECT_EQ(planted, all);
  EXPECT_EQ(all.size(), AllChecks().size()) << "ids are unique";
}

TEST(Checks, IdsBeginWithTheirSection) {
  for (const CheckSpec& check : AllChecks()) {
    EXPECT_TRUE(std::string_view(check.id).starts_with(std::string(SectionName(check.section)) + ".")) << check.id;
  }
}

TEST(Validate, ColumnsAreThoseOfTheDictionary) {
  ASSERT_EQ(catalog::ParentCompactTable().columns.size(), static_cast<size_t>(kNumColumns));
  EXPECT_EQ(ColumnName(kBrickname), "brickname");
  EXPECT_EQ(ColumnName(kGmag), "gmag");
  EXPECT_EQ(ColumnName(kZw1Mw), "zw1_mw");
  EXPECT_EQ(ColumnName(kFlagV1), "is_v1_pure_massive");
  EXPECT_EQ(ColumnName(kGmagValid), "gmag_valid");
}

TEST(Validate, ARightCatalogHasNoFindingsAndRightFigures) {
  Workspace workspace;
  const auto rows = GoodRows();
  Fault none;
  none.regions = LeaveAsTheyAre;
  workspace.Write(rows, none);
  DHS_ASSERT_OK_AND_ASSIGN(const StageReport report, workspace.Validate());
  EXPECT_FALSE(report.check_failed);
  const auto json = workspace.Json();
  EXPECT_EQ(NotPassed(json), std::set<std::string>{});
  EXPECT_EQ(json["checks_not_run"], 0);
  EXPECT_EQ(json["rows"], rows.size());
  EXPECT_EQ(json["catalog"], "phase3p5/v3_color_relaxed/parent_compact");
  EXPECT_EQ(json["coverage"]["regions"], 6);
  EXPECT_EQ(json["coverage"]["bricks"], 12);
  EXPECT_EQ(json["coverage"]["top_regions"].size(), 6U);

  std::vector<float> z;
  int64_t no_g = 0;
  std::map<std::string, int64_t> types, splits;
  for (const CatalogRow& row : rows) {
    z.push_back(row.raw.zmag);
    no_g += std::isnan(row.raw.gmag);
    ++types[row.type];
    ++splits[row.region_split];
  }
  std::sort(z.begin(), z.end());
  const auto n = static_cast<double>(z.size());
  double sum = 0, squares = 0;
  for (const float value : z) sum += static_cast<double>(value);
  for (const float value : z) squares += std::pow(static_cast<double>(value) - sum / n, 2);
  const auto rank = [&](double p) { return static_cast<double>(z[static_cast<size_t>(std::ceil(p * n)) - 1]); };
  for (const auto& column : json["data_quality"]["columns"]) {
    EXPECT_EQ(column["nans"].get<int64_t>(), column["name"] == "gmag" || column["name"] == "gmag_mw" ? no_g : 0);
    if (column["name"] != "zmag") continue;
    EXPECT_EQ(column["min"].get<double>(), static_cast<double>(z.front()));
    EXPECT_EQ(column["p25"].get<double>(), rank(0.25));
    EXPECT_EQ(column["p99"].get<double>(), rank(0.99));
    EXPECT_NEAR(column["mean"].get<double>(), sum / n, 1e-12);
    EXPECT_NEAR(column["std"].get<double>(), std::sqrt(squares / (n - 1)), 1e-12);
  }
  for (const auto& [type, count] : types) EXPECT_EQ(json["integrity"]["types"][type], count);
  for (const auto& [split, count] : splits) EXPECT_EQ(json["coverage"]["by_split"][split]["objects"], count);
  EXPECT_EQ(json["flags"][2]["true_positive"], rows.size());
  EXPECT_NEAR(json["mw_correction"][1]["mean_mag"].get<double>(), -2.5 * std::log10(0.92), 1e-5);
  EXPECT_EQ(json["mw_correction"][0]["left_out"], no_g);

  EXPECT_THAT(testing::ReadBytes(workspace.Report("txt")), ::testing::StartsWith("Validation of phase3p5/"));
  EXPECT_THAT(report.account, ::testing::HasSubstr(": PASS"));
  const std::string html = testing::ReadBytes(workspace.Report("html"));
  EXPECT_THAT(html, ::testing::StartsWith("<!DOCTYPE html>"));
  EXPECT_THAT(html, ::testing::EndsWith("</html>\n"));
}

TEST(Validate, SaysWhereAFaultIs) {
  Workspace workspace;
  auto rows = GoodRows();
  size_t val_row = 0;
  for (CatalogRow& row : rows) {
    if (row.region_split != "val") continue;
    if (++val_row < 70) continue;  // in the second row group
    row.ra += 0.5;
    workspace.Write(rows);
    DHS_ASSERT_OK(workspace.Validate().status());
    const auto json = workspace.Json();
    const auto check = std::find_if(json["checks"].begin(), json["checks"].end(),
                                    [](const auto& c) { return c["id"] == "integrity.inside_brick"; });
    ASSERT_EQ((*check)["findings"].size(), 1U);
    const auto& finding = (*check)["findings"][0];
    EXPECT_EQ(finding["file"], "region_split=val/part-00000.parquet");
    EXPECT_EQ(finding["row"], 69);
    EXPECT_EQ(finding["brickname"], row.brickname);
    EXPECT_EQ(finding["objid"], row.objid);
    return;
  }
  FAIL() << "no such row";
}

TEST(Validate, CountsAllViolationsAndListsTheFirst) {
  Workspace workspace;
  auto rows = GoodRows();
  for (CatalogRow& row : rows) row.type = "dev";
  workspace.Write(rows);
  DHS_ASSERT_OK(workspace.Validate(4).status());
  for (const auto& check : workspace.Json()["checks"]) {
    if (check["id"] != "integrity.type_normalized") continue;
    EXPECT_EQ(check["violations"], rows.size());
    ASSERT_EQ(check["findings"].size(), 5U);
    for (int64_t i = 0; i < 5; ++i) {
      EXPECT_EQ(check["findings"][static_cast<size_t>(i)]["row"], i);
      EXPECT_EQ(check["findings"][static_cast<size_t>(i)]["file"], "region_split=test/part-00000.parquet");
    }
  }
}

TEST(Validate, SameReportForAnyNumberOfThreads) {
  Workspace workspace;
  auto rows = GoodRows();
  for (size_t i = 0; i < rows.size(); i += 7) rows[i].ra += 0.5;
  rows.push_back(rows[3]);
  workspace.Write(rows);
  std::map<std::string, std::string> want;
  for (const int threads : {1, 2, 5}) {
    DHS_ASSERT_OK(workspace.Validate(threads).status());
    for (const char* suffix : {"json", "txt", "html"}) {
      const std::string bytes = testing::ReadBytes(workspace.Report(suffix));
      if (threads == 1) want[suffix] = bytes;
      EXPECT_EQ(bytes, want[suffix]) << threads << " threads, " << suffix;
    }
  }
}

TEST(Validate, ChecksThatCannotRunAreNotCalledPassed) {
  Workspace workspace;
  Fault fault;
  fault.table = [](const TablePtr& t) { return WithoutColumn(t, "ra"); };
  auto rows = GoodRows();
  std::erase_if(rows, [](const CatalogRow& r) { return r.region_split != "test"; });
  workspace.Write(rows, fault);
  DHS_ASSERT_OK(workspace.Validate().status());
  std::map<std::string, std::string> status;
  const auto json = workspace.Json();
  for (const auto& check : json["checks"]) status[check["id"]] = check["status"];
  EXPECT_EQ(status["integrity.inside_brick"], "not_run");
  EXPECT_EQ(status["data_quality.ra_range"], "not_run");
  EXPECT_EQ(status["data_quality.dec_range"], "pass");
}

TEST(Validate, SaysWhatToRunWhenThereIsNoCatalog) {
  Workspace workspace;
  DHS_EXPECT_ERROR(workspace.Validate(1, {{"input", "/no/such/catalog"}}), ExitCode::kData, "no such folder");
  StageHarness harness;
  testing::TempDir empty;
  DHS_EXPECT_ERROR(RunStageAlone(harness, MakeValidateStage(), {{"output", empty.path()}}), ExitCode::kData,
                   "run `dhs parent` (and `dhs compact`) first");
}

TEST(Report, EscapesTextFromTheCatalog) {
  Workspace workspace;
  auto rows = GoodRows();
  rows[0].type = "<B>&\"";
  workspace.Write(rows);
  DHS_ASSERT_OK(workspace.Validate().status());
  EXPECT_THAT(testing::ReadBytes(workspace.Report("html")), ::testing::HasSubstr("&lt;B&gt;&amp;&quot;"));
}

}  // namespace
}  // namespace dhs::validate
