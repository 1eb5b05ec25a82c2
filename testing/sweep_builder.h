// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "sky/tessellation.h"
#include "testing/fits_builder.h"

namespace dhs::testing {

/// A sweep row as plain values; what a sweep built here holds.
struct SweepRow {
  std::string brickname;
  int32_t objid;
  std::string type;
  double ra, dec;
  std::array<float, 4> flux;          // g r z W1
  std::array<float, 4> transmission;  // g r z W1
  int32_t maskbits;
};

struct SweepForm {
  bool dr8 = false;  // TYPE 4A, MASKBITS I, another order of columns
  bool transmissions = true;
  bool maskbits = true;
};

inline std::vector<FitsColumn> SweepTable(const std::vector<SweepRow>& rows, SweepForm form = {}) {
  std::vector<FitsColumn> columns = {
      {"RELEASE", "I"}, {"BRICKID", "J"}, {"BRICKNAME", "8A"}, {"OBJID", "J"}, {"TYPE", form.dr8 ? "4A" : "3A"}};
  const std::vector<std::string> positions =
      form.dr8 ? std::vector<std::string>{"DEC", "RA"} : std::vector<std::string>{"RA", "DEC"};
  for (const auto& name : positions) columns.push_back({name, "D"});
  columns.push_back({"DCHISQ", "5E"});
  const char* bands[] = {"g", "R", "Z", "W1"};
  for (const char* band : bands) columns.push_back({fmt::format("flux_{}", band), "E"});
  if (form.transmissions) {
    for (const char* band : bands) columns.push_back({fmt::format("MW_TRANSMISSION_{}", band), "E"});
  }
  if (form.maskbits) columns.push_back({"MASKBITS", form.dr8 ? "I" : "J"});
  for (const SweepRow& row : rows) {
    size_t at = 0;
    const auto put = [&](std::string cell) { columns[at++].cells.push_back(std::move(cell)); };
    put(FitsI16(10000));
    put(FitsI32(330368));
    put(FitsText(row.brickname, 8));
    put(FitsI32(row.objid));
    put(FitsText(row.type, form.dr8 ? 4 : 3));
    put(FitsF64(form.dr8 ? row.dec : row.ra));
    put(FitsF64(form.dr8 ? row.ra : row.dec));
    put(std::string(20, '\x3f'));
    for (const float flux : row.flux) put(FitsF32(flux));
    if (form.transmissions) {
      for (const float t : row.transmission) put(FitsF32(t));
    }
    if (form.maskbits) put(form.dr8 ? FitsI16(static_cast<int16_t>(row.maskbits)) : FitsI32(row.maskbits));
  }
  return columns;
}

inline std::string BuildSweep(const std::vector<SweepRow>& rows, SweepForm form = {}) {
  return FitsBuilder().Table(SweepTable(rows, form)).bytes();
}

/// Rows over some bricks with everything that can be wrong with a row, in runs of a brick, sometimes interrupted.
inline std::vector<SweepRow> RandomRows(uint32_t seed, int count, int first_column) {
  std::mt19937 random(seed);
  const auto uniform = [&](double low, double high) {
    return low + (high - low) * static_cast<double>(random()) / 4294967296.0;
  };
  const auto flux_of = [](double magnitude) { return static_cast<float>(std::pow(10.0, (22.5 - magnitude) / 2.5)); };
  const char* types[] = {"PSF", "REX", "EXP", "DEV", "SER", "DUP", "psf", "rex", "", " EX", "P"};
  std::vector<SweepRow> rows;
  for (int i = 0; i < count; ++i) {
    const sky::Brick brick{.row = 360 + static_cast<int32_t>(random() % 2),
                           .col = first_column + static_cast<int32_t>(i / 40 % 5)};
    const sky::BrickBounds bounds = sky::BoundsOf(brick);
    const double z = uniform(18.5, 22.5), rz = uniform(0.1, 1.2), zw1 = uniform(0.5, 2.0);
    SweepRow row{.brickname = sky::NameOf(brick).ToString(),
                 .objid = static_cast<int32_t>(random() % 300 * 5'000'000 + seed % 100 * 50'000) + i,  // each once
                 .type = types[random() % (i % 3 == 0 ? 11 : 6)],
                 .ra = uniform(bounds.ra1_deg, bounds.ra2_deg),
                 .dec = uniform(bounds.dec1_deg, bounds.dec2_deg),
                 .flux = {flux_of(z + rz + 1.5), flux_of(z + rz), flux_of(z), flux_of(z - zw1)},
                 .transmission = {},
                 .maskbits = static_cast<int32_t>(random() % 70000 % 32768)};
    for (float& t : row.transmission) t = static_cast<float>(uniform(0.7, 1.0));
    const float odd[] = {NAN, INFINITY, -INFINITY, 0.0f, -0.0f, -1.5f, 1e-42f, 3e38f};
    if (random() % 8 == 0) row.flux[random() % 4] = odd[random() % 8];
    if (random() % 20 == 0) row.transmission[random() % 4] = odd[random() % 8];
    switch (random() % 60) {
      case 0:
        row.ra = NAN;
        break;
      case 1:
        row.dec = 90.5;
        break;
      case 2:
        row.ra = -0.001;
        break;
      case 3:
        row.ra = row.dec = 0.0;
        break;
      case 4:
        row.brickname = "1126x222";
        break;
      case 5:
        row.brickname = "0009p009";
        break;
      case 6:
        row.ra += 0.6;
        break;
      case 7:
        row.dec = bounds.dec2_deg + 0.9 / 3600;
        break;
      case 8:
        row.dec = bounds.dec2_deg + 1.1 / 3600;
        break;
      case 9:
        row.ra = 360.0;
        break;
      default:
        break;
    }
    rows.push_back(row);
  }
  return rows;
}

// --- The slow and plain reading of SPEC 3 and 4 that the stage is compared with.
// --------------------------------------

double PlainMagnitude(double flux) { return std::isfinite(flux) && flux > 0 ? 22.5 - 2.5 * std::log10(flux) : NAN; }

}  // namespace dhs::testing
