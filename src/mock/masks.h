// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "mock/conditions.h"

namespace dhs::mock {

/// Bits of MASKBITS (bitmasks page of DR10). Bits 14 and above exist in DR10 only.
enum MaskBit : int32_t {
  kNPrimary = 1 << 0,
  kBright = 1 << 1,
  kSaturG = 1 << 2,
  kSaturR = 1 << 3,
  kSaturZ = 1 << 4,
  kAllMaskG = 1 << 5,
  kAllMaskR = 1 << 6,
  kAllMaskZ = 1 << 7,
  kWiseM1 = 1 << 8,
  kWiseM2 = 1 << 9,
  kBailout = 1 << 10,
  kMedium = 1 << 11,
  kGalaxy = 1 << 12,
  kCluster = 1 << 13,
  kSaturI = 1 << 14,
  kAllMaskI = 1 << 15,
  kSubBlob = 1 << 16
};

/// Masked discs of one brick: around bright and medium stars, large galaxies, clusters, and blobs that were given up;
/// one band without good pixels in a corner. So bits come in patches and the share of masked sources differs from brick
/// to brick. Discs are drawn brick by brick and end at its edges.
class BrickMasks {
 public:
  BrickMasks(uint64_t seed, const BrickConditions& conditions, Release release);
  /// MASKBITS at a place in the brick.
  int32_t BitsAt(double ra_deg, double dec_deg) const;

 private:
  struct Disc {
    double ra_deg, dec_deg, radius2_deg2;
    int32_t bits;
  };
  void AddDiscs(class Rng& rng, double mean_count, double min_radius_deg, double max_radius_deg, int32_t bits);
  std::vector<Disc> discs_;
  sky::BrickBounds bounds_;
  double cos_dec_;
  double area_ratio_;
  int32_t corner_bits_ = 0;  // in the corner that the two numbers below end
  double corner_ra_deg_ = 0, corner_dec_deg_ = 0;
  int32_t sub_blob_bits_ = 0;  // west half of a brick made again
  int32_t allowed_bits_;
};

}  // namespace dhs::mock
