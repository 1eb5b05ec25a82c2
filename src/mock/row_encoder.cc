// SPDX-License-Identifier: Apache-2.0
#include "mock/row_encoder.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include <fmt/format.h>

#include "mock/random.h"

namespace dhs::mock {
namespace {

using fits::StoreBigEndian;

constexpr std::array<const char*, kNumTypes> kTypeNames = {"PSF ", "REX ", "EXP ", "DEV ", "SER ", "DUP "};

template <typename T>
void Put(char* row, int offset, T value) {
  if (offset >= 0) StoreBigEndian(row + offset, value);
}

/// 4,096 draws of a column that carries no meaning here, picked by random bits.
struct NoiseTables {
  static constexpr uint64_t kSize = 4096;
  std::array<float, kSize> rchisq, fracflux, fracmasked, fracin, ivar_scatter;
};

const NoiseTables& Noise() {
  static const std::unique_ptr<const NoiseTables> tables = [] {
    auto made = std::make_unique<NoiseTables>();
    Rng rng(0, 0, 0);
    for (size_t i = 0; i < NoiseTables::kSize; ++i) {
      made->rchisq[i] = static_cast<float>(std::exp(0.06 * rng.Normal()));
      const double crowding = rng.Uniform();
      made->fracflux[i] = static_cast<float>(rng.Chance(0.02) ? 0.5 + 3 * crowding : std::pow(crowding, 6));
      made->fracmasked[i] = static_cast<float>(rng.Chance(0.6) ? 0 : 0.3 * std::pow(rng.Uniform(), 4));
      made->fracin[i] = static_cast<float>(1 - 0.2 * std::pow(rng.Uniform(), 8));
      made->ivar_scatter[i] = static_cast<float>(std::exp(0.08 * rng.Normal()));
    }
    return made;
  }();
  return *tables;
}

float Pick(const std::array<float, NoiseTables::kSize>& table, uint64_t bits) { return table[bits & 4095]; }

}  // namespace

RowEncoder::RowEncoder(Release release) : release_(release), offsets_(release) {
  ready_rows_.resize(static_cast<size_t>(offsets_.row_bytes * kCells * kCells));
}

void RowEncoder::StartBrick(uint64_t seed, const BrickConditions& conditions) {
  conditions_ = &conditions;
  std::fill(ready_rows_.begin(), ready_rows_.end(), '\0');
  for (int iy = 0; iy < kCells; ++iy) {
    for (int ix = 0; ix < kCells; ++ix) FillCell(seed, ix, iy);
  }
}

void RowEncoder::FillCell(uint64_t seed, int ix, int iy) {
  const BrickConditions& c = *conditions_;
  const int index = iy * kCells + ix;
  Cell& cell = cells_[static_cast<size_t>(index)];
  char* row = ready_rows_.data() + static_cast<ptrdiff_t>(index) * offsets_.row_bytes;
  const uint64_t brick_bits = Mix(Mix(seed) ^ static_cast<uint64_t>(c.brick_id));
  Put(row, offsets_.release, c.release);
  Put(row, offsets_.brickid, c.brick_id);
  std::memcpy(row + offsets_.brickname, sky::NameOf(c.brick).ToString().data(), 8);
  const std::string coadd =
      fmt::format("{:04d}{}{:03d}", static_cast<int>(sky::CenterRaDeg(c.brick) / 1.5) * 15 % 3600,
                  c.bounds.dec1_deg < 0 ? 'm' : 'p', static_cast<int>(std::abs(c.bounds.dec1_deg) / 1.5) * 15);
  std::memcpy(row + offsets_.wise_coadd_id, coadd.data(), 8);

  // A plane through the brick's median: up to +-8 % at the corners.
  const double slope_x = static_cast<double>(brick_bits & 0xFF) / 255 - 0.5;
  const double slope_y = static_cast<double>((brick_bits >> 8) & 0xFF) / 255 - 0.5;
  const double plane = (ix - 3.5) / 3.5 * slope_x + (iy - 3.5) / 3.5 * slope_y;
  const auto ebv = static_cast<float>(c.ebv * (1 + 0.08 * plane));
  Put(row, offsets_.ebv, ebv);
  for (size_t band = 0; band < kNumBands; ++band) {
    Put(row, offsets_.mw_transmission[band], static_cast<float>(std::pow(10.0, -0.4 * kExtinction[band] * ebv)));
  }

  Rng rng(seed, brick_bits + static_cast<uint64_t>(index), 8);
  for (size_t band = 0; band < kNumOptical; ++band) {
    const double scatter = rng.Uniform(-1, 1);  // symmetric, so that medians stay the brick's
    const int more = static_cast<int>(rng.Below(3)) - 1;
    cell.psf_ivar[band] = cell.galaxy_ivar[band] = 0;
    if (c.psfdepth_mag[band] == 0) continue;
    cell.psf_ivar[band] = static_cast<float>(IvarOfDepth(c.psfdepth_mag[band] + 0.08 * scatter));
    cell.galaxy_ivar[band] = static_cast<float>(IvarOfDepth(c.galdepth_mag[band] + 0.08 * scatter));
    Put(row, offsets_.psfsize[band], static_cast<float>(c.psfsize_arcsec[band] * (1 + 0.03 * rng.Uniform(-1, 1))));
    Put(row, offsets_.psfdepth[band], cell.psf_ivar[band]);
    Put(row, offsets_.galdepth[band], cell.galaxy_ivar[band]);
    Put(row, offsets_.nobs[band], static_cast<int16_t>(std::max(1, c.nexp[band] + more)));
    const auto anymask = static_cast<int16_t>(rng.Below(8) == 0 ? 2048 : 0);  // OUTLIER
    Put(row, offsets_.anymask[band], anymask);
  }
  // 5 sigma W1 21.25, W2 20.34 AB (measured on 36 real rows); W3, W4 from the sigmas of the fluxes.
  constexpr std::array<double, 4> kWiseIvar = {2.504, 0.4678, 2.78e-4, 4.94e-6};
  const double coverage = rng.Uniform(0.9, 1.1);
  for (size_t i = 0; i < 4; ++i) {
    cell.psf_ivar[kW1 + i] = cell.galaxy_ivar[kW1 + i] = static_cast<float>(kWiseIvar[i] * coverage);
    Put(row, offsets_.nobs[kW1 + i], static_cast<int16_t>((i < 2 ? 160 : 18) * coverage));
    if (i < 2) Put(row, offsets_.psfdepth_wise[i], cell.psf_ivar[kW1 + i]);
  }
}

int RowEncoder::CellOf(double ra_deg, double dec_deg) const {
  const sky::BrickBounds& b = conditions_->bounds;
  const auto along = [](double value, double low, double high) {
    return std::clamp(static_cast<int>((value - low) / (high - low) * kCells), 0, kCells - 1);
  };
  return along(dec_deg, b.dec1_deg, b.dec2_deg) * kCells + along(ra_deg, b.ra1_deg, b.ra2_deg);
}

void RowEncoder::Encode(const Source& source, int32_t objid, char* row) const {
  const int index = CellOf(source.ra_deg, source.dec_deg);
  const Cell& cell = cells_[static_cast<size_t>(index)];
  std::memcpy(row, ready_rows_.data() + static_cast<ptrdiff_t>(index) * offsets_.row_bytes,
              static_cast<size_t>(offsets_.row_bytes));
  Put(row, offsets_.objid, objid);
  const bool composite = release_ == Release::kDr8 && source.type == SourceType::kSer;
  std::memcpy(row + offsets_.type, composite ? "COMP" : kTypeNames[static_cast<size_t>(source.type)],
              static_cast<size_t>(offsets_.type_bytes));
  Put(row, offsets_.ra, source.ra_deg);
  Put(row, offsets_.dec, source.dec_deg);
  const float r = source.flux_nmgy[kR];
  const float significance = r * r * cell.galaxy_ivar[kR];
  const float position_ivar = 1e11F * (significance + 1) * Pick(Noise().ivar_scatter, source.noise);
  Put(row, offsets_.ra_ivar, position_ivar);
  Put(row, offsets_.dec_ivar, position_ivar * 0.97F);
  if (source.type != SourceType::kDup) {
    constexpr float kGain[5] = {0.93F, 0.97F, 0.985F, 0.99F, 1.0F};  // PSF, REX, DEV, EXP, SER
    const bool point = source.type == SourceType::kPsf;
    for (int i = 0; i < 5; ++i) {
      Put(row, offsets_.dchisq + 4 * i, point ? significance * (i < 2 ? 1.0F : 0.0F) : significance * kGain[i]);
    }
  }
  EncodeFluxes(source, cell, row);
  EncodeShape(source, row);
  EncodeReference(source, row);
  if (offsets_.maskbits_bytes == 4) {
    Put(row, offsets_.maskbits, source.maskbits);
  } else {
    Put(row, offsets_.maskbits, static_cast<int16_t>(source.maskbits));
  }
}

void RowEncoder::EncodeFluxes(const Source& source, const Cell& cell, char* row) const {
  const NoiseTables& noise = Noise();
  const bool point = source.type == SourceType::kPsf;
  uint64_t bits = source.noise;
  for (size_t band = 0; band < kNumBands; ++band) {
    bits = bits * 0x5851F42D4C957F2DULL + 0x14057B7EF767814FULL;
    const uint64_t high = bits >> 16;
    const float flux = source.flux_nmgy[band];
    const float base = source.no_ivar ? 0.0F : (point ? cell.psf_ivar[band] : cell.galaxy_ivar[band]);
    const float ivar =
        base * Pick(noise.ivar_scatter, high) / (1 + 0.02F * std::max(0.0F, flux) * (band < 4 ? 1 : 0.1F));
    Put(row, offsets_.flux[band], flux);
    Put(row, offsets_.flux_ivar[band], ivar);
    if (ivar == 0) continue;
    const float fracflux = Pick(noise.fracflux, high >> 12);
    Put(row, offsets_.rchisq[band], Pick(noise.rchisq, high >> 24));
    Put(row, offsets_.fracflux[band], fracflux);
    if (band >= kNumOptical) continue;
    Put(row, offsets_.fracmasked[band], Pick(noise.fracmasked, high >> 36));
    Put(row, offsets_.fracin[band], Pick(noise.fracin, high >> 6));
    const float fiber = flux * (point ? 0.78F : 0.78F / (1 + 0.9F * source.shape.r_arcsec));
    Put(row, offsets_.fiberflux[band], fiber);
    Put(row, offsets_.fibertotflux[band], fiber + std::max(0.0F, flux) * 0.1F * fracflux);
  }
  const auto wise_bits = static_cast<uint8_t>((source.maskbits & kWiseM1) != 0 ? 1 : 0);
  Put(row, offsets_.wisemask[0], wise_bits);
  Put(row, offsets_.wisemask[1], static_cast<uint8_t>((source.maskbits & kWiseM2) != 0 ? 1 : 0));
  constexpr std::array<int32_t, kNumOptical> kAllMaskBits = {kAllMaskG, kAllMaskR, kAllMaskI, kAllMaskZ};
  constexpr std::array<int32_t, kNumOptical> kSaturBits = {kSaturG, kSaturR, kSaturI, kSaturZ};
  for (size_t band = 0; band < kNumOptical; ++band) {
    const int bad = ((source.maskbits & kAllMaskBits[band]) != 0 ? 1 : 0) |  // BADPIX
                    ((source.maskbits & kSaturBits[band]) != 0 ? 2 : 0);     // SATUR
    if (bad == 0) continue;
    Put(row, offsets_.allmask[band], static_cast<int16_t>(bad));
    Put(row, offsets_.anymask[band], static_cast<int16_t>(bad));
  }
}

void RowEncoder::EncodeShape(const Source& source, char* row) const {
  if (source.type == SourceType::kPsf || source.type == SourceType::kDup) return;
  const float scatter = Pick(Noise().ivar_scatter, source.noise >> 20);
  const float r_ivar = 2500.0F * scatter / (source.shape.r_arcsec * source.shape.r_arcsec + 0.01F);
  const bool round = source.type == SourceType::kRex;
  const float e_ivar = round ? 0.0F : 900.0F * scatter;
  const auto six = [&](int offset) {
    const float values[6] = {source.shape.r_arcsec, r_ivar, source.shape.e1, e_ivar, source.shape.e2, e_ivar};
    for (int i = 0; i < 6; ++i) Put(row, offset + 4 * i, values[i]);
  };
  if (release_ == Release::kDr8) {
    const bool dev = source.type == SourceType::kDev, composite = source.type == SourceType::kSer;
    if (dev || composite) six(offsets_.shape_dev);
    if (!dev) six(offsets_.shape_exp);
    Put(row, offsets_.fracdev, dev ? 1.0F : composite ? 0.5F : 0.0F);
    return;
  }
  six(offsets_.shape);
  Put(row, offsets_.sersic, source.shape.sersic);
  Put(row, offsets_.sersic + 4, source.type == SourceType::kSer ? 60.0F * scatter : 0.0F);
}

void RowEncoder::EncodeReference(const Source& source, char* row) const {
  std::memset(row + offsets_.ref_cat, ' ', 2);
  Put(row, offsets_.gaia_duplicated, 'F');
  if (source.gaia_g_mag == 0) return;
  const bool edr3 = release_ == Release::kDr10;
  std::memcpy(row + offsets_.ref_cat, edr3 ? "GE" : "G2", 2);
  Put(row, offsets_.ref_id, static_cast<int64_t>(source.noise >> 2));
  Put(row, offsets_.ref_epoch, edr3 ? 2016.0F : 2015.5F);
  const float g = source.gaia_g_mag;
  const float over_error = 5000.0F * std::max(0.02F, (21.0F - g) / 9.0F);
  const float mags[3] = {g, g + 0.4F, g - 0.6F};
  for (int i = 0; i < 3; ++i) {
    Put(row, offsets_.gaia_g + 8 * i, mags[i]);
    Put(row, offsets_.gaia_g + 8 * i + 4, over_error / (i == 0 ? 1.0F : 20.0F));
  }
  Put(row, offsets_.gaia_excess_noise, g > 18 ? 0.4F : 0.1F);
  Put(row, offsets_.gaia_excess_factor, 1.25F);
  Put(row, offsets_.gaia_sigma5d, g > 18 ? 0.6F : 0.05F);
  Put(row, offsets_.gaia_params_solved, static_cast<uint8_t>(31));
  const NoiseTables& noise = Noise();
  for (int i = 0; i < 3; ++i) {  // parallax, proper motions
    const float away = (Pick(noise.rchisq, source.noise >> (12 * i)) - 1) * (i == 0 ? 10.0F : 100.0F);
    Put(row, offsets_.parallax + 8 * i, away);
    Put(row, offsets_.parallax + 8 * i + 4, g > 18 ? 4.0F : 400.0F);
  }
}

}  // namespace dhs::mock
