// SPDX-License-Identifier: Apache-2.0
#include "mock/tally.h"

#include <cmath>

namespace dhs::mock {
namespace {

enum Cut : size_t { kFootprint, kPsf, kFlux, kZmag, kRz, kZw1 };

bool Measured(float flux) { return flux > 0 && std::isfinite(flux); }

double Magnitude(float flux) { return 22.5 - 2.5 * std::log10(static_cast<double>(flux)); }

}  // namespace

void Tally::Count(SourceType type, const std::array<float, kNumBands>& flux) {
  ++num_rows;
  ++by_type[static_cast<size_t>(type)];
  const bool point = type == SourceType::kPsf;
  if (!point && flux[kR] > 0 && flux[kZ] > 0 && flux[kW1] > 0) ++n_gal;
  if (point || !Measured(flux[kR]) || !Measured(flux[kZ]) || !Measured(flux[kW1])) {
    for (auto& cuts : rejected) ++cuts[point ? kPsf : kFlux];
    return;
  }
  const double r = Magnitude(flux[kR]), z = Magnitude(flux[kZ]), w1 = Magnitude(flux[kW1]);
  const auto zmag = static_cast<float>(z), rz = static_cast<float>(r - z), zw1 = static_cast<float>(z - w1);
  for (size_t v = 0; v < kNumVariants; ++v) {
    const TruthVariant& cut = kTruthVariants[v];
    if (!(static_cast<double>(zmag) < cut.zmag_max)) {
      ++rejected[v][kZmag];
    } else if (!(static_cast<double>(rz) > cut.rz_min)) {
      ++rejected[v][kRz];
    } else if (!(static_cast<double>(zw1) > cut.zw1_min)) {
      ++rejected[v][kZw1];
    } else {
      ++n_lrg[v];
    }
  }
}

Tally& Tally::operator+=(const Tally& other) {
  num_rows += other.num_rows;
  n_gal += other.n_gal;
  for (size_t t = 0; t < by_type.size(); ++t) by_type[t] += other.by_type[t];
  for (size_t v = 0; v < kNumVariants; ++v) {
    n_lrg[v] += other.n_lrg[v];
    for (size_t cut = 0; cut < kCutNames.size(); ++cut) rejected[v][cut] += other.rejected[v][cut];
  }
  return *this;
}

}  // namespace dhs::mock
