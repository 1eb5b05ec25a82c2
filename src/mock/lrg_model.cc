// SPDX-License-Identifier: Apache-2.0
//
// Numbers and their standing. Fitted: Gaussian mixture of [z, r-z, z-W1, g-r] and TYPE by component, to 7,903 real DR10
// rows weighted to the percentiles of 19,687,747 real v3 LRGs; TYPE by z magnitude. Measured: counts by z to 20.4, at
// 21.0 and 21.5; sizes by TYPE (Gaussian mixtures of desitarget's DR9 mock data, REX from DR7.1). Assumed: colours
// beyond z = 20.4, TYPE beyond it, r-i, W1-W2, Sersic indices.
#include "mock/lrg_model.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace dhs::mock {
namespace {

constexpr int kComponents = 5;
constexpr int kDims = 4;
constexpr double kMeanEbv = 0.043;
constexpr double kRedLimit = 1.6, kColourLimit = 0.8;

// y = [sqrt(20.4 - z), ln(r-z), sqrt(z-W1 - 0.8), g-r]; z = 20.4 - y0^2, r-z = e^y1, z-W1 = 0.8 + y2^2.
constexpr std::array<double, kComponents> kWeight = {0.36599, 0.20891, 0.16142, 0.15962, 0.10406};
constexpr double kMean[kComponents][kDims] = {{0.7017, 0.0910, 0.4624, 1.5377},
                                              {0.4566, 0.3132, 0.7299, 1.4721},
                                              {0.7421, -0.0785, 0.5691, 1.0265},
                                              {0.6454, 0.4383, 0.6804, 1.9464},
                                              {0.8140, 0.1660, 0.3249, 1.9118}};
// Lower triangles, row by row: 00, 10, 11, 20, 21, 22, 30, 31, 32, 33.
constexpr double kCovariance[kComponents][10] = {
    {0.09371, 0.00142, 0.02723, -0.00502, 0.01171, 0.04004, 0.00402, 0.0329, 0.01084, 0.08036},
    {0.04186, 0.00192, 0.04948, -0.00055, 0.0234, 0.03377, 0.00089, 0.04493, 0.02213, 0.17351},
    {0.11105, 0.0117, 0.14294, -0.00408, -0.00182, 0.07067, 0.00666, 0.05897, -0.00475, 0.09741},
    {0.08144, -0.01126, 0.02367, -0.01287, 0.02213, 0.02631, -0.00927, 0.01157, 0.01324, 0.03116},
    {0.10717, -0.00077, 0.00768, -0.00388, 0.00763, 0.02151, 0.00496, 0.00446, 0.00736, 0.01297}};

// Shares of REX, EXP, DEV, SER by component, over all, and by z (upper ends of the bins).
constexpr double kTypeByComponent[kComponents][4] = {{0.2727, 0.2038, 0.2560, 0.2675},
                                                     {0.2560, 0.1802, 0.4126, 0.1512},
                                                     {0.3186, 0.2345, 0.2179, 0.2289},
                                                     {0.1798, 0.0347, 0.5973, 0.1883},
                                                     {0.2757, 0.0329, 0.4298, 0.2615}};
constexpr double kTypeOverall[4] = {0.2623, 0.1594, 0.3553, 0.2231};
constexpr double kTypeBinEnd[7] = {18.5, 19.0, 19.5, 20.0, 20.4, 21.0, 99.0};
constexpr double kTypeByZ[7][4] = {{0.076, 0.081, 0.151, 0.692}, {0.088, 0.120, 0.284, 0.508},
                                   {0.162, 0.104, 0.340, 0.394}, {0.247, 0.140, 0.364, 0.249},
                                   {0.320, 0.192, 0.366, 0.122}, {0.450, 0.200, 0.280, 0.070},
                                   {0.600, 0.180, 0.180, 0.040}};

using Triangle = std::array<double, 10>;

Triangle Cholesky(const double (&covariance)[10]) {
  Triangle lower{};
  const auto at = [](int row, int col) { return static_cast<size_t>(row * (row + 1) / 2 + col); };
  for (int row = 0; row < kDims; ++row) {
    for (int col = 0; col <= row; ++col) {
      double sum = covariance[at(row, col)];
      for (int k = 0; k < col; ++k) sum -= lower[at(row, k)] * lower[at(col, k)];
      lower[at(row, col)] = row == col ? std::sqrt(sum) : sum / lower[at(col, col)];
    }
  }
  return lower;
}

struct Colours {
  double z, rz, zw1, gr;
  int component;
};

// 97.9 % of the draws are accepted.
Colours DrawColours(Rng& rng) {
  static const std::array<Triangle, kComponents> factors = [] {
    std::array<Triangle, kComponents> all;
    for (size_t k = 0; k < kComponents; ++k) all[k] = Cholesky(kCovariance[k]);
    return all;
  }();
  for (;;) {
    double u = rng.Uniform();
    int component = 0;
    while (component < kComponents - 1 && u >= kWeight[static_cast<size_t>(component)]) {
      u -= kWeight[static_cast<size_t>(component++)];
    }
    const Triangle& lower = factors[static_cast<size_t>(component)];
    double n[kDims], y[kDims];
    for (double& value : n) value = rng.Normal();
    size_t at = 0;
    for (int row = 0; row < kDims; ++row) {
      y[row] = kMean[component][row];
      for (int col = 0; col <= row; ++col) y[row] += lower[at++] * n[col];
    }
    const double rz = std::exp(y[1]);
    if (y[0] <= 0 || y[2] <= 0 || rz <= 0.4) continue;
    return {20.4 - y[0] * y[0], rz, 0.8 + y[2] * y[2], y[3], component};
  }
}

SourceType DrawType(Rng& rng, int component, double z) {
  int bin = 0;
  while (z >= kTypeBinEnd[bin]) ++bin;
  double share[4], total = 0;
  for (int t = 0; t < 4; ++t) total += share[t] = kTypeByZ[bin][t] * kTypeByComponent[component][t] / kTypeOverall[t];
  double u = rng.Uniform() * total;
  for (int t = 0; t < 3; ++t) {
    if (u < share[t]) return static_cast<SourceType>(t + 1);
    u -= share[t];
  }
  return SourceType::kSer;
}

// Cumulative counts 76.0, 176.1, 310.3 a brick at z = 20.4, 21.0, 21.5, log-linear in between.
double DrawFaintZ(Rng& rng, LrgPart part) {
  const bool to_210 = part == LrgPart::kToZ210;
  const double start = to_210 ? 20.4 : 21.0, end = to_210 ? 21.0 : 21.5;
  const double ratio = to_210 ? 176.1 / 76.0 : 310.3 / 176.1;
  return start + (end - start) * std::log(1 + rng.Uniform() * (ratio - 1)) / std::log(ratio);
}

Colours DrawFaintColours(Rng& rng, LrgPart part) {
  Colours c = DrawColours(rng);
  while (c.z < 20.0) c = DrawColours(rng);
  c.z = DrawFaintZ(rng, part);
  const double min_rz = part == LrgPart::kToZ210 ? 0.4 : 0.3;
  c.rz += 0.06 * (c.z - 20.2) + 0.05 * rng.Normal();
  c.zw1 += 0.12 * (c.z - 20.2) + 0.08 * rng.Normal();
  c.gr += 0.10 * rng.Normal();
  c.rz = min_rz + std::abs(c.rz - min_rz);
  c.zw1 = kColourLimit + std::abs(c.zw1 - kColourLimit);
  return c;
}

}  // namespace

