// SPDX-License-Identifier: Apache-2.0
#include "map/view.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <tuple>

namespace dhs::map {

namespace {

constexpr double kDegree = std::numbers::pi / 180.0;
constexpr double kZoomRadiusDeg = 45;
constexpr double kMinExtentDeg = 1;                    // a single brick is not blown up further
constexpr double kMinAspect = 0.4, kMaxAspect = 0.75;  // height / width of a rectangle
constexpr double kPoleDecDeg = 89;                     // a middle nearer to a pole is the pole
constexpr double kMargin = 1.1;                        // of a rectangle around its cells
constexpr double kToleranceUnits = 0.1;

double MiddleRaDeg(const sky::BrickBounds& b) { return (b.ra1_deg + b.ra2_deg) / 2; }
double MiddleDecDeg(const sky::BrickBounds& b) { return (b.dec1_deg + b.dec2_deg) / 2; }

double SeparationDeg(sky::EquatorialPoint a, sky::EquatorialPoint b) {
  const double dec = std::sin((b.dec_deg - a.dec_deg) * kDegree / 2);
  const double ra = std::sin((b.ra_deg - a.ra_deg) * kDegree / 2);
  const double square = dec * dec + std::cos(a.dec_deg * kDegree) * std::cos(b.dec_deg * kDegree) * ra * ra;
  return 2 * std::asin(std::min(1.0, std::sqrt(square))) / kDegree;
}

// Calls use(bounds) for pieces of the cells of at most 1 deg in RA: what is found from them does not depend on which
// cells were merged.
template <typename Use>
void ForEachPiece(std::span<const Cell> cells, Use use) {
  for (const Cell& cell : cells) {
    const sky::BrickBounds& b = cell.bounds;
    const int num_pieces = std::max(1, static_cast<int>(std::ceil(b.ra2_deg - b.ra1_deg)));
    const double width_deg = (b.ra2_deg - b.ra1_deg) / num_pieces;
    for (int i = 0; i < num_pieces; ++i) {
      use(sky::BrickBounds{b.ra1_deg + i * width_deg, b.ra1_deg + (i + 1) * width_deg, b.dec1_deg, b.dec2_deg});
    }
  }
}

// Mean direction of the cells, weighted by area; nothing if they cancel.
std::optional<sky::EquatorialPoint> MeanDirection(std::span<const Cell> cells) {
  double x = 0, y = 0, z = 0, total = 0;
  ForEachPiece(cells, [&](const sky::BrickBounds& b) {
    const double area = sky::BoxAreaDeg2(b);
    const double ra = MiddleRaDeg(b) * kDegree, dec = MiddleDecDeg(b) * kDegree;
    x += area * std::cos(dec) * std::cos(ra);
    y += area * std::cos(dec) * std::sin(ra);
    z += area * std::sin(dec);
    total += area;
  });
  if (std::hypot(x, y, z) < 1e-6 * total) return std::nullopt;
  return sky::EquatorialPoint{std::atan2(y, x) / kDegree, std::atan2(z, std::hypot(x, y)) / kDegree};
}

bool AllWithin(std::span<const Cell> cells, sky::EquatorialPoint center, double radius_deg) {
  bool within = true;
  ForEachPiece(cells, [&](const sky::BrickBounds& b) {
    within = within && SeparationDeg({MiddleRaDeg(b), MiddleDecDeg(b)}, center) <= radius_deg;
  });
  return within;
}

// The multiple of 15 deg whose opposite meridian cuts the least: area within 8 deg of it, then within 30 deg.
double QuietCenterRaDeg(std::span<const Cell> cells) {
  std::array<double, 360> area{};
  ForEachPiece(cells, [&](const sky::BrickBounds& b) {
    area[static_cast<size_t>(std::clamp(MiddleRaDeg(b), 0.0, 359.0))] += sky::BoxAreaDeg2(b);
  });
  const auto area_near = [&](int ra_deg, int radius_deg) {
    double sum = 0;
    for (int d = -radius_deg; d < radius_deg; ++d) sum += area[static_cast<size_t>((ra_deg + d + 720) % 360)];
    return std::round(sum * 1e6);  // sums in another order are equal
  };
  std::tuple<double, double, int> best{INFINITY, 0, 0};
  for (int center = 0; center < 360; center += 15) {
    const int seam = center + 180;
    best = std::min(best, {area_near(seam, 8), area_near(seam, 30), center});
  }
  return std::get<int>(best);
}

double DistanceToChord(Point p, Point a, Point b) {
  const double dx = b.x - a.x, dy = b.y - a.y;
  const double length = std::hypot(dx, dy);
  if (length < 1e-9) return std::hypot(p.x - a.x, p.y - a.y);
  return std::abs((p.x - a.x) * dy - (p.y - a.y) * dx) / length;
}

Point Between(Point a, Point b, double share) { return {a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)}; }

void Refine(const View& view, Point a, Point b, Point page_a, Point page_b, int depth, std::vector<Point>& points) {
  const Point middle = Between(a, b, 0.5);
  const Point page_middle = view.ToPage(middle.x, middle.y);
  if (depth == 0 || DistanceToChord(page_middle, page_a, page_b) <= kToleranceUnits) return;
  Refine(view, a, middle, page_a, page_middle, depth - 1, points);
  points.push_back(page_middle);
  Refine(view, middle, b, page_middle, page_b, depth - 1, points);
}

}  // namespace

