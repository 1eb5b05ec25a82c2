// SPDX-License-Identifier: Apache-2.0
#include "map/draw.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "map/canvas.h"
#include "stage/stage.h"

namespace dhs::map {

namespace {

constexpr double kPageWidth = 1600;  // page units
constexpr double kSideMargin = 80;
constexpr double kTopMargin = 110;
constexpr double kLegendHeight = 190;
constexpr double kPixelsPerUnit = 2;        // of cells painted as a picture
constexpr size_t kMaxShapePoints = 110000;  // about 18 bytes each in an SVG
constexpr double kShapeGrid = 8;            // points of shapes lie on a grid of 1/8 page unit: short numbers
constexpr double kSeamCover = 0.4;          // rim of shapes, so that no light shows between neighbours
constexpr double kFewDeg2 = 50;             // so little, in bricks narrower than kSmallBrick, would hardly be seen
constexpr double kSmallBrick = 3;           // page units; on the whole sky a brick is 1.1 wide
constexpr double kFewRim = 5;               // page units around each brick then
constexpr Color kInk = {0.1, 0.1, 0.1};
constexpr Color kFaint = {0.4, 0.4, 0.4};

// Outlines of all cells of one colour.
struct Layer {
  Color color;
  std::vector<std::vector<Point>> outlines;
};

std::vector<Layer> LayersOf(const Picture& picture, const View& view) {
  std::vector<Layer> layers;
  int32_t last = -1;
  for (const Cell& cell : picture.cells) {
    if (cell.value != last) layers.push_back({picture.palette[static_cast<size_t>(cell.value)], {}});
    last = cell.value;
    for (std::vector<Point>& outline : OutlinesOf(view, cell.bounds)) {
      layers.back().outlines.push_back(std::move(outline));
    }
  }
  return layers;
}

size_t NumPoints(const std::vector<Layer>& layers) {
  size_t count = 0;
  for (const Layer& layer : layers) {
    for (const std::vector<Point>& outline : layer.outlines) count += outline.size() + 1;
  }
  return count;
}

// `rim_units` is the width of a line of its own colour around each cell, 0 for none.
void FillLayers(Canvas& canvas, const std::vector<Layer>& layers, double rim_units) {
  cairo_t* context = canvas.context();
  for (const Layer& layer : layers) {
    canvas.SetColor(layer.color);
    canvas.AddPolygons(layer.outlines);
    if (rim_units > 0) {
      cairo_fill_preserve(context);
      cairo_set_line_width(context, rim_units);
      cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND);
      cairo_stroke(context);
    } else {
      cairo_fill(context);
    }
  }
}

void DrawAsShapes(Canvas& canvas, std::vector<Layer>& layers, double rim_units) {
  for (Layer& layer : layers) {
    for (std::vector<Point>& outline : layer.outlines) {
      for (Point& p : outline) {
        p = {std::round(p.x * kShapeGrid) / kShapeGrid, std::round(p.y * kShapeGrid) / kShapeGrid};
      }
    }
  }
  FillLayers(canvas, layers, std::max(rim_units, kSeamCover));
}

// Paints the cells without smoothing at `pixels_per_unit`, so that each pixel has the colour of one brick, and lays the
// result over the map's frame.
Status DrawAsPixels(Canvas& canvas, const std::vector<Layer>& layers, const Frame& frame, double pixels_per_unit,
                    double rim_units) {
  const auto pixels = [&](double units) { return static_cast<int>(std::ceil(units * pixels_per_unit)); };
  const Surface image(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, pixels(frame.width), pixels(frame.height)));
  ARROW_RETURN_NOT_OK(FromCairo(cairo_surface_status(image.get())));
  {
    Canvas painter(image.get(), pixels_per_unit);
    cairo_translate(painter.context(), -frame.left, -frame.top);
    cairo_set_antialias(painter.context(), CAIRO_ANTIALIAS_NONE);
    FillLayers(painter, layers, rim_units);
    ARROW_RETURN_NOT_OK(painter.Finish());
  }
  cairo_t* context = canvas.context();
  cairo_save(context);
  cairo_translate(context, frame.left, frame.top);
  cairo_scale(context, 1 / pixels_per_unit, 1 / pixels_per_unit);
  cairo_set_source_surface(context, image.get(), 0, 0);
  cairo_pattern_set_filter(cairo_get_source(context), CAIRO_FILTER_GOOD);
  cairo_paint(context);
  cairo_restore(context);
  return Status::OK();
}

