// SPDX-License-Identifier: Apache-2.0
#include "scan/photoz.h"

#include <string_view>

#include <fmt/format.h>

#include "fits/cell.h"
#include "fits/column_decoder.h"
#include "io/files.h"

namespace dhs::scan {

namespace {

constexpr std::string_view kPhotozNames[] = {
    "Z_PHOT_MEAN",   "Z_PHOT_MEDIAN",   "Z_PHOT_STD",   "Z_PHOT_L68",   "Z_PHOT_U68",   "Z_PHOT_L95",   "Z_PHOT_U95",
    "Z_PHOT_MEAN_I", "Z_PHOT_MEDIAN_I", "Z_PHOT_STD_I", "Z_PHOT_L68_I", "Z_PHOT_U68_I", "Z_PHOT_L95_I", "Z_PHOT_U95_I",
    "Z_SPEC",        "SURVEY",          "TRAINING",     "KFOLD",        "TRAINING_I",   "KFOLD_I"};

}  // namespace

std::string PhotozPath(const std::string& prefix, const std::string& sweep_path) {
  std::string name = io::BaseName(sweep_path);
  for (const std::string_view suffix : {".gz", ".fits"}) {
    if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
  }
  return io::JoinPath(prefix, name + "-pz.fits");
}

Result<std::unique_ptr<PhotozFile>> PhotozFile::Open(Storage& storage, const std::string& path,
                                                     int64_t num_sweep_rows) {
  auto file = std::make_unique<PhotozFile>();
  ARROW_ASSIGN_OR_RAISE(file->reader_, fits::TableReader::Open(storage, path));
  const fits::TableLayout& layout = file->reader_->layout();
  if (file->reader_->is_gzip()) {
    return DataError({.path = path}, "a photo-z file must not be compressed; decompress it with `gunzip`");
  }
  if (layout.num_rows() != num_sweep_rows) {
    return DataError({.path = path},
                     fmt::format("expected {} rows, as its sweep has, found {}: it is of another sweep or release",
                                 num_sweep_rows, layout.num_rows()));
  }
  for (const std::string_view name : kPhotozNames) {
    if (layout.Find(name) == nullptr) continue;
    ARROW_ASSIGN_OR_RAISE(const fits::Column* column, layout.Require(name, fits::kScalarTypes));
    file->columns_.push_back(*column);
  }
  if (file->columns_.empty()) {
    return DataError({.path = path}, "there is no photo-z column (Z_PHOT_MEAN, Z_PHOT_MEDIAN, ...)");
  }
  for (const char* name : {"RELEASE", "BRICKID", "OBJID"}) {
    if (layout.Find(name) == nullptr) continue;
    ARROW_ASSIGN_OR_RAISE(const fits::Column* column, layout.Require(name, "IJK"));
    file->ids_.push_back({name, column->offset, column->type});
  }
  return file;
}

Status PhotozFile::ReadRows(int64_t first, int64_t count, const uint8_t* sweep_rows, const SweepColumns& sweep,
                            std::vector<uint8_t>* rows) const {
  rows->resize(static_cast<size_t>(count * row_bytes()));
  ARROW_RETURN_NOT_OK(reader_->ReadRows(first, count, rows->data()));
  for (const Id& id : ids_) {
    int64_t offset = sweep.objid;
    char type = sweep.objid_type;
    if (id.name == "RELEASE") offset = sweep.release, type = sweep.release_type;
    if (id.name == "BRICKID") offset = sweep.brickid, type = sweep.brickid_type;
    if (offset == SweepColumns::kAbsent) continue;
    for (int64_t i = 0; i < count; ++i) {
      const int64_t wanted = fits::LoadInteger(sweep_rows + i * sweep.row_bytes + offset, type);
      const int64_t found = fits::LoadInteger(rows->data() + i * row_bytes() + id.offset, id.type);
      if (wanted == found) continue;
      return DataError(
          {.path = reader_->path(), .column = id.name, .row = first + i},
          fmt::format("expected {}, as in this row of the sweep, found {}: the file is not row-parallel to "
                      "its sweep",
                      wanted, found));
    }
  }
  return Status::OK();
}

}  // namespace dhs::scan
