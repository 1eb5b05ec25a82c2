// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "stage/stage.h"
#include "validate/validate.h"

namespace dhs::validate {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Validation report</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid #ccc; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .5rem 0; }
.wide { overflow-x: auto; font-size: .88em; } .wide th, .wide td { padding: .15rem .35rem; }
th, td { padding: .2rem .6rem; text-align: left; border-bottom: 1px solid #e5e5e5; vertical-align: top; }
th { font-weight: 600; background: #f5f5f5; } td.n, th.n { text-align: right; }
.badge { display: inline-block; padding: 0 .5rem; border-radius: .3rem; font-weight: 600; color: #fff; }
.pass { background: #1b6e3c; } .fail { background: #b3261e; } .warn { background: #8a5a00; } .not_run { background: #666; }
code { font-size: .92em; } ul { margin: .2rem 0; padding-left: 1.2rem; }
</style>
</head>
<body>
)";

std::string Escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string Cell(const Json& value) {
  if (value.is_null()) return "<td class=n>–</td>";
  if (value.is_number_integer()) return fmt::format("<td class=n>{}</td>", FormatCount(value.get<int64_t>()));
  if (value.is_number()) return fmt::format("<td class=n>{:.3f}</td>", value.get<double>());
  return fmt::format("<td>{}</td>", Escape(value.is_string() ? value.get<std::string>() : value.dump()));
}

// Rows of objects with the same keys; a key that an object lacks is an empty cell.
std::string Table(const std::vector<std::string>& keys, const std::vector<Json>& rows) {
  std::string html = "<div class=wide><table><tr>";
  for (const std::string& key : keys) {
    const bool number = !rows.empty() && rows.front().contains(key) && !rows.front()[key].is_string();
    html += fmt::format("<th{}>{}</th>", number ? " class=n" : "", Escape(key));
  }
  html += "</tr>\n";
  for (const Json& row : rows) {
    html += "<tr>";
    for (const std::string& key : keys) html += row.contains(key) ? Cell(row[key]) : "<td></td>";
    html += "</tr>\n";
  }
  return html + "</table></div>\n";
}

std::vector<Json> Rows(const Json& array) { return {array.begin(), array.end()}; }

// {"a": {...}} as rows with the key in front.
std::vector<Json> NamedRows(const Json& object, const char* name_key) {
  std::vector<Json> rows;
  for (const auto& [name, values] : object.items()) {
    if (!values.is_object()) continue;
    Json row = {{name_key, name}};
    row.update(values);
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string Findings(const Json& check) {
  if (check["findings"].empty()) return "";
  std::string html = "<ul>";
  for (const Json& finding : check["findings"]) {
    html += "<li>";
    for (const auto& [key, value] : finding.items()) {
      html +=
          fmt::format("{} <code>{}</code> ", key, Escape(value.is_string() ? value.get<std::string>() : value.dump()));
    }
    html += "</li>";
  }
  return html + "</ul>";
}

std::string Checks(const Json& report) {
  std::string html =
      "<h2>Checks</h2>\n<div class=wide><table><tr><th>verdict</th><th>check</th><th>what holds for a right "
      "catalog</th><th class=n>violations</th></tr>\n";
  for (const Json& check : report["checks"]) {
    const std::string status = check["status"].get<std::string>();
    const char* const label = status == "pass"   ? "PASS"
                              : status == "fail" ? "FAIL"
                              : status == "warn" ? "WARN"
                                                 : "not run";
    html += fmt::format(
        "<tr><td><span class=\"badge {}\">{}</span></td><td><code>{}</code></td><td>{}{}</td><td "
        "class=n>{}</td></tr>\n",
        status, label, Escape(check["id"].get<std::string>()), Escape(check["meaning"].get<std::string>()),
        Findings(check), FormatCount(check["violations"].get<int64_t>()));
  }
  return html + "</table></div>\n";
}

}  // namespace

std::string ReportHtml(const Json& report) {
  const bool pass = report["verdict"] == "pass";
  std::string html = kHead;
  html += fmt::format("<h1>Validation of {} <span class=\"badge {}\">{}</span></h1>\n",
                      Escape(report["catalog"].get<std::string>()), pass ? "pass" : "fail", pass ? "PASS" : "FAIL");
  html += fmt::format(
      "<p>{} rows, table <code>{}</code>, variant <code>{}</code>. {} checks failed, {} with warnings, {} "
      "could not run.</p>\n",
      FormatCount(report["rows"].get<int64_t>()), Escape(report["table"].get<std::string>()),
      Escape(report["variant"].get<std::string>()), report["checks_failed"].get<int64_t>(),
      report["checks_warned"].get<int64_t>(), report["checks_not_run"].get<int64_t>());
  html += Checks(report);
  const Json& structure = report["structure"];
  html += fmt::format("<h2>Structure</h2>\n<p>{} files, {}.</p>\n", FormatCount(structure["files"].get<int64_t>()),
                      FormatBytes(structure["bytes"].get<int64_t>()));
  html += Table({"partition", "files", "rows", "bytes"}, NamedRows(structure["partitions"], "partition"));
  html += "<h2>Data quality</h2>\n<p>Magnitudes and colours in mag; NaN is left out of every figure.</p>\n";
  html += Table({"name", "nulls", "nans", "min", "p1", "p5", "p25", "p50", "p75", "p95", "p99", "max", "mean", "std"},
                Rows(report["data_quality"]["columns"]));
  html += "<h2>Flags</h2>\n<p>Stored against recomputed from the stored columns.</p>\n";
  html += Table({"variant", "stored_true", "true_positive", "false_positive", "false_negative", "true_negative"},
                Rows(report["flags"]));
  html += "<h2>Milky Way correction</h2>\n<p>Raw minus corrected magnitude.</p>\n";
  html += Table({"band", "pairs", "left_out", "mean_mag", "min_mag", "max_mag"}, Rows(report["mw_correction"]));
  const Json& coverage = report["coverage"];
  html += fmt::format("<h2>Coverage</h2>\n<p>{} objects in {} regions and {} bricks.</p>\n",
                      FormatCount(coverage["objects"].get<int64_t>()), FormatCount(coverage["regions"].get<int64_t>()),
                      FormatCount(coverage["bricks"].get<int64_t>()));
  if (coverage.contains("missing_bricks")) {
    const Json& missing = coverage["missing_bricks"];
    html += fmt::format(
        "<p>Bricks of dhs regions that are not here: {} not selected, {} selected but without LRG, {} lost.</p>",
        FormatCount(missing["not_selected"].get<int64_t>()), FormatCount(missing["without_lrg"].get<int64_t>()),
        FormatCount(missing["lost"].get<int64_t>()));
  }
  html += Table({"split", "objects", "regions", "bricks", "share"}, NamedRows(coverage["by_split"], "split"));
  const Json spreads = {{"bricks per region", coverage["bricks_per_region"]},
                        {"objects per brick", coverage["objects_per_brick"]}};
  html += Table({"figure", "min", "p25", "p50", "p75", "p90", "p99", "max", "mean"}, NamedRows(spreads, "figure"));
  html += Table({"region_id", "region_split", "bricks", "objects", "share"}, Rows(coverage["top_regions"]));
  html += "<h2>Types</h2>\n";
  std::vector<Json> types;
  for (const auto& [type, rows] : report["integrity"]["types"].items()) {
    types.push_back({{"type", type}, {"objects", rows}});
  }
  html += Table({"type", "objects"}, types);
  return html + "</body>\n</html>\n";
}

}  // namespace dhs::validate
