// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "mock/conditions.h"
#include "mock/sources.h"
#include "mock/sweep_layout.h"

namespace dhs::mock {

/// Turns sources into sweep rows. Everything that depends on the place in the brick alone (E(B-V), transmission, depth,
/// PSF, exposures) is laid down once in 8 x 8 ready rows; a source copies the row of its cell and fills in the rest.
/// Not thread-safe: one per thread.
class RowEncoder {
 public:
  explicit RowEncoder(Release release);
  int row_bytes() const { return offsets_.row_bytes; }
  /// Prepares for the rows of a brick. `conditions` must outlive the calls of Encode.
  void StartBrick(uint64_t seed, const BrickConditions& conditions);
  /// Writes row_bytes() bytes at `row`.
  void Encode(const Source& source, int32_t objid, char* row) const;

 private:
  static constexpr int kCells = 8;  ///< along RA and along Dec
  struct Cell {
    std::array<float, kNumBands> psf_ivar, galaxy_ivar;
  };
  void FillCell(uint64_t seed, int ix, int iy);
  void EncodeFluxes(const Source& source, const Cell& cell, char* row) const;
  void EncodeShape(const Source& source, char* row) const;
  void EncodeReference(const Source& source, char* row) const;
  int CellOf(double ra_deg, double dec_deg) const;

  Release release_;
  SweepOffsets offsets_;
  const BrickConditions* conditions_ = nullptr;
  std::string ready_rows_;
  std::array<Cell, kCells * kCells> cells_;
};

}  // namespace dhs::mock