View::View(Projection projection, Frame frame, Point origin, double scale)
    : projection_(projection), frame_(frame), origin_(origin), scale_(scale) {
  FindExtent();
}

View View::Choose(std::span<const Cell> cells, const ViewRequest& request, double left, double top, double width) {
  const std::optional<sky::EquatorialPoint> mean = MeanDirection(cells);
  const bool zoom = request.kind == ViewKind::kLambert ||
                    (request.kind == ViewKind::kAuto && mean && AllWithin(cells, *mean, kZoomRadiusDeg));
  if (!zoom) {
    const Projection projection = Projection::Mollweide(request.center_ra_deg.value_or(QuietCenterRaDeg(cells)));
    return {projection,
            {left, top, width, width / 2},
            {left + width / 2, top + width / 4},
            width / (4 * std::numbers::sqrt2)};
  }
  sky::EquatorialPoint center = mean.value_or(sky::EquatorialPoint{0, 0});
  center = {std::round(100 * center.ra_deg) / 100, std::round(100 * center.dec_deg) / 100};
  if (std::abs(center.dec_deg) > kPoleDecDeg) center = {0, std::copysign(90.0, center.dec_deg)};
  if (request.center_ra_deg) center = {*request.center_ra_deg, request.center_dec_deg.value_or(center.dec_deg)};
  const Projection projection = Projection::Lambert(center);
  const double half = kMinExtentDeg * kDegree / 2;
  // A centre that was asked for stays in the middle; else the middle is that of the cells.
  double x1 = INFINITY, x2 = -INFINITY, y1 = INFINITY, y2 = -INFINITY;
  ForEachPiece(cells, [&](const sky::BrickBounds& b) {
    const double lon_deg = projection.RelativeLon(b.ra1_deg);
    for (const double lon : {lon_deg, lon_deg + (b.ra2_deg - b.ra1_deg)}) {
      for (const double dec : {b.dec1_deg, b.dec2_deg}) {
        const Point p = projection.Forward(lon, dec);
        x1 = std::min(x1, p.x), x2 = std::max(x2, p.x), y1 = std::min(y1, p.y), y2 = std::max(y2, p.y);
      }
    }
  });
  if (request.center_ra_deg) {
    const double x = std::max(-x1, x2), y = std::max(-y1, y2);
    x1 = -x, x2 = x, y1 = -y, y2 = y;
  }
  const Point middle{(x1 + x2) / 2, (y1 + y2) / 2};
  const double span_x = kMargin * std::max(x2 - x1, 2 * half), span_y = kMargin * std::max(y2 - y1, 2 * half);
  const double height = width * std::clamp(span_y / span_x, kMinAspect, kMaxAspect);
  const double scale = std::min(width / span_x, height / span_y);
  return {projection,
          {left, top, width, height},
          {left + width / 2 - scale * middle.x, top + height / 2 + scale * middle.y},
          scale};
}

