// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dhs::sky {

/// Galactic longitude 0 <= l < 360 and latitude -90 <= b <= 90, degrees (IAU 1958).
struct GalacticPoint {
  double l_deg, b_deg;
};

/// Right ascension 0 <= ra < 360 and declination -90 <= dec <= 90, degrees, ICRS.
struct EquatorialPoint {
  double ra_deg, dec_deg;
};

/// The rotation of the Hipparcos catalogue (ESA SP-1200, vol. 1, sect. 1.5.3): north galactic pole at RA 192.85948, Dec
/// +27.12825, ascending node of the galactic plane at l = 32.93192, all ICRS and exact by definition. Within 0.1 arcsec
/// of frames that go through FK5. REQUIRES: finite values, |dec| and |b| at most 90.
GalacticPoint GalacticOf(EquatorialPoint point);
EquatorialPoint EquatorialOf(GalacticPoint point);

}  // namespace dhs::sky