void DrawBorders(Canvas& canvas, const Picture& picture, const View& view) {
  const Projection& projection = view.projection();
  for (const Border& border : picture.borders) {
    const double lon1_deg = projection.RelativeLon(border.ra1_deg);
    const double lon2_deg = lon1_deg + (border.ra2_deg - border.ra1_deg);
    if (projection.is_mollweide() && lon2_deg > 180) continue;  // the rim is drawn there anyway
    Polyline line(1);
    AppendLine(view, {lon1_deg, border.dec1_deg}, {lon2_deg, border.dec2_deg}, line[0]);
    line[0].push_back(view.ToPage(lon2_deg, border.dec2_deg));
    for (Point& p : line[0]) p = {std::round(p.x * kShapeGrid) / kShapeGrid, std::round(p.y * kShapeGrid) / kShapeGrid};
    canvas.AddPolyline(line);
  }
  canvas.SetColor({1, 1, 1}, 0.9);
  cairo_set_line_width(canvas.context(), 1.2);
  cairo_set_line_cap(canvas.context(), CAIRO_LINE_CAP_ROUND);
  cairo_stroke(canvas.context());
}

void DrawGrid(Canvas& canvas, const std::vector<GridLine>& lines, const View& view) {
  for (const GridLine& line : lines) canvas.AddPolyline(line.pieces);
  canvas.SetColor({0.3, 0.3, 0.3}, 0.5);
  cairo_set_line_width(canvas.context(), 0.9);
  cairo_stroke(canvas.context());
  const Polyline plane = GalacticPlane(view);
  cairo_set_line_join(canvas.context(), CAIRO_LINE_JOIN_ROUND);
  canvas.AddPolyline(plane);
  canvas.SetColor({1, 1, 1}, 0.9);
  cairo_set_line_width(canvas.context(), 5);
  cairo_stroke_preserve(canvas.context());
  canvas.SetColor(kInk);
  cairo_set_line_width(canvas.context(), 2);
  cairo_stroke(canvas.context());
}

// Above or below the plane where it is most level.
void LabelPlane(Canvas& canvas, const View& view) {
  const Frame& frame = view.frame();
  constexpr double kHalfWidth = 70, kHalfHeight = 14, kBeside = 24;
  constexpr size_t kReach = 10;  // points of the plane that the name is about as long as
  double best = INFINITY;
  Point at{};
  for (const std::vector<Point>& piece : GalacticPlane(view)) {
    for (size_t i = kReach; i + kReach < piece.size(); i += 5) {
      const Point before = piece[i - kReach], after = piece[i + kReach];
      const double slope = std::abs(after.y - before.y) / (std::abs(after.x - before.x) + 1);
      for (const double side : {-kBeside, kBeside}) {
        const Point middle{piece[i].x, piece[i].y + side};
        if (slope < best && std::abs(middle.x - frame.left - frame.width / 2) < frame.width / 2 - kHalfWidth &&
            std::abs(middle.y - frame.top - frame.height / 2) < frame.height / 2 - kHalfHeight) {
          best = slope, at = middle;
        }
      }
    }
  }
  if (best < INFINITY) canvas.Text("galactic plane", at, {.align = Align::kCenter, .halo = true});
}

// In a region that has room for its number, above one that has not.
void DrawMarks(Canvas& canvas, const Picture& picture, const View& view) {
  constexpr double kRoomUnits = 60;
  for (const RegionMark& mark : picture.marks) {
    Point at = view.ToPage(view.projection().RelativeLon(mark.ra_deg), mark.dec_deg);
    const double side = std::sqrt(mark.area_deg2) * view.UnitsPerDegree();
    if (side < kRoomUnits) at.y -= side / 2 + 16;
    canvas.Text(fmt::format("{}", mark.region_id), at,
                {.size = 19, .align = Align::kCenter, .bold = true, .halo = true});
  }
}

void DrawLegend(Canvas& canvas, const Picture& picture, double top) {
  constexpr double kRow = 28;
  constexpr std::array<double, 5> kColumns = {kSideMargin + 40, 330, 460, 640, 760};
  const bool has_regions = picture.legend.front().num_regions.has_value();
  const auto cell = [&](const std::string& text, size_t column, double y, bool head) {
    if (column == 1 && !has_regions) return;
    canvas.Text(text, {kColumns[column], y},
                {.align = column == 0 ? Align::kLeft : Align::kRight, .color = head ? kFaint : kInk});
  };
  const std::array<const char*, 5> heads = {"", "regions", "bricks", "area [deg²]", "share"};
  for (size_t c = 1; c < heads.size(); ++c) cell(heads[c], c, top, true);
  double y = top + kRow;
  for (const LegendRow& row : picture.legend) {
    canvas.SetColor(row.color);
    canvas.Rectangle({kSideMargin, y - 10, 28, 20});
    cairo_fill(canvas.context());
    cell(row.name, 0, y, false);
    if (has_regions) cell(FormatCount(*row.num_regions), 1, y, false);
    cell(FormatCount(row.num_bricks), 2, y, false);
    cell(FormatArea(row.area_deg2), 3, y, false);
    cell(fmt::format("{:.1f} %", 100 * row.area_deg2 / picture.area_deg2), 4, y, false);
    y += kRow;
  }
  if (!picture.marks.empty()) {
    canvas.Text("Numbers: region_id of the largest regions", {kPageWidth - kSideMargin, top},
                {.size = 15, .align = Align::kRight, .color = kFaint});
  }
  if (!picture.borders.empty()) {
    canvas.Text("White lines: borders between regions", {kPageWidth - kSideMargin, top + kRow},
                {.size = 15, .align = Align::kRight, .color = kFaint});
  }
}

