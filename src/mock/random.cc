// SPDX-License-Identifier: Apache-2.0
#include "mock/random.h"

#include <algorithm>
#include <array>
#include <memory>

namespace dhs::mock {
namespace {

constexpr int kNormalSteps = 4096;

const std::array<double, kNormalSteps + 1>& NormalTable() {
  static const auto table = [] {
    auto values = std::make_unique<std::array<double, kNormalSteps + 1>>();
    for (int i = 1; i < kNormalSteps; ++i) (*values)[static_cast<size_t>(i)] = NormalQuantile(i / double{kNormalSteps});
    values->front() = values->back() = 0;  // never read: the end steps are computed
    return values;
  }();
  return *table;
}

}  // namespace

// Acklam's rational approximation, relative error below 1.2e-9.
double NormalQuantile(double u) {
  constexpr double kA[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                           1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
  constexpr double kB[] = {-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01,
                           -1.328068155288572e+01};
  constexpr double kC[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                           -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
  constexpr double kD[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00};
  constexpr double kLow = 0.02425;
  if (u < kLow || u > 1 - kLow) {
    const double q = std::sqrt(-2 * std::log(u < kLow ? u : 1 - u));
    const double x = (((((kC[0] * q + kC[1]) * q + kC[2]) * q + kC[3]) * q + kC[4]) * q + kC[5]) /
                     ((((kD[0] * q + kD[1]) * q + kD[2]) * q + kD[3]) * q + 1);
    return u < kLow ? x : -x;
  }
  const double q = u - 0.5;
  const double r = q * q;
  return (((((kA[0] * r + kA[1]) * r + kA[2]) * r + kA[3]) * r + kA[4]) * r + kA[5]) * q /
         (((((kB[0] * r + kB[1]) * r + kB[2]) * r + kB[3]) * r + kB[4]) * r + 1);
}

double Rng::Normal() {
  static const std::array<double, kNormalSteps + 1>& table = NormalTable();
  const double u = Uniform();
  const double scaled = u * kNormalSteps;
  const auto step = static_cast<size_t>(scaled);
  if (step == 0 || step >= kNormalSteps - 1) return NormalQuantile(u);
  const double fraction = scaled - static_cast<double>(step);
  return table[step] + fraction * (table[step + 1] - table[step]);
}

int64_t Rng::Poisson(double mean) {
  int64_t total = 0;
  while (mean > 0) {
    const double part = std::min(mean, 25.0);
    mean -= part;
    const double limit = std::exp(-part);
    for (double product = Uniform(); product > limit; product *= Uniform()) ++total;
  }
  return total;
}

}  // namespace dhs::mock
