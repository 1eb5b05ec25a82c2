// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "validate/validate.h"

namespace dhs::validate {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kReportVersion = 1;
constexpr size_t kNumTopRegions = 20;

Json Number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
Json Number(std::optional<float> value) { return value ? Number(static_cast<double>(*value)) : Json(nullptr); }

std::string_view StatusOf(const CheckSpec& spec, const CheckCount& count) {
  if (!count.ran) return "not_run";
  if (count.violations == 0) return "pass";
  return spec.severity == Severity::kError ? "fail" : "warn";
}

Json FindingJson(const Finding& finding, const Catalog& catalog) {
  Json json = Json::object();
  if (finding.file >= 0) json["file"] = catalog.files[static_cast<size_t>(finding.file)].path;
  if (finding.row >= 0) json["row"] = finding.row;
  if (!finding.brickname.empty()) json["brickname"] = finding.brickname;
  if (finding.objid >= 0) json["objid"] = finding.objid;
  if (!finding.column.empty()) json["column"] = finding.column;
  if (!finding.value.empty()) json["value"] = finding.value;
  return json;
}

Json ChecksJson(const std::vector<CheckCount>& counts, const Catalog& catalog) {
  Json checks = Json::array();
  for (size_t c = 0; c < counts.size(); ++c) {
    const CheckSpec& spec = AllChecks()[c];
    Json findings = Json::array();
    for (const Finding& finding : counts[c].findings) findings.push_back(FindingJson(finding, catalog));
    checks.push_back({{"id", spec.id},
                      {"section", SectionName(spec.section)},
                      {"severity", spec.severity == Severity::kError ? "error" : "warning"},
                      {"meaning", spec.meaning},
                      {"status", StatusOf(spec, counts[c])},
                      {"violations", counts[c].violations},
                      {"findings", std::move(findings)}});
  }
  return checks;
}

// The element at rank ceil(p n) of sorted integers.
int64_t Rank(const std::vector<int64_t>& sorted, double p) {
  const auto n = static_cast<int64_t>(sorted.size());
  const auto rank = std::clamp<int64_t>(static_cast<int64_t>(std::ceil(p * static_cast<double>(n))), 1, n);
  return sorted[static_cast<size_t>(rank - 1)];
}

Json Spread(std::vector<int64_t> values) {
  if (values.empty()) return nullptr;
  std::sort(values.begin(), values.end());
  int64_t sum = 0;
  for (const int64_t value : values) sum += value;
  return {{"min", values.front()},     {"p25", Rank(values, 0.25)},
          {"p50", Rank(values, 0.50)}, {"p75", Rank(values, 0.75)},
          {"p90", Rank(values, 0.90)}, {"p99", Rank(values, 0.99)},
          {"max", values.back()},      {"mean", static_cast<double>(sum) / static_cast<double>(values.size())}};
}

Json StructureJson(const Catalog& catalog) {
  std::vector<int64_t> sizes;
  std::map<std::string, std::array<int64_t, 3>> partitions;
  int64_t bytes = 0;
  for (const CatalogFile& file : catalog.files) {
    sizes.push_back(file.num_bytes);
    bytes += file.num_bytes;
    // The first level of folders: region_split=train, whatever lies below it.
    const size_t slash = file.path.find('/');
    auto& partition = partitions[slash == std::string::npos ? std::string(".") : file.path.substr(0, slash)];
    ++partition[0];
    partition[1] += file.num_rows;
    partition[2] += file.num_bytes;
  }
  Json by_partition = Json::object();
  for (const auto& [name, p] : partitions) by_partition[name] = {{"files", p[0]}, {"rows", p[1]}, {"bytes", p[2]}};
  return {{"files", catalog.files.size()},
          {"bytes", bytes},
          {"bytes_per_file", Spread(std::move(sizes))},
          {"partitions", std::move(by_partition)}};
}

Json SchemaJson(const Catalog& catalog) {
  Json columns = Json::array();
  for (const std::string& name : catalog.table->columns) {
    const catalog::ColumnSpec& spec = *catalog::FindColumn(name);
    columns.push_back({{"name", name}, {"unit", spec.unit}, {"meaning", spec.meaning}});
  }
  return {{"table", catalog.table->name}, {"version", catalog.table->version}, {"columns", std::move(columns)}};
}

FileSums TotalSums(const Catalog& catalog) {
  FileSums total;
  for (const CatalogFile& file : catalog.files) {
    total.rows += file.sums.rows;
    for (size_t f = 0; f < total.floats.size(); ++f) total.floats[f].Add(file.sums.floats[f]);
    for (size_t b = 0; b < 4; ++b) total.corrections[b].Add(file.sums.corrections[b]);
  }
  return total;
}

Json DataQualityJson(const Catalog& catalog, const CatalogTally& tally, const FileSums& total) {
  Json columns = Json::array();
  for (const std::string& name : catalog.table->columns) {
    int index = 0;
    while (ColumnName(static_cast<Column>(index)) != name) ++index;
    const auto column = static_cast<Column>(index);
    Json entry = {{"name", name}, {"nulls", tally.nulls(column)}, {"nans", tally.nans(column)}};
    if (column >= kGmag && column <= kZw1Mw) {
      const ExactQuantiles& quantiles = tally.quantiles(column);
      const Moments& moments = total.floats[static_cast<size_t>(column - kGmag)];
      entry["count"] = quantiles.count();
      entry["min"] = Number(quantiles.Quantile(0.0));
      for (const int p : {1, 5, 25, 50, 75, 95, 99}) {
        entry["p" + std::to_string(p)] = Number(quantiles.Quantile(p / 100.0));
      }
      entry["max"] = Number(quantiles.Quantile(1.0));
      entry["mean"] = Number(moments.Mean());
      entry["std"] = Number(moments.StandardDeviation());
    }
    columns.push_back(std::move(entry));
  }
  return {{"columns", std::move(columns)}};
}

Json FlagsJson(const CatalogTally& tally) {
  Json flags = Json::array();
  for (size_t v = 0; v < tally.confusion().size(); ++v) {
    const Confusion& c = tally.confusion()[v];
    flags.push_back({{"variant", photometry::BuiltinVariants()[v].name},
                     {"stored_true", c.true_positive + c.false_positive},
                     {"true_positive", c.true_positive},
                     {"false_positive", c.false_positive},
                     {"false_negative", c.false_negative},
                     {"true_negative", c.true_negative}});
  }
  return flags;
}

Json CorrectionJson(const CatalogTally& tally, const FileSums& total) {
  Json bands = Json::array();
  const char* const names[] = {"g", "r", "z", "W1"};
  for (size_t b = 0; b < 4; ++b) {
    const Moments& m = total.corrections[b];
    bands.push_back({{"band", names[b]},
                     {"pairs", m.count},
                     {"left_out", total.rows - m.count},
                     {"mean_mag", Number(m.Mean())},
                     {"min_mag", Number(tally.correction_range()[b][0])},
                     {"max_mag", Number(tally.correction_range()[b][1])}});
  }
  return bands;
}

struct RegionCount {
  int32_t region_id;
  parent::SplitName split;
  int64_t bricks, objects;
};

Json CoverageJson(const std::vector<parent::PlaceCount>& places) {
  std::vector<RegionCount> regions;  // places are sorted by split, region
  std::map<std::string, std::array<int64_t, 3>> splits;
  std::vector<int64_t> per_brick, per_region;
  int64_t objects = 0;
  for (const parent::PlaceCount& p : places) {
    auto& split = splits[p.place.split.ToString()];
    if (regions.empty() || regions.back().split != p.place.split || regions.back().region_id != p.place.region_id) {
      regions.push_back({p.place.region_id, p.place.split, 0, 0});
      ++split[1];
    }
    ++regions.back().bricks;
    regions.back().objects += p.num_rows;
    split[0] += p.num_rows;
    ++split[2];
    objects += p.num_rows;
    per_brick.push_back(p.num_rows);
  }
  std::set<int32_t> ids;  // a region may have bricks in several splits
  for (const RegionCount& region : regions) {
    per_region.push_back(region.bricks);
    ids.insert(region.region_id);
  }
  Json by_split = Json::object();
  for (const auto& [name, s] : splits) {
    by_split[name] = {{"objects", s[0]},
                      {"regions", s[1]},
                      {"bricks", s[2]},
                      {"share", static_cast<double>(s[0]) / static_cast<double>(objects)}};
  }
  std::stable_sort(regions.begin(), regions.end(), [](const RegionCount& a, const RegionCount& b) {
    return a.objects != b.objects ? a.objects > b.objects : a.region_id < b.region_id;
  });
  Json top = Json::array();
  for (size_t r = 0; r < std::min(kNumTopRegions, regions.size()); ++r) {
    top.push_back({{"region_id", regions[r].region_id},
                   {"region_split", regions[r].split.ToString()},
                   {"bricks", regions[r].bricks},
                   {"objects", regions[r].objects},
                   {"share", static_cast<double>(regions[r].objects) / static_cast<double>(objects)}});
  }
  return {{"objects", objects},
          {"regions", ids.size()},
          {"bricks", places.size()},
          {"by_split", std::move(by_split)},
          {"bricks_per_region", Spread(std::move(per_region))},
          {"objects_per_brick", Spread(std::move(per_brick))},
          {"top_regions", std::move(top)}};
}

}  // namespace

