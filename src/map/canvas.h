// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dhs/error.h"
#include "map/cairo.h"
#include "map/colors.h"
#include "map/view.h"

namespace dhs::map {

struct SurfaceDeleter {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
struct ContextDeleter {
  void operator()(cairo_t* context) const { cairo_destroy(context); }
};
using Surface = std::unique_ptr<cairo_surface_t, SurfaceDeleter>;
using Context = std::unique_ptr<cairo_t, ContextDeleter>;

enum class Align { kLeft, kCenter, kRight };

struct TextStyle {
  double size = 17;
  Align align = Align::kLeft;
  Color color = {0.1, 0.1, 0.1};
  bool bold = false;
  bool halo = false;  ///< a white rim, for text over the map
};

/// Shapes and words in page units on a Cairo surface, which lives longer. Errors of Cairo are kept until Finish.
class Canvas {
 public:
  Canvas(cairo_surface_t* surface, double units_to_pixels);
  cairo_t* context() { return context_.get(); }
  void SetColor(const Color& color, double alpha = 1.0);
  /// The middle of the letters' height is at `at`.
  void Text(const std::string& text, Point at, const TextStyle& style);
  double TextWidth(const std::string& text, const TextStyle& style);
  void AddPolyline(const Polyline& pieces);
  void AddPolygons(std::span<const std::vector<Point>> outlines);
  void Rectangle(const Frame& frame);
  /// The rim of the map: an ellipse or a rectangle.
  void AddRim(const View& view);
  /// EnvironmentError if anything went wrong since the canvas was made.
  Status Finish();

 private:
  void SetFont(const TextStyle& style);
  Context context_;
};

/// EnvironmentError for a status that is not success.
Status FromCairo(cairo_status_t status);

}  // namespace dhs::map
