// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "map/view.h"

namespace dhs::map {

namespace {

constexpr std::array<double, 9> kStepsDeg = {0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 30};
constexpr double kLabelDistance = 60;  // page units between labels, at least

double StepFor(double span_deg, double max_lines) {
  for (const double step_deg : kStepsDeg) {
    if (span_deg / step_deg <= max_lines) return step_deg;
  }
  return kStepsDeg.back();
}

std::string DecLabel(double dec_deg) {
  if (dec_deg == 0) return "0°";
  return fmt::format("{}{:g}°", dec_deg < 0 ? "−" : "+", std::abs(dec_deg));
}

bool Inside(const Frame& frame, Point p) {
  return p.x >= frame.left && p.x <= frame.left + frame.width && p.y >= frame.top && p.y <= frame.top + frame.height;
}

// Where a line leaves the frame through one of its edges (0 bottom, 1 left, 2 top, 3 right).
std::optional<Point> CrossingAt(const Frame& frame, const Polyline& pieces, int edge) {
  const bool level = edge % 2 == 0;
  const double at = edge == 0   ? frame.top + frame.height
                    : edge == 1 ? frame.left
                    : edge == 2 ? frame.top
                                : frame.left + frame.width;
  for (const auto& points : pieces) {
    for (size_t i = 0; i + 1 < points.size(); ++i) {
      const Point a = points[i], b = points[i + 1];
      const double from = level ? a.y : a.x, to = level ? b.y : b.x;
      if ((from < at) == (to < at)) continue;
      const double share = (at - from) / (to - from);
      const Point p{a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)};
      if (level ? p.x >= frame.left && p.x <= frame.left + frame.width
                : p.y >= frame.top && p.y <= frame.top + frame.height) {
        return p;
      }
    }
  }
  return std::nullopt;
}

// Puts a label outside the first of `edges` that the line goes through; on the middle of a line that goes through none.
// Not where another label is near.
void LabelAtFrame(const Frame& frame, const std::array<int, 4>& edges, std::vector<Point>& taken, GridLine& line) {
  constexpr std::array<Point, 4> kOffsets = {Point{0, 20}, Point{-36, 0}, Point{0, -16}, Point{36, 0}};
  const auto put = [&](Point at) {
    if (std::any_of(taken.begin(), taken.end(),
                    [&](Point p) { return std::hypot(p.x - at.x, p.y - at.y) < kLabelDistance; })) {
      return false;
    }
    taken.push_back(at);
    line.label_at = at;
    return line.has_label = true;
  };
  bool crosses = false;
  for (const int edge : edges) {
    const std::optional<Point> crossing = CrossingAt(frame, line.pieces, edge);
    if (!crossing) continue;
    crosses = true;
    const Point offset = kOffsets[static_cast<size_t>(edge)];
    if (put({crossing->x + offset.x, crossing->y + offset.y})) return;
  }
  const std::vector<Point>& points = line.pieces.front();
  const Point middle = points[points.size() / 2];
  if (!crosses && Inside(frame, middle)) line.label_on_map = put(middle);
}

std::vector<GridLine> FrameGraticule(const View& view) {
  const View::Extent& extent = view.extent();
  std::vector<GridLine> lines;
  std::vector<Point> taken;
  const double dec_step = StepFor(extent.dec2_deg - extent.dec1_deg, 6);
  const double ra_step = StepFor(extent.lon2_deg - extent.lon1_deg, 8);
  const auto add = [&](std::string label, Point a, Point b, const std::array<int, 4>& edges) {
    GridLine line{.label = std::move(label)};
    AppendLine(view, a, b, line.pieces.emplace_back());
    line.pieces.back().push_back(view.ToPage(b.x, b.y));
    LabelAtFrame(view.frame(), edges, taken, line);
    lines.push_back(std::move(line));
  };
  const double center_deg = view.projection().center().ra_deg;
  for (double i = std::ceil((center_deg + extent.lon1_deg) / ra_step);
       i * ra_step <= center_deg + extent.lon2_deg && i * ra_step < center_deg + extent.lon1_deg + 360; ++i) {
    const double lon_deg = i * ra_step - center_deg;
    add(fmt::format("{:g}°", i * ra_step - 360 * std::floor(i * ra_step / 360)), {lon_deg, extent.dec1_deg},
        {lon_deg, extent.dec2_deg}, {0, 2, 1, 3});
  }
  for (double i = std::ceil(extent.dec1_deg / dec_step); i * dec_step <= extent.dec2_deg; ++i) {
    const double dec_deg = i * dec_step;
    if (std::abs(dec_deg) < 90) {
      add(DecLabel(dec_deg), {extent.lon1_deg, dec_deg}, {extent.lon2_deg, dec_deg}, {1, 3, 0, 2});
    }
  }
  return lines;
}

// Area of the cells under the labels of all meridians, were they written along this parallel.
double AreaUnderLabels(std::span<const Cell> cells, double dec_deg, double step_deg) {
  double area = 0;
  for (const Cell& cell : cells) {
    const sky::BrickBounds& b = cell.bounds;
    if (b.dec2_deg < dec_deg || b.dec1_deg > dec_deg + 5) continue;
    const double to_meridian = std::remainder((b.ra1_deg + b.ra2_deg) / 2, step_deg);
    if (std::abs(to_meridian) < 5 || b.ra2_deg - b.ra1_deg > step_deg) area += sky::BoxAreaDeg2(b);
  }
  return area;
}

std::vector<GridLine> SkyGraticule(const View& view, std::span<const Cell> cells) {
  constexpr double kStepDeg = 30;
  double label_dec_deg = 0, least = INFINITY;
  for (const double dec_deg : {0.0, 30.0, -30.0, 60.0, -60.0}) {
    const double area = AreaUnderLabels(cells, dec_deg, kStepDeg);
    if (area < least) least = area, label_dec_deg = dec_deg;
  }
  std::vector<GridLine> lines;
  for (double dec_deg = -60; dec_deg <= 60; dec_deg += kStepDeg) {
    GridLine& line = lines.emplace_back();
    line.label = DecLabel(dec_deg);
    const Point rim = view.ToPage(180, dec_deg);
    line.pieces.push_back({view.ToPage(-180, dec_deg), rim});
    line.label_at = {rim.x - 32, rim.y - (dec_deg > 0 ? 8 : dec_deg < 0 ? -8 : 0)};
    line.has_label = true;
  }
  for (double ra_deg = 0; ra_deg < 360; ra_deg += kStepDeg) {
    const double lon_deg = view.projection().RelativeLon(ra_deg);
    GridLine& line = lines.emplace_back();
    AppendLine(view, {lon_deg, -90}, {lon_deg, 90}, line.pieces.emplace_back());
    line.pieces.back().push_back(view.ToPage(lon_deg, 90));
    line.label = fmt::format("{:g}°", ra_deg);
    line.label_at = view.ToPage(lon_deg, label_dec_deg);
    line.label_at.y -= 14;
    const double to_rim = std::abs(view.ToPage(180, label_dec_deg).x - view.ToPage(std::abs(lon_deg), label_dec_deg).x);
    line.has_label = line.label_on_map = to_rim > kLabelDistance;
  }
  return lines;
}

}  // namespace

std::vector<GridLine> Graticule(const View& view, std::span<const Cell> cells) {
  return view.projection().is_mollweide() ? SkyGraticule(view, cells) : FrameGraticule(view);
}

Polyline GalacticPlane(const View& view) {
  const Frame& frame = view.frame();
  const Frame wide{frame.left - frame.width, frame.top - frame.height, 3 * frame.width, 3 * frame.height};
  Polyline pieces;
  bool drawing = false;
  double last_lon_deg = 0;
  constexpr int kSteps = 720;
  for (int i = 0; i <= kSteps; ++i) {
    const sky::EquatorialPoint point = sky::EquatorialOf({360.0 * i / kSteps, 0});
    const double lon_deg = view.projection().RelativeLon(point.ra_deg);
    const Point page = view.ToPage(lon_deg, point.dec_deg);
    const bool over_seam = view.projection().is_mollweide() && std::abs(lon_deg - last_lon_deg) > 180;
    last_lon_deg = lon_deg;
    if (!Inside(wide, page)) {
      drawing = false;
      continue;
    }
    if (!drawing || over_seam) pieces.emplace_back();
    drawing = true;
    pieces.back().push_back(page);
  }
  return pieces;
}

}  // namespace dhs::map
