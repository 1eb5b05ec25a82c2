// SPDX-License-Identifier: Apache-2.0
#include "map/options.h"

#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dhs::map {

void Bind(MapOptions& o, OptionTable& table) {
  table.Text("out", &o.out,
             {.doc = "File to write; its name ends in .svg or .png. One that is there is replaced",
              .placeholder = "FILE",
              .required = true});
  table.Text("output", &o.output,
             {.doc = "Root of all outputs: draw the regions of {output}/phase3a/{variant}",
              .placeholder = "DIR",
              .aliases = {"output-s3"}});
  table.Text("variant", &o.variant, {.doc = "LRG variant whose regions are drawn", .placeholder = "NAME"});
  table.Text("input", &o.input,
             {.doc = "Draw this instead: the output folder of dhs regions, or any table with one row a brick (Parquet, "
                     "CSV, or FITS such as the bricks file)",
              .placeholder = "PATH"});
  table.Text("column", &o.column,
             {.doc = "Draw this column of numbers; empty = the splits of the regions, or the footprint alone where the "
                     "table has no split. Bricks without a value are grey",
              .placeholder = "NAME"});
  table.NumberList("range", &o.range,
                   {.doc = "Values of the column at the two ends of the colours; empty = its percentiles 1 and 99",
                    .placeholder = "LOW,HIGH"});
  table.Text("projection", &o.projection,
             {.doc = "mollweide shows the whole sky, lambert a rectangle around the bricks, both with true areas; auto "
                     "takes lambert for a footprint within 45 degrees of its middle",
              .choices = {"auto", "mollweide", "lambert"}});
  table.NumberList("center", &o.center_deg,
                   {.doc = "Centre of the map; empty = where the seam of the whole sky, opposite to it, cuts the least "
                           "area, or the middle of the footprint. Dec is for lambert alone",
                    .unit = "deg",
                    .placeholder = "RA[,DEC]"});
  table.Integer(
      "width", &o.width,
      {.doc = "Width of the map; its height follows from what is shown", .unit = "pixels", .min = 400, .max = 8000});
  table.Text("title", &o.title, {.doc = "Title; empty = what is drawn", .placeholder = "TEXT"});
}

ViewRequest MapOptions::view() const {
  ViewRequest request;
  if (projection == "mollweide") request.kind = ViewKind::kMollweide;
  if (projection == "lambert" || center_deg.size() > 1) request.kind = ViewKind::kLambert;
  if (!center_deg.empty()) request.center_ra_deg = center_deg[0];
  if (center_deg.size() > 1) request.center_dec_deg = center_deg[1];
  return request;
}

Status Check(const MapOptions& o) {
  if (o.out.empty()) return UsageError("--out must be given: the file to write, such as map.svg or map.png");
  if (!o.is_svg() && !o.out.ends_with(".png")) {
    return UsageError(fmt::format("--out: expected a name that ends in .svg or .png, found '{}'", o.out));
  }
  if (o.output.empty() && o.input.empty()) {
    return UsageError(
        "nothing to draw: give --output OUT (the regions of OUT/phase3a/VARIANT) or --input PATH (any table with one "
        "row a brick)");
  }
  if (!o.output.empty() && !o.input.empty()) {
    return UsageError("--output and --input both say what to draw; give one of them");
  }
  if (!o.range.empty()) {
    if (o.column.empty()) return UsageError("--range is of the values of --column, which is not given");
    if (o.range.size() != 2 || !std::isfinite(o.range[0]) || !std::isfinite(o.range[1]) || o.range[0] >= o.range[1]) {
      return UsageError(
          fmt::format("--range: expected LOW,HIGH with LOW below HIGH, found '{}'", fmt::join(o.range, ",")));
    }
  }
  if (o.center_deg.empty()) return Status::OK();
  const bool ra_fits = o.center_deg[0] >= -360 && o.center_deg[0] <= 360;
  if (o.center_deg.size() > 2 || !ra_fits || (o.center_deg.size() == 2 && !(std::abs(o.center_deg[1]) <= 90))) {
    return UsageError(
        fmt::format("--center: expected RA or RA,DEC with RA within -360..360 and DEC within -90..90, "
                    "found '{}'",
                    fmt::join(o.center_deg, ",")));
  }
  if (o.center_deg.size() == 2 && o.projection == "mollweide") {
    return UsageError(
        "--center: a mollweide map has its centre on the equator; give RA alone, or --projection lambert");
  }
  return Status::OK();
}

}  // namespace dhs::map
