// SPDX-License-Identifier: Apache-2.0
#include "mock/sweep_layout.h"

#include <vector>

#include <fmt/format.h>

namespace dhs::mock {
namespace {

constexpr const char* kInverseFlux2 = "1/nanomaggy^2";

/// Adds columns of one release; band groups leave out the bands that the release lacks.
class ColumnList {
 public:
  explicit ColumnList(Release release) : release_(release) {}
  void Add(std::string name, std::string tform, std::string unit = {}) {
    columns_.push_back({std::move(name), std::move(tform), std::move(unit)});
  }
  void Bands(std::string_view prefix, int first, int last, const std::string& tform, const std::string& unit = {}) {
    for (int band = first; band <= last; ++band) {
      if (HasBand(release_, band))
        Add(fmt::format("{}_{}", prefix, kBandNames[static_cast<size_t>(band)]), tform, unit);
    }
  }
  void Shape(const std::string& prefix) {
    Add(prefix + "_R", "E", "arcsec");
    Add(prefix + "_R_IVAR", "E", "1/arcsec^2");
    for (const char* name : {"_E1", "_E1_IVAR", "_E2", "_E2_IVAR"}) Add(prefix + name, "E");
  }
  std::vector<fits::ColumnDef> Take() { return std::move(columns_); }

