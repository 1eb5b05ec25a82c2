// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>

namespace dhs::mock {

/// Finalizer of SplitMix64 (Steele, Lea, Flood 2014): a bijection of 64 bits that scatters neighbours.
constexpr uint64_t Mix(uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

/// The standard normal quantile of u in (0, 1).
double NormalQuantile(double u);
/// Probability that a standard normal is below x.
inline double NormalCdf(double x) { return 0.5 * std::erfc(-x * 0.70710678118654752440); }

/// xoshiro256++ (Blackman and Vigna 2019) with its own distributions, since those of the standard library differ from
/// one implementation to the next. One stream per (seed, key, purpose): what one brick draws never depends on another
/// brick or on threads. Not thread-safe.
class Rng {
 public:
  Rng(uint64_t seed, uint64_t key, uint64_t purpose) {
    uint64_t x = Mix(Mix(Mix(seed) ^ key) ^ (purpose * 0xD1342543DE82EF95ULL));
    for (uint64_t& word : state_) {
      x += 0x9E3779B97F4A7C15ULL;
      word = Mix(x);
    }
  }

  uint64_t Next() {
    const uint64_t result = Rotate(state_[0] + state_[3], 23) + state_[0];
    const uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = Rotate(state_[3], 45);
    return result;
  }
  /// Uniform in (0, 1), both ends left out.
  double Uniform() { return (static_cast<double>(Next() >> 12) + 0.5) * 0x1.0p-52; }
  double Uniform(double low, double high) { return low + (high - low) * Uniform(); }
  bool Chance(double probability) { return Uniform() < probability; }
  /// Uniform integer in [0, n); bias below n / 2^64.
  uint64_t Below(uint64_t n) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<uint64_t>((static_cast<Wide>(Next()) * n) >> 64);
  }
  /// Standard normal by a table of 4096 quantile steps with linear interpolation; exact quantiles in both end steps.
  double Normal();
  /// Mean 1.
  double Exponential() { return -std::log(Uniform()); }
  /// Exact for any mean: sums of Poisson variables of mean at most 25, each by Knuth's product of uniforms.
  int64_t Poisson(double mean);

 private:
  static uint64_t Rotate(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
  uint64_t state_[4];
};

}  // namespace dhs::mock
