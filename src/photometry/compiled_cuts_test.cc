// SPDX-License-Identifier: Apache-2.0
#include "photometry/compiled_cuts.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "photometry/magnitude.h"

namespace dhs::photometry {
namespace {

using Verdict = CompiledCuts::Verdict;

CutOutcome Exact(const Variant& v, float flux_r, float flux_z, float flux_w1, float t_r, float t_z, float t_w1) {
  const StoredPhotometry p = StoreMw(1.0f, flux_r, flux_z, flux_w1, 1.0f, t_r, t_z, t_w1);
  return FirstFailingCut(v, p.zmag, p.rz, p.zw1);
}

/// A verdict must be what the exact rule says; returns whether there was one.
bool CheckOne(const Variant& v, const CompiledCuts& cuts, float flux_r, float flux_z, float flux_w1, float t_r = 1,
              float t_z = 1, float t_w1 = 1) {
  const double r = double(flux_r) / t_r, z = double(flux_z) / t_z, w1 = double(flux_w1) / t_w1;
  const CutOutcome exact = Exact(v, flux_r, flux_z, flux_w1, t_r, t_z, t_w1);
  const Verdict verdict = cuts.Classify(r, z, w1);
  if (!cuts.MayPass(r, z, w1)) {
    EXPECT_NE(exact, CutOutcome::kPasses) << flux_r << " " << flux_z << " " << flux_w1;
  }
  if (verdict == Verdict::kUndecided) return false;
  const CutOutcome said = verdict == Verdict::kFailsZmag ? CutOutcome::kFailsZmag
                          : verdict == Verdict::kFailsRz ? CutOutcome::kFailsRz
                                                         : CutOutcome::kFailsZw1;
  EXPECT_EQ(said, exact) << flux_r << " " << flux_z << " " << flux_w1 << " / " << t_r << " " << t_z << " " << t_w1;
  return true;
}

std::vector<Variant> TestedVariants() {
  std::vector<Variant> variants(BuiltinVariants().begin(), BuiltinVariants().end());
  variants.push_back(LoosestOf(BuiltinVariants()));
  // Limits that are float32 values themselves, powers of two, zero and negative.
  variants.push_back({.name = "exact", .zmag_max = 16.0, .rz_min = 0.5, .zw1_min = 1.0});
  variants.push_back({.name = "zero", .zmag_max = 22.5, .rz_min = 0.0, .zw1_min = 0.0});
  variants.push_back({.name = "negative", .zmag_max = -1.0, .rz_min = -0.25, .zw1_min = -2.0});
  return variants;
}

float FluxOf(double magnitude) { return static_cast<float>(std::pow(10.0, (22.5 - magnitude) / 2.5)); }

/// The value `steps` ulps away from `from`.
float Step(float from, int steps) {
  const float to = steps > 0 ? std::numeric_limits<float>::infinity() : 0.0f;
  for (int i = std::abs(steps); i > 0; --i) from = std::nextafter(from, to);
  return from;
}

TEST(CompiledCutsTest, AgreesWithTheExactRuleStepByStepAroundEveryCut) {
  for (const Variant& v : TestedVariants()) {
    const CompiledCuts cuts(v);
    int undecided_passing = 0, decided = 0;
    for (int step = -200; step <= 200; ++step) {
      const float z_limit = Step(FluxOf(v.zmag_max), step);
      decided += CheckOne(v, cuts, z_limit / 10, z_limit, z_limit * 10);
      const float z = FluxOf(v.zmag_max - 0.3);
      const float r = Step(FluxOf(v.zmag_max - 0.3 + v.rz_min), step);
      decided += CheckOne(v, cuts, r, z, z * 100);
      const float w1 = Step(FluxOf(v.zmag_max - 0.3 - v.zw1_min), step);
      const bool here = CheckOne(v, cuts, z / 100, z, w1);
      decided += here;
      undecided_passing += !here;
    }
    // Half of each sweep over a limit fails, and all but a few steps of that are told without a logarithm.
    EXPECT_GT(decided, 3 * 200 - 3 * 40) << v.name;
    EXPECT_GT(undecided_passing, 190) << v.name;
  }
}

TEST(CompiledCutsTest, AgreesAroundCutsOfCorrectedFluxes) {
  for (const Variant& v : TestedVariants()) {
    const CompiledCuts cuts(v);
    for (const float t : {0.31f, 0.7f, 0.95f, 1.00001f}) {
      for (int step = -100; step <= 100; ++step) {
        const float z = Step(FluxOf(v.zmag_max) * t, step);
        CheckOne(v, cuts, z / 10, z, z * 10, 0.9f, t, 0.99f);
        CheckOne(v, cuts, Step(FluxOf(v.zmag_max - 0.5 + v.rz_min) * t, step), FluxOf(v.zmag_max - 0.5), 1e9f, t, 1, 1);
        CheckOne(v, cuts, 1e-6f, FluxOf(v.zmag_max - 0.5), Step(FluxOf(v.zmag_max - 0.5 - v.zw1_min) * t, step), 1, 1,
                 t);
      }
    }
  }
}

TEST(CompiledCutsTest, HoldsAtTheEndsOfFloat32) {
  const float values[] = {
      std::numeric_limits<float>::denorm_min(), 1e-40f, std::numeric_limits<float>::min(), 1.0f, 1e30f,
      std::numeric_limits<float>::max()};
  for (const Variant& v : TestedVariants()) {
    const CompiledCuts cuts(v);
    for (const float r : values) {
      for (const float z : values) {
        for (const float w1 : values) {
          CheckOne(v, cuts, r, z, w1);
          CheckOne(v, cuts, r, z, w1, values[0], values[5], values[1]);
        }
      }
    }
  }
}

RC_GTEST_PROP(CompiledCutsProperty, NeverContradictsTheExactRule, ()) {
  const auto variants = TestedVariants();
  const Variant v = variants[*rc::gen::inRange<size_t>(0, variants.size())];
  // Magnitudes within some ulps to some tenths of every limit at once.
  const double scale = std::pow(10.0, -*rc::gen::inRange(0, 8));
  const auto offset = [&] { return scale * (*rc::gen::inRange(-1000, 1001) / 1000.0); };
  const double z = v.zmag_max + offset(), rz = v.rz_min + offset(), zw1 = v.zw1_min + offset();
  const float t = static_cast<float>(*rc::gen::inRange(300, 1001)) / 1000.0f;
  const float flux_r = FluxOf(z + rz), flux_z = FluxOf(z), flux_w1 = FluxOf(z - zw1);
  RC_PRE(flux_r > 0 && flux_z > 0 && flux_w1 > 0);
  CheckOne(v, CompiledCuts(v), flux_r, flux_z, flux_w1);
  CheckOne(v, CompiledCuts(v), flux_r * t, flux_z * t, flux_w1 * t, t, t, t);
  RC_ASSERT(!::testing::Test::HasFailure());
}

}  // namespace
}  // namespace dhs::photometry
