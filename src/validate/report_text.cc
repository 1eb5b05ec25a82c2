// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <fmt/format.h>

#include "stage/stage.h"
#include "validate/validate.h"

namespace dhs::validate {
namespace {

using Json = nlohmann::ordered_json;

std::string Count(const Json& value) { return value.is_null() ? "-" : FormatCount(value.get<int64_t>()); }

std::string Decimal(const Json& value, int digits = 3) {
  return value.is_null() ? "-" : fmt::format("{:.{}f}", value.get<double>(), digits);
}

std::string Where(const Json& finding) {
  std::string text;
  if (finding.contains("file")) text += finding["file"].get<std::string>();
  if (finding.contains("row")) text += fmt::format(" row {}", finding["row"].get<int64_t>());
  if (finding.contains("column")) text += fmt::format(" column {}", finding["column"].get<std::string>());
  if (finding.contains("brickname")) text += fmt::format(" brick {}", finding["brickname"].get<std::string>());
  if (finding.contains("objid")) text += fmt::format(" objid {}", finding["objid"].get<int64_t>());
  if (finding.contains("value")) text += fmt::format(": {}", finding["value"].get<std::string>());
  return text;
}

std::string Problems(const Json& report) {
  std::string text;
  for (const char* status : {"fail", "warn"}) {
    for (const Json& check : report["checks"]) {
      if (check["status"] != status) continue;
      text +=
          fmt::format("{} {} ({} violations)\n     expected: {}\n", check["status"] == "fail" ? "FAIL" : "WARN",
                      check["id"].get<std::string>(), Count(check["violations"]), check["meaning"].get<std::string>());
      for (const Json& finding : check["findings"]) text += fmt::format("     {}\n", Where(finding));
      const auto listed = static_cast<int64_t>(check["findings"].size());
      const int64_t more = check["violations"].get<int64_t>() - listed;
      if (more > 0) text += fmt::format("     and {} more\n", FormatCount(more));
    }
  }
  return text;
}

std::string Checks(const Json& report) {
  std::string text = "Checks\n";
  for (const Json& check : report["checks"]) {
    text += fmt::format("  {:<8}{:<32}{:>12}\n", check["status"].get<std::string>(), check["id"].get<std::string>(),
                        Count(check["violations"]));
  }
  return text;
}

std::string Structure(const Json& structure) {
  std::string text = fmt::format("Structure: {} files, {}\n", Count(structure["files"]),
                                 FormatBytes(structure["bytes"].get<int64_t>()));
  for (const auto& [name, p] : structure["partitions"].items()) {
    text += fmt::format("  {:<26}{:>8} files{:>14} rows{:>12}\n", name, Count(p["files"]), Count(p["rows"]),
                        FormatBytes(p["bytes"].get<int64_t>()));
  }
  return text;
}

std::string DataQuality(const Json& quality) {
  std::string text = fmt::format("Data quality (mag)\n  {:<10}{:>9}{:>9}", "", "nulls", "NaN");
  const char* const figures[] = {"min", "p1", "p5", "p25", "p50", "p75", "p95", "p99", "max", "mean", "std"};
  for (const char* figure : figures) text += fmt::format("{:>8}", figure);
  text += '\n';
  for (const Json& column : quality["columns"]) {
    const bool has_figures = column.contains("p50");
    if (!has_figures && column["nulls"] == 0 && column["nans"] == 0) continue;
    text += fmt::format("  {:<10}{:>9}{:>9}", column["name"].get<std::string>(), Count(column["nulls"]),
                        Count(column["nans"]));
    for (const char* figure : figures) text += has_figures ? fmt::format("{:>8}", Decimal(column[figure])) : "";
    text += '\n';
  }
  return text;
}

std::string Flags(const Json& report) {
  std::string text = fmt::format("Flags, stored against recomputed\n  {:<20}{:>13}{:>13}{:>13}{:>13}\n", "",
                                 "both true", "only stored", "only recomp.", "both false");
  for (const Json& flag : report["flags"]) {
    text += fmt::format("  {:<20}{:>13}{:>13}{:>13}{:>13}\n", flag["variant"].get<std::string>(),
                        Count(flag["true_positive"]), Count(flag["false_positive"]), Count(flag["false_negative"]),
                        Count(flag["true_negative"]));
  }
  text += "Milky Way correction, raw - corrected (mag)\n";
  for (const Json& band : report["mw_correction"]) {
    text += fmt::format("  {:<4} mean {:>7} min {:>7} max {:>7}  {} pairs, {} left out\n",
                        band["band"].get<std::string>(), Decimal(band["mean_mag"]), Decimal(band["min_mag"]),
                        Decimal(band["max_mag"]), Count(band["pairs"]), Count(band["left_out"]));
  }
  return text;
}

std::string Coverage(const Json& coverage) {
  std::string text = fmt::format("Coverage: {} objects, {} regions, {} bricks\n", Count(coverage["objects"]),
                                 Count(coverage["regions"]), Count(coverage["bricks"]));
  if (coverage.contains("missing_bricks")) {
    const Json& missing = coverage["missing_bricks"];
    text += fmt::format(
        "  bricks of dhs regions that are not here: {} not selected, {} selected but without LRG, {} lost\n",
        Count(missing["not_selected"]), Count(missing["without_lrg"]), Count(missing["lost"]));
  }
  for (const auto& [name, split] : coverage["by_split"].items()) {
    text += fmt::format("  {:<8}{:>14} objects ({:.1f} %){:>10} regions{:>12} bricks\n", name, Count(split["objects"]),
                        split["share"].get<double>() * 100.0, Count(split["regions"]), Count(split["bricks"]));
  }
  for (const char* what : {"bricks_per_region", "objects_per_brick"}) {
    const Json& spread = coverage[what];
    if (spread.is_null()) continue;
    text += fmt::format("  {:<18} min {} p25 {} p50 {} p75 {} p90 {} p99 {} max {} mean {}\n", what,
                        Count(spread["min"]), Count(spread["p25"]), Count(spread["p50"]), Count(spread["p75"]),
                        Count(spread["p90"]), Count(spread["p99"]), Count(spread["max"]), Decimal(spread["mean"], 2));
  }
  text += "  largest regions:\n";
  for (const Json& region : coverage["top_regions"]) {
    text += fmt::format("    {:>8} {:<6}{:>10} bricks{:>14} objects ({:.1f} %)\n", region["region_id"].get<int64_t>(),
                        region["region_split"].get<std::string>(), Count(region["bricks"]), Count(region["objects"]),
                        region["share"].get<double>() * 100.0);
  }
  return text;
}

}  // namespace

std::string ReportText(const Json& report) {
  std::string text = fmt::format("Validation of {} ({}, {}): {}\n", report["catalog"].get<std::string>(),
                                 report["table"].get<std::string>(), report["variant"].get<std::string>(),
                                 report["verdict"] == "pass" ? "PASS" : "FAIL");
  text += fmt::format("  {} rows; {} checks failed, {} with warnings, {} could not run\n", Count(report["rows"]),
                      Count(report["checks_failed"]), Count(report["checks_warned"]), Count(report["checks_not_run"]));
  text += Problems(report) + "\n" + Checks(report) + "\n" + Structure(report["structure"]) + "\n" +
          DataQuality(report["data_quality"]) + "\n" + Flags(report) + "\n" + Coverage(report["coverage"]) + "\n";
  text += "Types:";
  for (const auto& [type, rows] : report["integrity"]["types"].items()) {
    text += fmt::format(" {} {}", type.empty() ? "(blank)" : type, Count(rows));
  }
  return text + "\n";
}

}  // namespace dhs::validate
