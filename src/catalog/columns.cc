// SPDX-License-Identifier: Apache-2.0
#include "catalog/columns.h"

#include <algorithm>
#include <unordered_map>

#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>

namespace dhs::catalog {

namespace {

constexpr const char* kFlagsReferTo = "dhs.flags_refer_to";
constexpr const char* kCorrected = "corrected";

using enum ColumnType;
using enum NullRule;

struct VariantName {
  const char* shortname;
  const char* name;
  const char* cuts;
};
constexpr VariantName kVariants[] = {
    {"v1", "v1_pure_massive", "z < 20.0, r-z > 0.5, z-W1 > 1.6"},
    {"v2", "v2_baseline_dr10", "z < 20.4, r-z > 0.4, z-W1 > 1.6"},
    {"v3", "v3_color_relaxed", "z < 20.4, r-z > 0.4, z-W1 > 0.8"},
    {"v4", "v4_mag_relaxed", "z < 21.0, r-z > 0.4, z-W1 > 0.8"},
    {"v5", "v5_very_relaxed", "z < 21.5, r-z > 0.3, z-W1 > 0.8"},
};

void AddObjectColumns(std::vector<ColumnSpec>& out) {
  out.push_back({"brickname", kString, "", kNever, "Name of the 0.25 deg brick, e.g. 1126p222.", "BRICKNAME"});
  out.push_back({"objid", kInt64, "", kNever, "Number of the object within its brick (and release).", "OBJID"});
  out.push_back({"ra", kFloat64, "deg", kNever,
                 "Right ascension, ICRS, 0 to 360: of the object, or of the brick's centre in brick tables.", "RA"});
  out.push_back({"dec", kFloat64, "deg", kNever,
                 "Declination, ICRS: of the object, or of the brick's centre in brick tables.", "DEC"});
  const struct {
    const char *name, *band, *flux;
    NullRule rule;
  } mags[] = {{"gmag", "g", "FLUX_G", kNanOnly},
              {"rmag", "r", "FLUX_R", kNever},
              {"zmag", "z", "FLUX_Z", kNever},
              {"w1mag", "W1", "FLUX_W1", kNever}};
  for (const auto& m : mags) {
    out.push_back({m.name, kFloat32, "mag", m.rule,
                   fmt::format("AB magnitude 22.5 - 2.5 log10({}), observed.{}", m.flux,
                               m.rule == kNanOnly ? " NaN = no positive flux measured." : ""),
                   m.flux});
  }
  out.push_back(
      {"rz", kFloat32, "mag", kNever, "Colour r - z, observed: float32 of the double difference.", "FLUX_R, FLUX_Z"});
  out.push_back({"zw1", kFloat32, "mag", kNever, "Colour z - W1, observed: float32 of the double difference.",
                 "FLUX_Z, FLUX_W1"});
  for (const auto& m : mags) {
    out.push_back({fmt::format("{}_mw", m.name), kFloat32, "mag", kNullable,
                   fmt::format("AB magnitude of {0}/MW_TRANSMISSION_{1}, corrected for Galactic extinction. Null = the "
                               "sweep has no transmission; NaN = flux or transmission not positive.",
                               m.flux, std::string(m.flux).substr(5)),
                   fmt::format("{0}, MW_TRANSMISSION_{1}", m.flux, std::string(m.flux).substr(5))});
  }
  out.push_back({"rz_mw", kFloat32, "mag", kNullable,
                 "Colour r - z corrected for Galactic extinction. Null and NaN as in rmag_mw.", "dhs"});
  out.push_back({"zw1_mw", kFloat32, "mag", kNullable,
                 "Colour z - W1 corrected for Galactic extinction. Null and NaN as in zmag_mw.", "dhs"});
  out.push_back(
      {"maskbits", kInt64, "", kNullable,
       "Bit mask of the pixel at the object's centre (Legacy Surveys bitmasks page). Null = the sweep has none.",
       "MASKBITS"});
  out.push_back({"type", kString, "", kNever,
                 "Morphological model: REX, EXP, DEV, SER, ... trimmed and upper case; PSF never occurs.", "TYPE"});
  for (const auto& v : kVariants) {
    out.push_back({fmt::format("is_{}", v.name), kBool, "", kNever,
                   fmt::format("True if {} on the stored float32 columns and TYPE is not PSF.", v.cuts), "dhs"});
  }
  out.push_back({"gmag_valid", kBool, "", kNever, "True if gmag is neither null nor NaN.", "dhs"});
}

void AddBrickColumns(std::vector<ColumnSpec>& out) {
  const struct {
    const char *name, *what;
  } bounds[] = {{"ra1", "Least right ascension of the brick."},
                {"ra2", "Upper bound in right ascension (not included)."},
                {"dec1", "Least declination of the brick."},
                {"dec2", "Upper bound in declination (not included)."}};
  for (const auto& b : bounds) {
    std::string source = b.name;
    std::transform(source.begin(), source.end(), source.begin(), [](unsigned char c) { return char(std::toupper(c)); });
    out.push_back(
        {b.name, kFloat64, "deg", kNullable, fmt::format("{} Null = not in the bricks file.", b.what), source});
  }
  out.push_back({"area_deg2", kFloat64, "deg2", kNever,
                 "Area on the sphere: (ra2-ra1) (180/pi) (sin dec2 - sin dec1); summed over bricks for a region.",
                 "dhs"});
  out.push_back({"ebv", kFloat64, "mag", kNever, "Median reddening E(B-V) of the brick (SFD98).", "EBV"});
  for (const char* band : {"g", "r", "z"}) {
    const NullRule rule = band[0] == 'r' ? kNever : kNullable;
    const char* null_text = rule == kNullable ? " Null = not in the bricks file." : "";
    const char upper = static_cast<char>(std::toupper(band[0]));
    out.push_back({fmt::format("psfsize_{}", band), kFloat64, "arcsec", rule,
                   fmt::format("Median PSF FWHM of the brick in {}.{}", band, null_text),
                   fmt::format("PSFSIZE_{}", upper)});
  }
  for (const char* band : {"g", "r", "z"}) {
    const NullRule rule = band[0] == 'r' ? kNever : kNullable;
    const char* null_text = rule == kNullable ? " Null = not in the bricks file." : "";
    const char upper = static_cast<char>(std::toupper(band[0]));
    out.push_back({fmt::format("psfdepth_{}", band), kFloat64, "mag", rule,
                   fmt::format("Median 5-sigma point-source depth of the brick in {}, AB.{}", band, null_text),
                   fmt::format("PSFDEPTH_{}", upper)});
  }
  for (const char* band : {"g", "r", "z"}) {
    const char upper = static_cast<char>(std::toupper(band[0]));
    out.push_back({fmt::format("nexp_{}", band), kInt64, "", kNullable,
                   fmt::format("Median number of exposures of the brick in {}. Null = not in the bricks file.", band),
                   fmt::format("NEXP_{}", upper)});
  }
  out.push_back({"n_gal", kInt64, "", kNever, "Sources with TYPE not PSF and flux > 0 in r, z and W1 (+inf counts).",
                 "TYPE, FLUX_R, FLUX_Z, FLUX_W1"});
  for (const auto& v : kVariants) {
    out.push_back({fmt::format("n_lrg_{}", v.name), kInt64, "", kNever,
                   fmt::format("Sources for which is_{} is true.", v.name), "dhs"});
  }
  out.push_back({"gal_density", kFloat64, "1/deg2", kNever, "n_gal / area_deg2.", "dhs"});
  for (const auto& v : kVariants) {
    out.push_back({fmt::format("lrg_density_{}", v.shortname), kFloat64, "1/deg2", kNever,
                   fmt::format("n_lrg_{} / area_deg2.", v.name), "dhs"});
  }
  out.push_back({"lrg_frac_v3", kFloat64, "", kNullable, "n_lrg_v3_color_relaxed / n_gal. Null = n_gal is 0.", "dhs"});
  out.push_back({"region_id", kInt32, "", kNever,
                 "Region (a connected component or a tile of one): 0-based rank by its smallest brick name.", "dhs"});
  out.push_back({"component_id", kInt32, "", kNever,
                 "Connected component the region is cut from; equal to region_id where nothing is cut.", "dhs"});
  out.push_back(
      {"brick_degree", kInt32, "", kNever, "Number of adjacent bricks that also pass the quality cuts.", "dhs"});
  out.push_back({"brick_split", kString, "", kNever,
                 "train, val or test; buffer = too close to a brick of another split, therefore in none.", "dhs"});
}

void AddStatistics(std::vector<ColumnSpec>& out) {
  const struct {
    const char *name, *unit;
    bool integer, nullable;
  } quantities[] = {{"psfsize_r", "arcsec", false, false},
                    {"psfdepth_r", "mag", false, false},
                    {"ebv", "mag", false, false},
                    {"brick_degree", "", true, false},
                    {"gal_density", "1/deg2", false, false},
                    {"lrg_frac_v3", "", false, true},
                    {"nexp_g", "", true, true},
                    {"nexp_r", "", true, true},
                    {"nexp_z", "", true, true}};
  for (const auto& q : quantities) {
    const NullRule rule = q.nullable ? kNullable : kNever;
    const char* null_text = q.nullable ? " Null = no brick has a value." : "";
    out.push_back({fmt::format("{}_mean", q.name), kFloat64, q.unit, rule,
                   fmt::format("Mean of {} over the region's bricks, unweighted.{}", q.name, null_text), "dhs"});
    out.push_back({fmt::format("{}_std", q.name), kFloat64, q.unit, kNullable,
                   fmt::format("Sample standard deviation of {}. Null = fewer than two values.", q.name), "dhs"});
    for (int p : {10, 50, 90}) {
      out.push_back(
          {fmt::format("{}_p{}", q.name, p), q.integer ? kInt64 : kFloat64, q.unit, rule,
           fmt::format("Percentile {} of {}: the element at rank ceil({} n).{}", p, q.name, p / 100.0, null_text),
           "dhs"});
    }
  }
}

void AddRegionColumns(std::vector<ColumnSpec>& out) {
  out.push_back({"n_bricks", kInt64, "", kNever, "Number of bricks of the region.", "dhs"});
  out.push_back({"n_gal_total", kInt64, "", kNever, "Sum of n_gal over the region's bricks.", "dhs"});
  out.push_back({"gal_density_area_sum", kFloat64, "", kNever, "Sum of gal_density x area_deg2.", "dhs"});
  for (const auto& v : kVariants) {
    out.push_back({fmt::format("n_lrg_{}_total", v.shortname), kInt64, "", kNever,
                   fmt::format("Sum of n_lrg_{} over the region's bricks.", v.name), "dhs"});
  }
  AddStatistics(out);
  out.push_back(
      {"ra_min", kFloat64, "deg", kNever,
       "Least right ascension of the brick centres; with tessellation adjacency the western end of the shortest "
       "arc that holds them, which is above ra_max where it crosses RA 0.",
       "dhs"});
  out.push_back({"ra_max", kFloat64, "deg", kNever,
                 "Greatest right ascension of the brick centres, or the eastern end of that arc.", "dhs"});
  out.push_back({"dec_min", kFloat64, "deg", kNever, "Least declination of the brick centres.", "dhs"});
  out.push_back({"dec_max", kFloat64, "deg", kNever, "Greatest declination of the brick centres.", "dhs"});
  for (const auto& v : kVariants) {
    out.push_back({fmt::format("lrg_density_{}_areaweighted", v.shortname), kFloat64, "1/deg2", kNever,
                   fmt::format("n_lrg_{}_total / area_deg2.", v.shortname), "dhs"});
  }
  out.push_back(
      {"compactness", kFloat64, "", kNullable,
       "area_deg2 / (RA span, of the arc, x Dec span x cos of the mid Dec) of the brick centres. Null = a span "
       "is 0.",
       "dhs"});
  out.push_back({"split_u", kFloat64, "", kNever,
                 "Uniform number of the region: (|xxhash64(region_id, seed)| mod 1,000,000) / 1,000,000.", "dhs"});
  out.push_back(
      {"region_split", kString, "", kNever,
       "train, val or test: a property of the region. In region_metrics also mixed: each brick has a split of its own "
       "(brick_split).",
       "dhs"});
  out.push_back({"w_psf", kFloat64, "", kNever, "clip(exp(-(psfsize_r_p50 - 1.25)/0.25), 0, 1).", "dhs"});
  out.push_back({"w_depth", kFloat64, "", kNever, "1/(1 + exp(-(psfdepth_r_p50 - 23.8)/0.25)).", "dhs"});
  out.push_back({"w_ebv", kFloat64, "", kNever, "clip(exp(-4 ebv_p50), 0, 1).", "dhs"});
  out.push_back({"score_density", kFloat64, "1/deg2", kNever, "Area-weighted density of the variant.", "dhs"});
  out.push_back({"score_n_lrg", kFloat64, "", kNever, "Total count of the variant.", "dhs"});
  out.push_back({"score_area_weighted", kFloat64, "", kNever, "score_density x area_deg2^0.5.", "dhs"});
  out.push_back({"score_psf_weighted", kFloat64, "", kNever, "score_density x w_psf x w_depth x w_ebv.", "dhs"});
}

void AddSelectionColumns(std::vector<ColumnSpec>& out) {
  out.push_back({"selection_set_id", kString, "", kNever, "Name of the selection set, e.g. topk_density_k100.", "dhs"});
  out.push_back({"selection_strategy", kString, "", kNever, "topk, stratified_custom or stratified_balanced.", "dhs"});
  out.push_back({"ranking_mode", kString, "", kNever, "n_lrg, density, area_weighted or psf_weighted.", "dhs"});
  out.push_back({"ranking_score_col", kString, "", kNever, "Column of region_metrics that ranks the regions.", "dhs"});
  out.push_back({"region_rank", kInt32, "", kNever, "1-based rank within the split (and density bin).", "dhs"});
  out.push_back({"density_bin", kInt32, "", kNullable, "0-based density bin. Null = not a stratified set.", "dhs"});
}

const std::vector<ColumnSpec>& Dictionary() {
  static const std::vector<ColumnSpec> columns = [] {
    std::vector<ColumnSpec> out;
    AddObjectColumns(out);
    AddBrickColumns(out);
    AddRegionColumns(out);
    AddSelectionColumns(out);
    return out;
  }();
  return columns;
}

std::vector<std::string> Names(std::initializer_list<std::vector<std::string>> parts) {
  std::vector<std::string> names;
  for (const auto& part : parts) names.insert(names.end(), part.begin(), part.end());
  return names;
}

std::vector<std::string> PerVariant(const char* pattern, bool short_name) {
  std::vector<std::string> names;
  for (const auto& v : kVariants)
    names.push_back(fmt::format(fmt::runtime(pattern), short_name ? v.shortname : v.name));
  return names;
}

std::vector<std::string> Statistics() {
  std::vector<std::string> names;
  for (const char* q :
       {"psfsize_r", "psfdepth_r", "ebv", "brick_degree", "gal_density", "lrg_frac_v3", "nexp_g", "nexp_r", "nexp_z"}) {
    for (const char* s : {"mean", "std", "p10", "p50", "p90"}) names.push_back(fmt::format("{}_{}", q, s));
  }
  return names;
}

const std::vector<std::string>& RawMagnitudes() {
  static const std::vector<std::string> names = {"gmag", "rmag", "zmag", "w1mag"};
  return names;
}
const std::vector<std::string>& MwMagnitudes() {
  static const std::vector<std::string> names = {"gmag_mw", "rmag_mw", "zmag_mw", "w1mag_mw"};
  return names;
}

std::string_view TypeName(ColumnType type) {
  switch (type) {
    case kBool:
      return "bool";
    case kInt32:
      return "int32";
    case kInt64:
      return "int64";
    case kFloat32:
      return "float32";
    case kFloat64:
      return "float64";
    case kString:
      return "string";
  }
  return "";
}

std::string_view NullRuleName(NullRule rule) {
  switch (rule) {
    case kNever:
      return "no null, no NaN";
    case kNanOnly:
      return "NaN";
    case kNullable:
      return "null";
  }
  return "";
}

}  // namespace

std::span<const ColumnSpec> AllColumns() { return Dictionary(); }

const ColumnSpec* FindColumn(std::string_view name) {
  static const std::unordered_map<std::string_view, const ColumnSpec*> by_name = [] {
    std::unordered_map<std::string_view, const ColumnSpec*> map;
    for (const ColumnSpec& column : Dictionary()) map.emplace(column.name, &column);
    return map;
  }();
  const auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : found->second;
}

const TableSpec& BrickCountsTable() {
  static const TableSpec table = {"brick_counts", 1, "One row per brick that has a source, sorted by brickname.",
                                  Names({{"brickname", "n_gal"}, PerVariant("n_lrg_{}", false)})};
  return table;
}

const TableSpec& CandidatesTable() {
  static const TableSpec table = {
      "candidates", 1,
      "One row per source of the loosest variant asked for; one file per sweep, sorted by brickname, objid.",
      Names({{"brickname", "objid", "ra", "dec"},
             RawMagnitudes(),
             {"rz", "zw1"},
             MwMagnitudes(),
             {"rz_mw", "zw1_mw"},
             {"maskbits", "type"},
             PerVariant("is_{}", false)})};
  return table;
}

const TableSpec& ParentTable() {
  static const TableSpec table = {
      "parent", 1, "One row per LRG of the variant inside the selected regions, sorted by region_id, brickname, objid.",
      Names({{"region_id", "region_split"}, CandidatesTable().columns})};
  return table;
}

const TableSpec& ParentCompactTable() {
  static const TableSpec table = {
      "parent_compact", 1, "The parent catalog in few files, sorted by region_id, brickname, objid within a split.",
      Names({{"brickname", "objid", "region_id", "region_split", "ra", "dec"},
             RawMagnitudes(),
             {"rz", "zw1"},
             MwMagnitudes(),
             {"rz_mw", "zw1_mw"},
             {"maskbits", "type"},
             PerVariant("is_{}", false),
             {"gmag_valid"}})};
  return table;
}

const TableSpec& BricksWithRegionTable() {
  static const TableSpec table = {
      "bricks_with_region", 1, "One row per brick that passes the quality cuts, sorted by brickname.",
      Names({{"brickname", "ra", "dec", "ra1", "ra2", "dec1", "dec2", "area_deg2", "ebv", "psfsize_g", "psfsize_r",
              "psfsize_z", "psfdepth_g", "psfdepth_r", "psfdepth_z", "nexp_g", "nexp_r", "nexp_z", "n_gal"},
             PerVariant("n_lrg_{}", false),
             {"gal_density"},
             PerVariant("lrg_density_{}", true),
             {"lrg_frac_v3", "region_id", "component_id", "brick_degree", "brick_split"}})};
  return table;
}

const TableSpec& RegionMetricsTable() {
  static const TableSpec table = {
      "region_metrics", 1, "One row per region, sorted by region_id.",
      Names({{"region_id", "component_id", "n_bricks", "area_deg2", "n_gal_total", "gal_density_area_sum"},
             PerVariant("n_lrg_{}_total", true),
             Statistics(),
             {"ra_min", "ra_max", "dec_min", "dec_max"},
             PerVariant("lrg_density_{}_areaweighted", true),
             {"compactness", "split_u", "region_split", "w_psf", "w_depth", "w_ebv", "score_density", "score_n_lrg",
              "score_area_weighted", "score_psf_weighted"}})};
  return table;
}

const TableSpec& RegionSelectionsTable() {
  static const TableSpec table = {
      "region_selections",
      1,
      "One row per region of a selection set, in the order of sets, splits, bins and ranks.",
      {"selection_set_id",
       "selection_strategy",
       "ranking_mode",
       "ranking_score_col",
       "region_id",
       "region_split",
       "region_rank",
       "density_bin",
       "area_deg2",
       "n_bricks",
       "n_lrg_v3_total",
       "lrg_density_v3_areaweighted",
       "score_density",
       "score_n_lrg",
       "score_area_weighted",
       "score_psf_weighted",
       "psfsize_r_p50",
       "psfdepth_r_p50",
       "ebv_p50",
       "compactness"}};
  return table;
}

std::span<const TableSpec* const> AllTables() {
  static const TableSpec* const tables[] = {&BrickCountsTable(),   &CandidatesTable(),       &BricksWithRegionTable(),
                                            &RegionMetricsTable(), &RegionSelectionsTable(), &ParentTable(),
                                            &ParentCompactTable()};
  return tables;
}

std::shared_ptr<arrow::DataType> ArrowType(ColumnType type) {
  switch (type) {
    case kBool:
      return arrow::boolean();
    case kInt32:
      return arrow::int32();
    case kInt64:
      return arrow::int64();
    case kFloat32:
      return arrow::float32();
    case kFloat64:
      return arrow::float64();
    case kString:
      return arrow::utf8();
  }
  return nullptr;
}

std::shared_ptr<arrow::Schema> SchemaOf(const TableSpec& spec) { return SchemaOf(spec, spec.columns); }

std::shared_ptr<arrow::Schema> SchemaOf(const TableSpec& spec, const std::vector<std::string>& present) {
  arrow::FieldVector fields;
  for (const std::string& name : spec.columns) {
    if (std::find(present.begin(), present.end(), name) == present.end()) continue;
    const ColumnSpec& column = *FindColumn(name);
    auto metadata =
        arrow::key_value_metadata({"unit", "description", "source"}, {column.unit, column.meaning, column.source});
    fields.push_back(arrow::field(name, ArrowType(column.type), column.null_rule == kNullable, metadata));
  }
  return arrow::schema(std::move(fields), arrow::key_value_metadata({"dhs.table", "dhs.schema_version"},
                                                                    {spec.name, fmt::format("{}", spec.version)}));
}

bool FlagsReferToCorrected(const arrow::Schema& schema) {
  return schema.HasMetadata() && schema.metadata()->Get(kFlagsReferTo).ValueOr("") == kCorrected;
}

std::shared_ptr<arrow::Schema> WithCorrectedFlags(const std::shared_ptr<arrow::Schema>& schema) {
  auto metadata = schema->HasMetadata() ? schema->metadata()->Copy() : arrow::key_value_metadata({}, {});
  metadata->Append(kFlagsReferTo, kCorrected);
  return schema->WithMetadata(std::move(metadata));
}

std::string ColumnDictionaryMarkdown() {
  std::string text =
      "<!-- Generated by `dhs reference columns`; do not edit. -->\n\n# Columns\n\n"
      "Every column of every table that `dhs` writes. The same words are in the Parquet files, as field metadata.\n";
  for (const TableSpec* table : AllTables()) {
    text += fmt::format("\n## {}\n\n{} Schema version {}.\n\n", table->name, table->doc, table->version);
    text += "| column | type | unit | absent values | meaning | from |\n|---|---|---|---|---|---|\n";
    for (const std::string& name : table->columns) {
      const ColumnSpec& column = *FindColumn(name);
      std::string meaning = column.meaning;
      for (size_t at = 0; (at = meaning.find('|', at)) != std::string::npos; at += 2) meaning.insert(at, "\\");
      text += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", column.name, TypeName(column.type), column.unit,
                          NullRuleName(column.null_rule), meaning, column.source);
    }
  }
  return text;
}

}  // namespace dhs::catalog
