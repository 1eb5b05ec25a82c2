// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "map/picture.h"
#include "map/view.h"

namespace dhs::map {

enum class ImageFormat { kSvg, kPng };

/// A drawn map.
struct Drawing {
  std::string bytes;
  std::string view;               ///< "Mollweide, centre RA 105 deg"
  bool cells_are_pixels = false;  ///< of an SVG: cells are a picture inside it, 2 pixels a page unit
};

/// Draws `picture` `width_px` wide. The drawing code is one for both formats. In a PNG the cells are painted at twice
/// the resolution and averaged, so that no seams show between them; in an SVG they are shapes, or such a picture where
/// shapes would take more than about 2 MB. Same picture, same bytes, with the same version of Cairo and the same fonts;
/// text is in DejaVu Sans, drawn as outlines. Errors: EnvironmentError if Cairo runs out of memory. Thread-safe.
Result<Drawing> Draw(const Picture& picture, const ViewRequest& request, ImageFormat format, int64_t width_px);

}  // namespace dhs::map
