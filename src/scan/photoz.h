// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fits/table_reader.h"
#include "scan/sweep_columns.h"

namespace dhs::scan {

/// Value of a photo-z column that stands for none.
inline constexpr float kNoPhotoz = -99.0F;

/// Where the photo-z companion of a sweep is: `prefix`/sweep-...-pz.fits for sweep-....fits or sweep-....fits.gz.
std::string PhotozPath(const std::string& prefix, const std::string& sweep_path);

/// The photo-z companion of a sweep (`sweep-*-pz.fits` of DR8, DR9 and DR10): a table with as many rows in the same
/// order. Safe from any thread.
class PhotozFile {
 public:
  /// `num_sweep_rows`: of the sweep. DataError: a missing or damaged file, a gzip one (rows are read where they are
  /// wanted), another number of rows, no known column.
  static Result<std::unique_ptr<PhotozFile>> Open(Storage& storage, const std::string& path, int64_t num_sweep_rows);

  /// The columns that are carried, by the names of the release: Z_PHOT_MEAN, Z_PHOT_MEDIAN, Z_PHOT_STD, Z_PHOT_L68,
  /// Z_PHOT_U68, Z_PHOT_L95, Z_PHOT_U95, the same with _I, Z_SPEC, SURVEY, TRAINING, KFOLD, as far as they are there.
  const std::vector<fits::Column>& columns() const { return columns_; }
  int64_t row_bytes() const { return reader_->layout().row_bytes(); }

  /// Reads rows [first, first + count) and compares RELEASE, BRICKID and OBJID with those of the same rows of the
  /// sweep, as far as both files have them (DR8's companions have none). DataError with the row and both ids where they
  /// differ.
  Status ReadRows(int64_t first, int64_t count, const uint8_t* sweep_rows, const SweepColumns& sweep,
                  std::vector<uint8_t>* rows) const;

 private:
  /// An id column of both files.
  struct Id {
    std::string name;
    int64_t offset;
    char type;
  };
  std::unique_ptr<fits::TableReader> reader_;
  std::vector<fits::Column> columns_;
  std::vector<Id> ids_;
};

}  // namespace dhs::scan
