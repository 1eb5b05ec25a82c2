// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <limits>

namespace dhs::photometry {

/// AB magnitude 22.5 - 2.5 log10(flux / nanomaggy), in double; NaN unless the flux is finite and > 0.
inline double MagnitudeAb(double flux_nmgy) {
  if (!(flux_nmgy > 0.0) || !std::isfinite(flux_nmgy)) return std::numeric_limits<double>::quiet_NaN();
  return 22.5 - 2.5 * std::log10(flux_nmgy);
}

/// Corrected for Galactic extinction: MagnitudeAb(flux / transmission), the quotient in double; NaN where either is
/// not finite or is <= 0.
inline double MagnitudeAbMw(double flux_nmgy, double transmission) {
  if (!(transmission > 0.0) || !std::isfinite(transmission)) return std::numeric_limits<double>::quiet_NaN();
  return MagnitudeAb(flux_nmgy / transmission);
}

/// The float32 columns of one source. Colours are the float32 of the double difference.
struct StoredPhotometry {
  float gmag, rmag, zmag, w1mag, rz, zw1;
};

/// Fluxes in nanomaggies as read from the sweep.
inline StoredPhotometry StoreRaw(float flux_g, float flux_r, float flux_z, float flux_w1) {
  const double g = MagnitudeAb(flux_g), r = MagnitudeAb(flux_r), z = MagnitudeAb(flux_z), w1 = MagnitudeAb(flux_w1);
  return {static_cast<float>(g),  static_cast<float>(r),     static_cast<float>(z),
          static_cast<float>(w1), static_cast<float>(r - z), static_cast<float>(z - w1)};
}

/// The same with the Milky-Way transmissions T_g, T_r, T_z, T_W1 (0..1).
inline StoredPhotometry StoreMw(float flux_g, float flux_r, float flux_z, float flux_w1, float t_g, float t_r,
                                float t_z, float t_w1) {
  const double g = MagnitudeAbMw(flux_g, t_g), r = MagnitudeAbMw(flux_r, t_r), z = MagnitudeAbMw(flux_z, t_z),
               w1 = MagnitudeAbMw(flux_w1, t_w1);
  return {static_cast<float>(g),  static_cast<float>(r),     static_cast<float>(z),
          static_cast<float>(w1), static_cast<float>(r - z), static_cast<float>(z - w1)};
}

}  // namespace dhs::photometry