 private:
  Release release_;
  std::vector<fits::ColumnDef> columns_;
};

void AddImagingColumns(ColumnList& list, Release release) {
  list.Add("RELEASE", "I");
  list.Add("BRICKID", "J");
  list.Add("BRICKNAME", "8A");
  list.Add("OBJID", "J");
  list.Add("TYPE", release == Release::kDr8 ? "4A" : "3A");
  list.Add("RA", "D", "deg");
  list.Add("DEC", "D", "deg");
  list.Add("RA_IVAR", "E", "1/deg^2");
  list.Add("DEC_IVAR", "E", "1/deg^2");
  list.Add("DCHISQ", "5E");
  list.Add("EBV", "E", "mag");
  list.Bands("FLUX", kG, kW4, "E", "nanomaggy");
  list.Bands("FLUX_IVAR", kG, kW4, "E", kInverseFlux2);
  list.Bands("MW_TRANSMISSION", kG, kW4, "E");
  list.Bands("NOBS", kG, kW4, "I");
  list.Bands("RCHISQ", kG, kW4, "E");
  list.Bands("FRACFLUX", kG, kW4, "E");
  list.Bands("FRACMASKED", kG, kZ, "E");
  list.Bands("FRACIN", kG, kZ, "E");
  list.Bands("ANYMASK", kG, kZ, "I");
  list.Bands("ALLMASK", kG, kZ, "I");
  list.Bands("WISEMASK", kW1, kW2, "B");
  list.Bands("PSFSIZE", kG, kZ, "E", "arcsec");
  list.Bands("PSFDEPTH", kG, kZ, "E", kInverseFlux2);
  list.Bands("GALDEPTH", kG, kZ, "E", kInverseFlux2);
  list.Bands("PSFDEPTH", kW1, kW2, "E", kInverseFlux2);
  list.Add("WISE_COADD_ID", "8A");
}

void AddCatalogColumns(ColumnList& list, Release release) {
  if (release == Release::kDr8) {
    list.Add("FRACDEV", "E");
    list.Add("FRACDEV_IVAR", "E");
    list.Shape("SHAPEDEV");
    list.Shape("SHAPEEXP");
  } else {
    list.Shape("SHAPE");
  }
  list.Bands("FIBERFLUX", kG, kZ, "E", "nanomaggy");
  list.Bands("FIBERTOTFLUX", kG, kZ, "E", "nanomaggy");
  list.Add("REF_CAT", "2A");
  list.Add("REF_ID", "K");
  list.Add("REF_EPOCH", "E");
  for (const char* band : {"G", "BP", "RP"}) {
    list.Add(fmt::format("GAIA_PHOT_{}_MEAN_MAG", band), "E", "mag");
    list.Add(fmt::format("GAIA_PHOT_{}_MEAN_FLUX_OVER_ERROR", band), "E");
  }
  list.Add("GAIA_ASTROMETRIC_EXCESS_NOISE", "E");
  list.Add("GAIA_DUPLICATED_SOURCE", "L");
  list.Add("GAIA_PHOT_BP_RP_EXCESS_FACTOR", "E");
  list.Add("GAIA_ASTROMETRIC_SIGMA5D_MAX", "E");
  list.Add("GAIA_ASTROMETRIC_PARAMS_SOLVED", "B");
  list.Add("PARALLAX", "E", "mas");
  list.Add("PARALLAX_IVAR", "E", "1/mas^2");
  list.Add("PMRA", "E", "mas/yr");
  list.Add("PMRA_IVAR", "E", "1/(mas/yr)^2");
  list.Add("PMDEC", "E", "mas/yr");
  list.Add("PMDEC_IVAR", "E", "1/(mas/yr)^2");
  list.Add("MASKBITS", release == Release::kDr10 ? "J" : "I");
  if (release != Release::kDr8) {
    list.Add("FITBITS", "I");
    list.Add("SERSIC", "E");
    list.Add("SERSIC_IVAR", "E");
  }
}

fits::RowLayout MakeLayout(Release release) {
  ColumnList list(release);
  AddImagingColumns(list, release);
  AddCatalogColumns(list, release);
  Result<fits::RowLayout> layout = fits::RowLayout::Make(list.Take());
  return layout.ok() ? *std::move(layout) : fits::RowLayout();  // the names and types above are constants
}

}  // namespace

Result<Release> ParseRelease(std::string_view name) {
  for (const Release release : {Release::kDr8, Release::kDr9, Release::kDr10}) {
    if (NameOf(release) == name) return release;
  }
  return UsageError(
      fmt::format("release '{}' is not one of dr8, dr9, dr10.{}", name, DidYouMean(name, {"dr8", "dr9", "dr10"})));
}

std::string_view NameOf(Release release) {
  switch (release) {
    case Release::kDr8:
      return "dr8";
    case Release::kDr9:
      return "dr9";
    case Release::kDr10:
      break;
  }
  return "dr10";
}

const fits::RowLayout& SweepLayout(Release release) {
  static const std::array<fits::RowLayout, 3> layouts = {MakeLayout(Release::kDr8), MakeLayout(Release::kDr9),
                                                         MakeLayout(Release::kDr10)};
  return layouts[static_cast<size_t>(release)];
}

SweepOffsets::SweepOffsets(Release release_id) {
  const fits::RowLayout& layout = SweepLayout(release_id);
  const auto at = [&](std::string_view name) { return static_cast<int>(layout.OffsetOf(name).value_or(-1)); };
  const auto bands = [&](auto& offsets, std::string_view prefix, size_t first_band = 0) {
    for (size_t i = 0; i < offsets.size(); ++i) {
      offsets[i] = at(fmt::format("{}_{}", prefix, kBandNames[first_band + i]));
    }
  };
  row_bytes = static_cast<int>(layout.row_bytes());
  release = at("RELEASE");
  brickid = at("BRICKID");
  brickname = at("BRICKNAME");
  objid = at("OBJID");
  type = at("TYPE");
  type_bytes = release_id == Release::kDr8 ? 4 : 3;
  ra = at("RA");
  dec = at("DEC");
  ra_ivar = at("RA_IVAR");
  dec_ivar = at("DEC_IVAR");
  dchisq = at("DCHISQ");
  ebv = at("EBV");
  bands(flux, "FLUX");
  bands(flux_ivar, "FLUX_IVAR");
  bands(mw_transmission, "MW_TRANSMISSION");
  bands(nobs, "NOBS");
  bands(rchisq, "RCHISQ");
  bands(fracflux, "FRACFLUX");
  bands(fracmasked, "FRACMASKED");
  bands(fracin, "FRACIN");
  bands(anymask, "ANYMASK");
  bands(allmask, "ALLMASK");
  bands(psfsize, "PSFSIZE");
  bands(psfdepth, "PSFDEPTH");
  bands(galdepth, "GALDEPTH");
  bands(fiberflux, "FIBERFLUX");
  bands(fibertotflux, "FIBERTOTFLUX");
  bands(wisemask, "WISEMASK", kW1);
  bands(psfdepth_wise, "PSFDEPTH", kW1);
  wise_coadd_id = at("WISE_COADD_ID");
  fracdev = at("FRACDEV");
  shape = at("SHAPE_R");
  shape_dev = at("SHAPEDEV_R");
  shape_exp = at("SHAPEEXP_R");
  ref_cat = at("REF_CAT");
  ref_id = at("REF_ID");
  ref_epoch = at("REF_EPOCH");
  gaia_g = at("GAIA_PHOT_G_MEAN_MAG");
  gaia_excess_noise = at("GAIA_ASTROMETRIC_EXCESS_NOISE");
  gaia_duplicated = at("GAIA_DUPLICATED_SOURCE");
  gaia_excess_factor = at("GAIA_PHOT_BP_RP_EXCESS_FACTOR");
  gaia_sigma5d = at("GAIA_ASTROMETRIC_SIGMA5D_MAX");
  gaia_params_solved = at("GAIA_ASTROMETRIC_PARAMS_SOLVED");
  parallax = at("PARALLAX");
  maskbits = at("MASKBITS");
  maskbits_bytes = release_id == Release::kDr10 ? 4 : 2;
  fitbits = at("FITBITS");
  sersic = at("SERSIC");
}

}  // namespace dhs::mock
