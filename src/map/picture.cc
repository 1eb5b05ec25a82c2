// SPDX-License-Identifier: Apache-2.0
#include "map/picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <set>

#include <fmt/format.h>

#include "catalog/columns.h"
#include "regions/column_names.h"
#include "regions/split.h"
#include "stage/stage.h"

namespace dhs::map {

namespace {

// Regions below this share of the area have neither border nor number: they would hide what they belong to.
constexpr double kLeastBorderedShare = 0.002;
constexpr double kLeastMarkedShare = 0.02;
constexpr size_t kMaxMarks = 8;

// "1/deg2" as it is printed: "deg⁻²".
std::string PrettyUnit(const std::string& unit) {
  if (unit == "1/deg2") return "deg⁻²";
  if (unit == "deg2") return "deg²";
  return unit;
}

// The first sentence of what the dictionary says of a column; empty for a column of others.
std::string MeaningOf(const catalog::ColumnSpec* spec) {
  if (spec == nullptr) return "";
  const size_t end = spec->meaning.find(". ");
  std::string text = spec->meaning.substr(0, end);
  if (text.ends_with(".")) text.pop_back();
  return text;
}

std::vector<double> Areas(const BrickSheet& sheet) {
  std::vector<double> areas;
  areas.reserve(sheet.size());
  for (const sky::BrickBounds& bounds : sheet.bounds) areas.push_back(sky::BoxAreaDeg2(bounds));
  return areas;
}

std::vector<Cell> CellsOf(const BrickSheet& sheet, const std::vector<int32_t>& values) {
  std::vector<Cell> cells;
  cells.reserve(sheet.size());
  for (size_t i = 0; i < sheet.size(); ++i) cells.push_back({sheet.bounds[i], values[i]});
  return cells;
}

// Sums in the order of the sky, so that they do not depend on that of the rows.
double SumOf(std::vector<double> areas) {
  std::sort(areas.begin(), areas.end());
  double sum = 0;
  for (const double area : areas) sum += area;
  return sum;
}

std::map<int32_t, double> AreaOfRegions(const BrickSheet& sheet, const std::vector<double>& areas) {
  std::map<int32_t, std::vector<double>> of_region;
  for (size_t i = 0; i < sheet.region_id.size(); ++i) of_region[sheet.region_id[i]].push_back(areas[i]);
  std::map<int32_t, double> sums;
  for (auto& [id, values] : of_region) sums[id] = SumOf(std::move(values));
  return sums;
}

struct Direction {
  double x, y, z;
};
Direction DirectionOf(double ra_deg, double dec_deg) {
  constexpr double kDegree = std::numbers::pi / 180.0;
  return {std::cos(dec_deg * kDegree) * std::cos(ra_deg * kDegree),
          std::cos(dec_deg * kDegree) * std::sin(ra_deg * kDegree), std::sin(dec_deg * kDegree)};
}

// Middle of the region's brick nearest to its mean direction: inside the region, whatever its shape.
RegionMark MarkOf(const BrickSheet& sheet, int32_t region_id, double area_deg2) {
  std::vector<sky::BrickBounds> bricks;
  for (size_t i = 0; i < sheet.size(); ++i) {
    if (sheet.region_id[i] == region_id) bricks.push_back(sheet.bounds[i]);
  }
  std::sort(bricks.begin(), bricks.end(), [](const sky::BrickBounds& a, const sky::BrickBounds& b) {
    return std::tie(a.dec1_deg, a.ra1_deg) < std::tie(b.dec1_deg, b.ra1_deg);
  });
  const auto middle = [](const sky::BrickBounds& b) {
    return sky::EquatorialPoint{(b.ra1_deg + b.ra2_deg) / 2, (b.dec1_deg + b.dec2_deg) / 2};
  };
  Direction mean{0, 0, 0};
  for (const sky::BrickBounds& bounds : bricks) {
    const Direction d = DirectionOf(middle(bounds).ra_deg, middle(bounds).dec_deg);
    mean.x += d.x, mean.y += d.y, mean.z += d.z;
  }
  double best = -INFINITY;
  sky::EquatorialPoint at{0, 0};
  for (const sky::BrickBounds& bounds : bricks) {
    const Direction d = DirectionOf(middle(bounds).ra_deg, middle(bounds).dec_deg);
    const double product = d.x * mean.x + d.y * mean.y + d.z * mean.z;
    if (product > best) best = product, at = middle(bounds);
  }
  return {region_id, at.ra_deg, at.dec_deg, area_deg2};
}

// Borders and numbers of the large regions.
void AddRegions(const BrickSheet& sheet, const std::vector<double>& areas, Picture& picture) {
  if (sheet.region_id.empty()) return;
  const std::map<int32_t, double> area_of = AreaOfRegions(sheet, areas);
  std::vector<int32_t> values;
  values.reserve(sheet.size());
  for (const int32_t id : sheet.region_id) {
    values.push_back(area_of.at(id) >= kLeastBorderedShare * picture.area_deg2 ? id : -1);
  }
  picture.borders = BordersBetween(CellsOf(sheet, values));
  std::vector<std::pair<double, int32_t>> largest;
  for (const auto& [id, area] : area_of) {
    if (area >= kLeastMarkedShare * picture.area_deg2) largest.emplace_back(-area, id);
  }
  std::sort(largest.begin(), largest.end());
  if (largest.size() > kMaxMarks) largest.resize(kMaxMarks);
  for (const auto& [minus_area, id] : largest) picture.marks.push_back(MarkOf(sheet, id, -minus_area));
}

void AddLegend(const BrickSheet& sheet, const std::vector<double>& areas, const std::vector<int32_t>& values,
               const std::vector<std::string>& names, Picture& picture) {
  for (size_t value = 0; value < names.size(); ++value) {
    LegendRow row{.name = names[value], .color = picture.palette[value]};
    std::vector<double> own;
    std::set<int32_t> regions;
    for (size_t i = 0; i < sheet.size(); ++i) {
      if (values[i] != static_cast<int32_t>(value)) continue;
      own.push_back(areas[i]);
      if (!sheet.region_id.empty()) regions.insert(sheet.region_id[i]);
    }
    row.num_bricks = static_cast<int64_t>(own.size());
    row.area_deg2 = SumOf(std::move(own));
    if (!sheet.region_id.empty()) row.num_regions = static_cast<int64_t>(regions.size());
    const bool is_buffer = value == static_cast<size_t>(regions::Split::kBuffer);
    if (row.num_bricks > 0 || !is_buffer) picture.legend.push_back(std::move(row));
  }
}

Status DrawColumn(const BrickSheet& sheet, const MapOptions& options, Picture& picture) {
  std::optional<std::pair<double, double>> range;
  if (!options.range.empty()) range = {options.range[0], options.range[1]};
  picture.scale = MakeScale(sheet.values, range);
  if (!picture.scale) {
    const std::string& path = options.input.empty() ? options.output : options.input;
    return DataError(
        {.path = path, .column = sheet.column},
        fmt::format("expected at least one number, found none in {} bricks", FormatCount(picture.num_bricks)));
  }
  const ColorScale& scale = *picture.scale;
  for (int level = 0; level < kNumLevels; ++level) picture.palette.push_back(LevelColor(level));
  picture.palette.push_back(kNoValueColor);
  std::vector<int32_t> values;
  values.reserve(sheet.size());
  for (const double value : sheet.values) {
    const int level = scale.LevelOf(value);
    values.push_back(level < 0 ? kNumLevels : level);
  }
  picture.cells = MergeCells(CellsOf(sheet, values));
  const catalog::ColumnSpec* spec = catalog::FindColumn(regions::ToLower(sheet.column));
  const bool has_unit = spec != nullptr && !spec->unit.empty();
  picture.scale_label = has_unit ? fmt::format("{} [{}]", sheet.column, PrettyUnit(spec->unit)) : sheet.column;
  if (std::string meaning = MeaningOf(spec); !meaning.empty()) picture.notes.push_back(std::move(meaning));
  std::string note = options.range.empty()
                         ? fmt::format("Colours span percentiles {:g} to {:g}", scale.low_percent, scale.high_percent)
                         : std::string("Colours span the range that was asked for");
  note += fmt::format(": {} bricks lie below, {} above", FormatCount(scale.num_below), FormatCount(scale.num_above));
  if (scale.num_without_value > 0) note += fmt::format("; {} without a value", FormatCount(scale.num_without_value));
  picture.notes.push_back(std::move(note));
  return Status::OK();
}

}  // namespace

std::string FormatArea(double area_deg2) {
  const std::string text = fmt::format("{:.2f}", area_deg2);
  const size_t point = text.find('.');
  return FormatCount(std::stoll(text.substr(0, point))) + text.substr(point);
}

Result<Picture> MakePicture(const BrickSheet& sheet, const MapOptions& options) {
  Picture picture;
  const std::vector<double> areas = Areas(sheet);
  picture.num_bricks = static_cast<int64_t>(sheet.size());
  picture.area_deg2 = SumOf(areas);
  std::string what = "Footprint";
  if (!sheet.values.empty()) {
    what = sheet.column;
    ARROW_RETURN_NOT_OK(DrawColumn(sheet, options, picture));
  } else {
    const bool has_splits = !sheet.split.empty();
    if (has_splits) what = sheet.region_id.empty() ? "Bricks by split" : "Regions by split";
    std::vector<std::string> names = {"footprint"};
    if (has_splits) {
      names.clear();
      for (int s = 0; s < 4; ++s) names.emplace_back(regions::SplitName(static_cast<regions::Split>(s)));
    }
    picture.palette.assign(SplitColors().begin(), SplitColors().end());
    const std::vector<int32_t> values = has_splits ? std::vector<int32_t>(sheet.split.begin(), sheet.split.end())
                                                   : std::vector<int32_t>(sheet.size(), 0);
    picture.cells = MergeCells(CellsOf(sheet, values));
    AddLegend(sheet, areas, values, names, picture);
    AddRegions(sheet, areas, picture);
  }
  picture.title = options.title.empty() ? fmt::format("{}: {}", what, sheet.name) : options.title;
  picture.subtitle = fmt::format("{} bricks, {} deg²", FormatCount(picture.num_bricks), FormatArea(picture.area_deg2));
  return picture;
}

}  // namespace dhs::map
