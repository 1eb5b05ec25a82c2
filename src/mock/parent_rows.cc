// SPDX-License-Identifier: Apache-2.0
#include "mock/parent_rows.h"

#include <algorithm>
#include <cmath>

#include "mock/masks.h"
#include "mock/population.h"
#include "mock/random.h"
#include "mock/sources.h"
#include "photometry/variant.h"

namespace dhs::mock {
namespace {

constexpr uint64_t kParentStream = 22;
constexpr size_t kV3 = 2;

uint8_t FlagsOf(const photometry::StoredPhotometry& stored) {
  uint8_t flags = 0;
  for (size_t v = 0; v < photometry::kNumBuiltinVariants; ++v) {
    if (photometry::PassesCuts(photometry::BuiltinVariants()[v], stored.zmag, stored.rz, stored.zw1)) {
      flags = static_cast<uint8_t>(flags | (1U << v));
    }
  }
  return flags;
}

}  // namespace

BrickConditions GoodConditionsOf(uint64_t seed, sky::Brick brick) {
  BrickConditions c = ConditionsOf(seed, brick, Release::kDr10, /*special_share=*/0);
  // Just inside the limits of SPEC 5, as float32.
  c.ebv = std::min(c.ebv, 0.1199F);
  for (const Band band : {kG, kR, kZ}) {
    if (c.psfdepth_mag[band] == 0) c.psfsize_arcsec[band] = 1.4F, c.nexp[band] = 2;
    c.psfdepth_mag[band] = std::max(c.psfdepth_mag[band], 23.61F);
    c.galdepth_mag[band] = std::max(c.galdepth_mag[band], 23.3F);
  }
  c.psfsize_arcsec[kR] = std::min(c.psfsize_arcsec[kR], 1.599F);
  return c;
}

void DrawParentRows(uint64_t seed, const BrickConditions& c, int64_t count, std::vector<ParentRow>* rows) {
  Rng rng(seed, static_cast<uint64_t>(c.brick_id), kParentStream);
  const BrickMasks masks(seed, c, Release::kDr10);
  const double red_share = RedShare(c);
  std::array<float, kNumBands> transmission;
  for (size_t band = 0; band < transmission.size(); ++band) {
    transmission[band] = static_cast<float>(std::pow(10.0, -0.4 * kExtinction[band] * c.ebv));
  }
  const auto inside = [&rng](double low, double high) {
    return std::clamp(rng.Uniform(low, high), std::nextafter(low, high), std::nextafter(high, low));
  };
  const size_t first = rows->size();
  int64_t objid = -1;
  for (int64_t i = 0; i < count; ++i) {
    ParentRow row{};
    row.brick = sky::NameOf(c.brick);
    objid += 1 + static_cast<int64_t>(rng.Below(199));  // about 100 sources for each LRG
    row.objid = objid;
    row.ra_deg = inside(c.bounds.ra1_deg, c.bounds.ra2_deg);
    row.dec_deg = inside(c.bounds.dec1_deg, c.bounds.dec2_deg);
    do {  // again only where rounding to float32 carried it over a limit
      Source source{};
      DrawLuminousRed(rng, LrgPart::kToZ204, red_share, c.ebv, source);
      const auto& f = source.flux_nmgy;
      row.type = source.type;
      row.raw = photometry::StoreRaw(f[kG], f[kR], f[kZ], f[kW1]);
      row.corrected = photometry::StoreMw(f[kG], f[kR], f[kZ], f[kW1], transmission[kG], transmission[kR],
                                          transmission[kZ], transmission[kW1]);
      row.flags = FlagsOf(row.raw);
    } while ((row.flags >> kV3 & 1U) == 0);
    rows->push_back(row);
  }
  // Sources of a brick are numbered by rising RA.
  std::vector<double> ra_deg;
  for (size_t i = first; i < rows->size(); ++i) ra_deg.push_back((*rows)[i].ra_deg);
  std::sort(ra_deg.begin(), ra_deg.end());
  for (size_t i = first; i < rows->size(); ++i) {
    ParentRow& row = (*rows)[i];
    row.ra_deg = ra_deg[i - first];
    row.maskbits = masks.BitsAt(row.ra_deg, row.dec_deg);
  }
}

}  // namespace dhs::mock