// Round values within [low, high], at least four, all with the same number of decimals.
std::vector<std::pair<double, std::string>> Ticks(double low, double high) {
  int decade = static_cast<int>(std::floor(std::log10((high - low) / 4)));
  double step = std::pow(10.0, decade);
  for (const double factor : {5.0, 2.0}) {
    if ((high - low) / (factor * step) >= 4) {
      step *= factor;
      break;
    }
  }
  const bool is_plain = decade >= -6 && std::max(std::abs(low), std::abs(high)) < 1e7;
  std::vector<std::pair<double, std::string>> ticks;
  for (double i = std::ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; ++i) {
    ticks.emplace_back(i * step, is_plain ? fmt::format("{:.{}f}", i * step + 0.0, std::max(0, -decade))
                                          : fmt::format("{:.4g}", i * step + 0.0));
  }
  return ticks;
}

void DrawColorBar(Canvas& canvas, const Picture& picture, double top) {
  const ColorScale& scale = *picture.scale;
  cairo_t* context = canvas.context();
  const Frame bar{450, top - 6, 700, 24};
  constexpr double kTip = 20;
  for (int level = 0; level < kNumLevels; ++level) {
    const double width = bar.width / kNumLevels;
    canvas.SetColor(picture.palette[static_cast<size_t>(level)]);
    // One unit wider than its share: no gap shows before the next.
    canvas.Rectangle({bar.left + width * level, bar.top, width + (level + 1 < kNumLevels ? 1 : 0), bar.height});
    cairo_fill(context);
  }
  const auto tip = [&](double x, double to, int level) {
    cairo_move_to(context, x, bar.top);
    cairo_line_to(context, to, bar.top + bar.height / 2);
    cairo_line_to(context, x, bar.top + bar.height);
    cairo_close_path(context);
    canvas.SetColor(picture.palette[static_cast<size_t>(level)]);
    cairo_fill(context);
  };
  if (scale.num_below > 0) tip(bar.left, bar.left - kTip, 0);
  if (scale.num_above > 0) tip(bar.left + bar.width, bar.left + bar.width + kTip, kNumLevels - 1);
  for (const auto& [tick, label] : Ticks(scale.low, scale.high)) {
    const double x = bar.left + bar.width * (tick - scale.low) / (scale.high - scale.low);
    cairo_move_to(context, x, bar.top + bar.height);
    cairo_line_to(context, x, bar.top + bar.height + 6);
    canvas.SetColor(kInk);
    cairo_set_line_width(context, 1.2);
    cairo_stroke(context);
    canvas.Text(label, {x, bar.top + bar.height + 20}, {.align = Align::kCenter});
  }
  double y = bar.top + bar.height + 50;
  canvas.Text(picture.scale_label, {kPageWidth / 2, y}, {.size = 19, .align = Align::kCenter});
  for (const std::string& note : picture.notes) {
    canvas.Text(note, {kPageWidth / 2, y += 26}, {.size = 15, .align = Align::kCenter, .color = kFaint});
  }
  if (scale.num_without_value > 0) {
    const Frame box{bar.left + bar.width + 70, bar.top, 28, bar.height};
    canvas.SetColor(kNoValueColor);
    canvas.Rectangle(box);
    cairo_fill(context);
    canvas.Text("no value", {box.left + box.width + 10, box.top + box.height / 2}, {});
  }
}

std::string Describe(const View& view) {
  const sky::EquatorialPoint center = view.projection().center();
  if (view.projection().is_mollweide()) return fmt::format("Mollweide equal-area, centre RA {:g}°", center.ra_deg);
  return fmt::format("Lambert equal-area, centre RA {:.2f}°, Dec {:.2f}°", center.ra_deg, center.dec_deg);
}

