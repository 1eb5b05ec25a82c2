// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "map/cells.h"
#include "map/projection.h"

namespace dhs::map {

enum class ViewKind { kAuto, kMollweide, kLambert };

/// What of the view the user has chosen.
struct ViewRequest {
  ViewKind kind = ViewKind::kAuto;
  std::optional<double> center_ra_deg = {};
  std::optional<double> center_dec_deg = {};  ///< of a Lambert view
};

/// A rectangle of the page, page units, y down.
struct Frame {
  double left, top, width, height;
};

/// A projection and where its plane lies on the page.
class View {
 public:
  /// Whole sky (Mollweide) or, where every cell lies within 45 deg of their mean direction, a rectangle around them
  /// (Lambert). Centre, unless given: of Mollweide the multiple of 15 deg of RA opposite to the meridian near which the
  /// least area lies, of Lambert the mean direction, weighted by area. The height of the frame follows from its width.
  /// REQUIRES: at least one cell. O(n).
  static View Choose(std::span<const Cell> cells, const ViewRequest& request, double left, double top, double width);

  const Projection& projection() const { return projection_; }
  const Frame& frame() const { return frame_; }
  /// `lon_deg` relative to the centre, as in Projection::Forward.
  Point ToPage(double lon_deg, double dec_deg) const;
  /// Page units per degree at the centre.
  double UnitsPerDegree() const;
  /// Ranges in RA (relative to the centre) and Dec that the frame shows.
  struct Extent {
    double lon1_deg, lon2_deg, dec1_deg, dec2_deg;
  };
  const Extent& extent() const { return extent_; }

 private:
  View(Projection projection, Frame frame, Point origin, double scale);
  void FindExtent();
  Projection projection_;
  Frame frame_;
  Point origin_;  // of the plane, on the page
  double scale_;  // page units per radian
  Extent extent_{};
};

/// Adds the page points of the straight line in (lon, dec) from a to b, the first one included, the last one not, so
/// close together that no chord is further than 0.1 page units from the curve.
void AppendLine(const View& view, Point a_lonlat_deg, Point b_lonlat_deg, std::vector<Point>& points);

/// Outline of a cell; two where it crosses the seam of a Mollweide map. Closed: the first point is not repeated.
std::vector<std::vector<Point>> OutlinesOf(const View& view, const sky::BrickBounds& bounds);

/// A curve over the whole map, in pieces where it leaves it or crosses its seam.
using Polyline = std::vector<std::vector<Point>>;

/// A labelled line of the graticule.
struct GridLine {
  Polyline pieces = {};
  std::string label;  ///< "120°", "+30°"
  Point label_at{};   ///< where the label's middle belongs
  bool has_label = false;
  bool label_on_map = false;  ///< it needs a rim against what is drawn there
};

/// Meridians and parallels at round distances: 30 deg over the whole sky, about six each over a rectangle. Labels: of a
/// rectangle outside its frame, RA below (or above) and Dec on the left (or right); of the whole sky Dec on the rim, RA
/// along the parallel of -60..60 deg that covers least of `cells`.
std::vector<GridLine> Graticule(const View& view, std::span<const Cell> cells);

/// The galactic plane, b = 0.
Polyline GalacticPlane(const View& view);

}  // namespace dhs::map