void View::FindExtent() {
  if (projection_.is_mollweide()) {
    extent_ = {-180, 180, -90, 90};
    return;
  }
  extent_ = {180, -180, 90, -90};
  constexpr int kSteps = 48;
  for (int i = 0; i <= kSteps; ++i) {
    for (int j = 0; j <= kSteps; ++j) {
      const Point page{frame_.left + frame_.width * i / kSteps, frame_.top + frame_.height * j / kSteps};
      const auto sky = projection_.Inverse({(page.x - origin_.x) / scale_, (origin_.y - page.y) / scale_});
      if (!sky) continue;
      const double lon_deg = projection_.RelativeLon(sky->ra_deg);
      extent_.lon1_deg = std::min(extent_.lon1_deg, lon_deg);
      extent_.lon2_deg = std::max(extent_.lon2_deg, lon_deg);
      extent_.dec1_deg = std::min(extent_.dec1_deg, sky->dec_deg);
      extent_.dec2_deg = std::max(extent_.dec2_deg, sky->dec_deg);
    }
  }
  for (const double pole_deg : {-90.0, 90.0}) {
    const Point page = ToPage(0, pole_deg);
    if (std::abs(page.x - frame_.left - frame_.width / 2) > frame_.width / 2 ||
        std::abs(page.y - frame_.top - frame_.height / 2) > frame_.height / 2) {
      continue;
    }
    extent_.lon1_deg = -180;
    extent_.lon2_deg = 180;
    (pole_deg < 0 ? extent_.dec1_deg : extent_.dec2_deg) = pole_deg;
  }
}

Point View::ToPage(double lon_deg, double dec_deg) const {
  const Point plane = projection_.Forward(lon_deg, dec_deg);
  return {origin_.x + scale_ * plane.x, origin_.y - scale_ * plane.y};
}

double View::UnitsPerDegree() const { return scale_ * kDegree; }

void AppendLine(const View& view, Point a_lonlat_deg, Point b_lonlat_deg, std::vector<Point>& points) {
  // Pieces of at most 45 deg: on these the middle tells how far the curve is from the chord.
  constexpr double kPieceDeg = 45;
  constexpr int kMaxDepth = 10;
  const double length_deg =
      std::max(std::abs(b_lonlat_deg.x - a_lonlat_deg.x), std::abs(b_lonlat_deg.y - a_lonlat_deg.y));
  const int num_pieces = std::max(1, static_cast<int>(std::ceil(length_deg / kPieceDeg)));
  for (int i = 0; i < num_pieces; ++i) {
    const Point a = Between(a_lonlat_deg, b_lonlat_deg, static_cast<double>(i) / num_pieces);
    const Point b = Between(a_lonlat_deg, b_lonlat_deg, static_cast<double>(i + 1) / num_pieces);
    const Point page_a = view.ToPage(a.x, a.y);
    points.push_back(page_a);
    Refine(view, a, b, page_a, view.ToPage(b.x, b.y), kMaxDepth, points);
  }
}

std::vector<std::vector<Point>> OutlinesOf(const View& view, const sky::BrickBounds& bounds) {
  const double lon1_deg = view.projection().RelativeLon(bounds.ra1_deg);
  const double lon2_deg = lon1_deg + (bounds.ra2_deg - bounds.ra1_deg);
  std::vector<std::vector<Point>> outlines;
  const auto add = [&](double west_deg, double east_deg) {
    std::vector<Point>& points = outlines.emplace_back();
    AppendLine(view, {west_deg, bounds.dec1_deg}, {east_deg, bounds.dec1_deg}, points);
    AppendLine(view, {east_deg, bounds.dec1_deg}, {east_deg, bounds.dec2_deg}, points);
    AppendLine(view, {east_deg, bounds.dec2_deg}, {west_deg, bounds.dec2_deg}, points);
    AppendLine(view, {west_deg, bounds.dec2_deg}, {west_deg, bounds.dec1_deg}, points);
  };
  if (view.projection().is_mollweide() && lon2_deg > 180) {
    add(lon1_deg, 180);
    add(-180, lon2_deg - 360);
  } else {
    add(lon1_deg, lon2_deg);
  }
  return outlines;
}

}  // namespace dhs::map
