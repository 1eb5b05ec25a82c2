// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cairo-svg.h>
#include <cairo.h>

#include "base/late_library.h"

namespace dhs::map {

/// Loaded by Draw.
inline base::LateLibrary libcairo(DHS_LIBRARY_FILE("libcairo", "2"), "draw maps");

// NOLINTBEGIN(readability-identifier-naming): the library names them.
DHS_LATE_FUNCTION(libcairo, cairo_arc);
DHS_LATE_FUNCTION(libcairo, cairo_clip);
DHS_LATE_FUNCTION(libcairo, cairo_close_path);
DHS_LATE_FUNCTION(libcairo, cairo_create);
DHS_LATE_FUNCTION(libcairo, cairo_destroy);
DHS_LATE_FUNCTION(libcairo, cairo_fill);
DHS_LATE_FUNCTION(libcairo, cairo_fill_preserve);
DHS_LATE_FUNCTION(libcairo, cairo_get_source);
DHS_LATE_FUNCTION(libcairo, cairo_image_surface_create);
DHS_LATE_FUNCTION(libcairo, cairo_line_to);
DHS_LATE_FUNCTION(libcairo, cairo_move_to);
DHS_LATE_FUNCTION(libcairo, cairo_new_sub_path);
DHS_LATE_FUNCTION(libcairo, cairo_paint);
DHS_LATE_FUNCTION(libcairo, cairo_pattern_set_filter);
DHS_LATE_FUNCTION(libcairo, cairo_rectangle);
DHS_LATE_FUNCTION(libcairo, cairo_restore);
DHS_LATE_FUNCTION(libcairo, cairo_save);
DHS_LATE_FUNCTION(libcairo, cairo_scale);
DHS_LATE_FUNCTION(libcairo, cairo_select_font_face);
DHS_LATE_FUNCTION(libcairo, cairo_set_antialias);
DHS_LATE_FUNCTION(libcairo, cairo_set_font_size);
DHS_LATE_FUNCTION(libcairo, cairo_set_line_cap);
DHS_LATE_FUNCTION(libcairo, cairo_set_line_join);
DHS_LATE_FUNCTION(libcairo, cairo_set_line_width);
DHS_LATE_FUNCTION(libcairo, cairo_set_source_rgba);
DHS_LATE_FUNCTION(libcairo, cairo_set_source_surface);
DHS_LATE_FUNCTION(libcairo, cairo_show_text);
DHS_LATE_FUNCTION(libcairo, cairo_status);
DHS_LATE_FUNCTION(libcairo, cairo_status_to_string);
DHS_LATE_FUNCTION(libcairo, cairo_stroke);
DHS_LATE_FUNCTION(libcairo, cairo_stroke_preserve);
DHS_LATE_FUNCTION(libcairo, cairo_surface_destroy);
DHS_LATE_FUNCTION(libcairo, cairo_surface_finish);
DHS_LATE_FUNCTION(libcairo, cairo_surface_status);
DHS_LATE_FUNCTION(libcairo, cairo_surface_write_to_png_stream);
DHS_LATE_FUNCTION(libcairo, cairo_svg_surface_create_for_stream);
DHS_LATE_FUNCTION(libcairo, cairo_svg_surface_set_document_unit);
DHS_LATE_FUNCTION(libcairo, cairo_text_extents);
DHS_LATE_FUNCTION(libcairo, cairo_text_path);
DHS_LATE_FUNCTION(libcairo, cairo_translate);
// NOLINTEND(readability-identifier-naming)

}  // namespace dhs::map