Json MakeReport(const Catalog& catalog, const std::optional<MissingBricks>& missing, CatalogTally& tally) {
  const FileSums total = TotalSums(catalog);
  int64_t failed = 0, warned = 0, not_run = 0;
  for (size_t c = 0; c < tally.checks().size(); ++c) {
    const std::string_view status = StatusOf(AllChecks()[c], tally.checks()[c]);
    failed += status == "fail";
    warned += status == "warn";
    not_run += status == "not_run";
  }
  Json report = {{"report_version", kReportVersion}, {"verdict", failed == 0 ? "pass" : "fail"},
                 {"catalog", catalog.name},          {"table", catalog.table->name},
                 {"variant", catalog.variant},       {"rows", total.rows},
                 {"checks_failed", failed},          {"checks_warned", warned},
                 {"checks_not_run", not_run}};
  report["checks"] = ChecksJson(tally.checks(), catalog);
  report["structure"] = StructureJson(catalog);
  report["schema"] = SchemaJson(catalog);
  report["data_quality"] = DataQualityJson(catalog, tally, total);
  report["flags"] = FlagsJson(tally);
  report["mw_correction"] = CorrectionJson(tally, total);
  report["coverage"] = CoverageJson(tally.places());
  if (missing) {
    report["coverage"]["missing_bricks"] = {
        {"not_selected", missing->not_selected}, {"without_lrg", missing->without_lrg}, {"lost", missing->lost}};
  }
  report["integrity"] = {{"types", tally.types()}};
  return report;
}

}  // namespace dhs::validate