// Everything, on the page. Whether cells became pixels is told in `drawing`.
Status DrawPage(Canvas& canvas, const Picture& picture, const View& view, bool is_svg, double units_to_pixels,
                Drawing& drawing) {
  cairo_t* context = canvas.context();
  canvas.SetColor({1, 1, 1});
  cairo_paint(context);
  cairo_save(context);
  canvas.AddRim(view);
  cairo_clip(context);
  std::vector<Layer> layers = LayersOf(picture, view);
  const bool too_few = 0.25 * view.UnitsPerDegree() < kSmallBrick && picture.area_deg2 < kFewDeg2;
  const double rim = too_few ? kFewRim : 0;
  if (too_few) drawing.view += ". Bricks are drawn larger than they are";
  drawing.cells_are_pixels = !is_svg || NumPoints(layers) > kMaxShapePoints;
  if (drawing.cells_are_pixels) {
    const double pixels_per_unit = is_svg ? kPixelsPerUnit : kPixelsPerUnit * units_to_pixels;
    ARROW_RETURN_NOT_OK(DrawAsPixels(canvas, layers, view.frame(), pixels_per_unit, rim));
  } else {
    DrawAsShapes(canvas, layers, rim);
  }
  DrawBorders(canvas, picture, view);
  const std::vector<GridLine> grid = Graticule(view, picture.cells);
  DrawGrid(canvas, grid, view);
  cairo_restore(context);
  canvas.AddRim(view);
  canvas.SetColor(kInk);
  cairo_set_line_width(context, 1.5);
  cairo_stroke(context);
  DrawMarks(canvas, picture, view);
  LabelPlane(canvas, view);
  for (const GridLine& line : grid) {
    if (line.has_label) canvas.Text(line.label, line.label_at, {.align = Align::kCenter, .halo = line.label_on_map});
  }
  canvas.Text(picture.title, {kSideMargin, 36}, {.size = 28, .bold = true});
  canvas.Text(fmt::format("{}. {}", picture.subtitle, drawing.view), {kSideMargin, 70}, {.color = kFaint});
  const double legend_top = view.frame().top + view.frame().height + 56;
  if (picture.scale) {
    DrawColorBar(canvas, picture, legend_top);
  } else {
    DrawLegend(canvas, picture, legend_top);
  }
  return canvas.Finish();
}

cairo_status_t AppendBytes(void* bytes, const unsigned char* data, unsigned int length) {
  static_cast<std::string*>(bytes)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

// Cairo numbers its surfaces through the whole process; the names it gives them in an SVG would differ in each drawing.
// A drawing has one surface and at most one image.
void RenumberIds(std::string& svg) {
  for (const std::string prefix : {"surface", "image"}) {
    const std::string start = "id=\"" + prefix;
    const size_t first = svg.find(start);
    if (first == std::string::npos) continue;
    const size_t digits = first + start.size();
    const std::string name = prefix + svg.substr(digits, svg.find('"', digits) - digits) + "\"";
    for (size_t at = svg.find(name); at != std::string::npos; at = svg.find(name, at + 1)) {
      if (svg[at - 1] == '"' || svg[at - 1] == '#') svg.replace(at, name.size(), prefix + "\"");
    }
  }
}

}  // namespace

Result<Drawing> Draw(const Picture& picture, const ViewRequest& request, ImageFormat format, int64_t width_px) {
  ARROW_RETURN_NOT_OK(libcairo.Load());
  const View view = View::Choose(picture.cells, request, kSideMargin, kTopMargin, kPageWidth - 2 * kSideMargin);
  Drawing drawing;
  drawing.view = Describe(view);
  const double scale = static_cast<double>(width_px) / kPageWidth;
  const double height = std::ceil((kTopMargin + view.frame().height + kLegendHeight) * scale);
  const bool is_svg = format == ImageFormat::kSvg;
  const Surface surface(
      is_svg ? cairo_svg_surface_create_for_stream(AppendBytes, &drawing.bytes, static_cast<double>(width_px), height)
             : cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width_px), static_cast<int>(height)));
  ARROW_RETURN_NOT_OK(FromCairo(cairo_surface_status(surface.get())));
  if (is_svg) cairo_svg_surface_set_document_unit(surface.get(), CAIRO_SVG_UNIT_PX);
  {
    Canvas canvas(surface.get(), scale);
    ARROW_RETURN_NOT_OK(DrawPage(canvas, picture, view, is_svg, scale, drawing));
  }
  if (!is_svg)
    ARROW_RETURN_NOT_OK(FromCairo(cairo_surface_write_to_png_stream(surface.get(), AppendBytes, &drawing.bytes)));
  cairo_surface_finish(surface.get());
  ARROW_RETURN_NOT_OK(FromCairo(cairo_surface_status(surface.get())));
  if (is_svg) RenumberIds(drawing.bytes);
  return drawing;
}

}  // namespace dhs::map
