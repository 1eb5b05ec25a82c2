// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "fits/table_writer.h"

namespace dhs::mock {

enum class Release { kDr8, kDr9, kDr10 };

/// Optical bands g, r, i, z and WISE bands W1..W4: indices into every per-band array of this module.
inline constexpr int kNumBands = 8;
inline constexpr int kNumOptical = 4;
enum Band : int { kG = 0, kR = 1, kI = 2, kZ = 3, kW1 = 4, kW2 = 5, kW3 = 6, kW4 = 7 };
inline constexpr std::array<std::string_view, kNumBands> kBandNames = {"G", "R", "I", "Z", "W1", "W2", "W3", "W4"};

/// UsageError for a name that is not dr8, dr9 or dr10.
Result<Release> ParseRelease(std::string_view name);
/// "dr10".
std::string_view NameOf(Release release);
/// DR10 sweeps have i-band columns; DR8 and DR9 have not.
inline bool HasIBand(Release release) { return release == Release::kDr10; }
inline bool HasBand(Release release, int band) { return band != kI || HasIBand(release); }

/// Columns of a sweep file in file order, with units. Row bytes and columns: 505 and 130 (DR10), 449 and 115 (DR9), 472
/// and 120 (DR8). Source: the files pages of each release and bin/generate-sweep-files.py of legacypipe. The order of
/// the DR8 columns behind REF_CAT is that of DR9.
const fits::RowLayout& SweepLayout(Release release);

/// Byte offsets of the sweep columns in a row; -1 where the release has no such column.
struct SweepOffsets {
  explicit SweepOffsets(Release release);
  int row_bytes;
  int release, brickid, brickname, objid, type, type_bytes, ra, dec, ra_ivar, dec_ivar, dchisq, ebv;
  std::array<int, kNumBands> flux, flux_ivar, mw_transmission, nobs, rchisq, fracflux;
  std::array<int, kNumOptical> fracmasked, fracin, anymask, allmask, psfsize, psfdepth, galdepth, fiberflux,
      fibertotflux;
  std::array<int, 2> wisemask, psfdepth_wise;
  int wise_coadd_id, fracdev;
  int shape;      ///< SHAPE_R, then R_IVAR, E1, E1_IVAR, E2, E2_IVAR
  int shape_dev;  ///< the same six of SHAPEDEV_*
  int shape_exp;  ///< the same six of SHAPEEXP_*
  int ref_cat, ref_id, ref_epoch;
  int gaia_g;  ///< G, BP, RP: magnitude and flux over error each, 24 bytes
  int gaia_excess_noise, gaia_duplicated, gaia_excess_factor, gaia_sigma5d, gaia_params_solved;
  int parallax;  ///< PARALLAX, PMRA, PMDEC, each with its ivar, 24 bytes
  int maskbits, maskbits_bytes, fitbits, sersic;
};

}  // namespace dhs::mock
