// SPDX-License-Identifier: Apache-2.0
#include "map/map.h"

#include <fmt/format.h>

#include "io/files.h"
#include "map/brick_sheet.h"
#include "map/draw.h"
#include "map/picture.h"
#include "stage/stage.h"

namespace dhs::map {

Result<std::string> WriteMap(Storage& storage, const MapOptions& options) {
  ARROW_RETURN_NOT_OK(Check(options));
  ARROW_ASSIGN_OR_RAISE(const FileInfo older, storage.Stat(options.out));
  if (older.kind == FileKind::kDirectory) {
    return UsageError(fmt::format("--out: expected a file to write, found the folder {}", options.out));
  }
  ARROW_ASSIGN_OR_RAISE(const BrickSheet sheet, ReadBrickSheet(storage, options));
  ARROW_ASSIGN_OR_RAISE(const Picture picture, MakePicture(sheet, options));
  ARROW_ASSIGN_OR_RAISE(
      const Drawing drawing,
      Draw(picture, options.view(), options.is_svg() ? ImageFormat::kSvg : ImageFormat::kPng, options.width));
  ARROW_RETURN_NOT_OK(storage.MakeDirectories(io::ParentPath(options.out)));
  ARROW_RETURN_NOT_OK(io::WriteFileAtomic(storage, options.out, drawing.bytes));
  std::string account = fmt::format("{}\n{}. {}\n", picture.title, picture.subtitle, drawing.view);
  for (const LegendRow& row : picture.legend) {
    account += fmt::format("  {:<9} {:>9} bricks {:>10} deg2 {:>6.1f} %\n", row.name, FormatCount(row.num_bricks),
                           FormatArea(row.area_deg2), 100 * row.area_deg2 / picture.area_deg2);
  }
  if (picture.scale) {
    account += fmt::format("  {} from {:g} to {:g}\n", picture.scale_label, picture.scale->low, picture.scale->high);
    for (const std::string& note : picture.notes) account += fmt::format("  {}\n", note);
  }
  const bool holds_image = options.is_svg() && drawing.cells_are_pixels;
  return account + fmt::format("wrote {} ({}{})\n", options.out,
                               FormatBytes(static_cast<int64_t>(drawing.bytes.size())),
                               holds_image ? "; the bricks are an image in it, being too many for shapes" : "");
}

}  // namespace dhs::map