LrgMagnitudes DrawLrg(Rng& rng, LrgPart part, bool red, double ebv) {
  Colours c{};
  if (part == LrgPart::kToZ204) {
    do {
      c = DrawColours(rng);
    } while ((c.zw1 > kRedLimit) != red);
  } else {
    c = DrawFaintColours(rng, part);
  }
  // Differences of the extinction coefficients: g-r 1.049, r-z 0.954. z and z-W1 stay, so that counts follow the
  // measured ones at any E(B-V).
  const double extra_ebv = std::min(ebv, 0.5) - kMeanEbv;
  c.rz = std::max(c.rz + 0.954 * extra_ebv, std::min(c.rz, 0.41));
  c.gr += 1.049 * extra_ebv;
  LrgMagnitudes m{};
  m.z = c.z;
  m.r = c.z + c.rz;
  m.g = m.r + c.gr;
  m.i = c.z + 0.35 * c.rz + 0.04 * rng.Normal();
  m.w1 = c.z - c.zw1;
  m.w2 = m.w1 + 0.45 + 0.15 * rng.Normal();
  m.type = DrawType(rng, c.component, c.z);
  return m;
}

Shape DrawShape(Rng& rng, SourceType type, double z_mag) {
  struct Sizes {
    double mean, sigma, correlation_z, e_mean, e_sigma, sersic;
  };
  // REX, EXP, DEV, SER: log10 of the half-light radius, its correlation with z, |e|.
  static constexpr Sizes kSizes[4] = {{-0.253, 0.277, -0.46, 0, 0, 1},
                                      {0.008, 0.192, -0.73, 0.247, 0.143, 1},
                                      {0.030, 0.231, -0.56, 0.164, 0.127, 4},
                                      {0.225, 0.216, -0.55, 0.182, 0.155, 0}};
  if (type == SourceType::kPsf || type == SourceType::kDup) return {0, 0, 0, 0};
  const Sizes& sizes = kSizes[static_cast<int>(type) - 1];
  const double faint = std::clamp((z_mag - 19.87) / 0.46, -3.0, 2.0);
  const double log_r =
      sizes.mean + sizes.sigma * (sizes.correlation_z * faint +
                                  std::sqrt(1 - sizes.correlation_z * sizes.correlation_z) * rng.Normal());
  Shape shape{static_cast<float>(std::exp2(3.321928094887362 * log_r)), 0, 0, static_cast<float>(sizes.sersic)};
  if (type == SourceType::kSer) {
    shape.sersic = static_cast<float>(std::clamp(std::exp2(1.3 + 0.7 * rng.Normal()), 0.5, 6.0));
  }
  if (type == SourceType::kRex) return shape;
  const double e = std::clamp(std::abs(sizes.e_mean + sizes.e_sigma * rng.Normal()), 0.0, 0.95);
  double x, y, norm;
  do {
    x = rng.Uniform(-1, 1);
    y = rng.Uniform(-1, 1);
    norm = x * x + y * y;
  } while (norm > 1 || norm < 1e-4);
  norm = std::sqrt(norm);
  shape.e1 = static_cast<float>(e * x / norm);
  shape.e2 = static_cast<float>(e * y / norm);
  return shape;
}

}  // namespace dhs::mock
