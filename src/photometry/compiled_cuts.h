// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "photometry/variant.h"

namespace dhs::photometry {

/// What one row is to one variant. The cuts are named in the order in which a row is charged to the first it fails.
enum class CutOutcome : uint8_t { kPasses, kFailsZmag, kFailsRz, kFailsZw1 };

/// The exact rule on the stored float32 columns: the first cut that fails, NaN failing it, or kPasses.
inline CutOutcome FirstFailingCut(const Variant& v, float zmag, float rz, float zw1) {
  if (!(static_cast<double>(zmag) < v.zmag_max)) return CutOutcome::kFailsZmag;
  if (!(static_cast<double>(rz) > v.rz_min)) return CutOutcome::kFailsRz;
  if (!(static_cast<double>(zw1) > v.zw1_min)) return CutOutcome::kFailsZw1;
  return CutOutcome::kPasses;
}

/// The cuts of a variant in flux space: they spare the logarithm of rows that certainly fail.
///
/// A row is decided here only when the exact rule cannot say otherwise. Let L be a limit in magnitudes.
///  - The double magnitude of a positive finite flux is off by less than kSlackMag = 1e-11: with glibc's log10 good to
///    2 ulp, |m| < 400 and ulp(400) = 5.7e-14, 2.5 log10 and the subtraction contribute under 4e-13 each; a colour
///    takes two of them and one more subtraction.
///  - Rounding to float32 is monotone, so only its size at L matters: x >= L + h with h = 2 * (half an ulp of L)
///  implies
///    float32(x) >= L, also where L + h is in the next binade.
/// So zmag fails for certain if m_z >= L + h + slack, that is flux_z <= 10^((22.5 - L - h - slack) / 2.5), and passes
/// for certain beyond the same bound with the signs turned; colours are ratios of fluxes in the same way. The slack
/// also covers the rounding of pow and of one multiplication (relative 1e-15 = 1e-15 mag). Between the bounds (2e-6 mag
/// wide at z = 20) and where all cuts pass, the answer is kUndecided.
class CompiledCuts {
 public:
  static constexpr double kSlackMag = 1e-11;

  enum class Verdict : uint8_t { kFailsZmag, kFailsRz, kFailsZw1, kUndecided };

  explicit CompiledCuts(const Variant& variant);

  /// Fluxes in nanomaggies, as read or each divided by its transmission in double. REQUIRES: all finite and > 0.
  /// A verdict other than kUndecided is what FirstFailingCut says of the row.
  Verdict Classify(double flux_r, double flux_z, double flux_w1) const {
    if (flux_z <= z_fails_) return Verdict::kFailsZmag;
    if (flux_z < z_passes_) return Verdict::kUndecided;
    if (flux_z <= flux_r * rz_fails_) return Verdict::kFailsRz;
    if (flux_z < flux_r * rz_passes_) return Verdict::kUndecided;
    if (flux_w1 <= flux_z * zw1_fails_) return Verdict::kFailsZw1;
    return Verdict::kUndecided;
  }

  /// False only for rows that certainly fail some cut (whichever): cheaper than Classify where the cut is of no
  /// interest.
  bool MayPass(double flux_r, double flux_z, double flux_w1) const {
    return flux_z > z_fails_ && flux_z > flux_r * rz_fails_ && flux_w1 > flux_z * zw1_fails_;
  }

 private:
  double z_fails_, z_passes_;    // nanomaggies
  double rz_fails_, rz_passes_;  // flux_z / flux_r
  double zw1_fails_;             // flux_w1 / flux_z
};

/// The weakest limit of every cut: whatever one of `variants` accepts, this accepts. REQUIRES: at least one.
Variant LoosestOf(std::span<const Variant> variants);

}  // namespace dhs::photometry
