// SPDX-License-Identifier: Apache-2.0
#include "map/canvas.h"

#include <numbers>

#include <fmt/format.h>

#if defined(__SANITIZE_ADDRESS__)
// Fontconfig, of which Cairo asks the fonts, keeps what it read until the process ends.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig\n"; }
extern "C" const char* __lsan_default_options();
extern "C" const char* __lsan_default_options() { return "print_suppressions=0"; }
#endif

namespace dhs::map {

Status FromCairo(cairo_status_t status) {
  if (status == CAIRO_STATUS_SUCCESS) return Status::OK();
  return EnvironmentError({}, fmt::format("the map could not be drawn: {}", cairo_status_to_string(status)));
}

Canvas::Canvas(cairo_surface_t* surface, double units_to_pixels) : context_(cairo_create(surface)) {
  cairo_scale(context_.get(), units_to_pixels, units_to_pixels);
}

void Canvas::SetColor(const Color& color, double alpha) {
  cairo_set_source_rgba(context_.get(), color.red, color.green, color.blue, alpha);
}

void Canvas::SetFont(const TextStyle& style) {
  cairo_select_font_face(context_.get(), "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                         style.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(context_.get(), style.size);
}

double Canvas::TextWidth(const std::string& text, const TextStyle& style) {
  SetFont(style);
  cairo_text_extents_t extents;
  cairo_text_extents(context_.get(), text.c_str(), &extents);
  return extents.x_advance;
}

void Canvas::Text(const std::string& text, Point at, const TextStyle& style) {
  constexpr double kHalfCapital = 0.365;  // of the font's size: DejaVu's capitals are 0.73 high
  const double width = style.align == Align::kLeft ? 0 : TextWidth(text, style);
  const double x = at.x - (style.align == Align::kRight ? width : style.align == Align::kCenter ? width / 2 : 0);
  const double y = at.y + kHalfCapital * style.size;
  SetFont(style);
  if (style.halo) {
    SetColor({1, 1, 1}, 0.85);
    cairo_set_line_width(context_.get(), style.size / 4);
    cairo_set_line_join(context_.get(), CAIRO_LINE_JOIN_ROUND);
    cairo_move_to(context_.get(), x, y);
    cairo_text_path(context_.get(), text.c_str());
    cairo_stroke(context_.get());
  }
  SetColor(style.color);
  cairo_move_to(context_.get(), x, y);
  cairo_show_text(context_.get(), text.c_str());
}

void Canvas::AddPolyline(const Polyline& pieces) {
  for (const std::vector<Point>& points : pieces) {
    cairo_new_sub_path(context_.get());
    for (const Point& p : points) cairo_line_to(context_.get(), p.x, p.y);
  }
}

void Canvas::AddPolygons(std::span<const std::vector<Point>> outlines) {
  for (const std::vector<Point>& points : outlines) {
    cairo_new_sub_path(context_.get());
    for (const Point& p : points) cairo_line_to(context_.get(), p.x, p.y);
    cairo_close_path(context_.get());
  }
}

void Canvas::Rectangle(const Frame& frame) {
  cairo_rectangle(context_.get(), frame.left, frame.top, frame.width, frame.height);
}

void Canvas::AddRim(const View& view) {
  const Frame& frame = view.frame();
  if (!view.projection().is_mollweide()) {
    Rectangle(frame);
    return;
  }
  cairo_save(context_.get());
  cairo_translate(context_.get(), frame.left + frame.width / 2, frame.top + frame.height / 2);
  cairo_scale(context_.get(), frame.width / 2, frame.height / 2);
  cairo_new_sub_path(context_.get());
  cairo_arc(context_.get(), 0, 0, 1, 0, 2 * std::numbers::pi);
  cairo_close_path(context_.get());
  cairo_restore(context_.get());
}

Status Canvas::Finish() { return FromCairo(cairo_status(context_.get())); }

}  // namespace dhs::map
