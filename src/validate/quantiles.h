// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace dhs::validate {

/// Exact order statistics of float32 values in bounded memory, whatever their order.
/// Values are filed by the upper 16 bits of an order-preserving image of their bits; the lower 16 bits are listed (2
/// bytes a value) until a drawer holds so many that counting each of its 65,536 values takes less (256 KiB). Magnitudes
/// fill some hundred drawers, so memory stays below about 40 MB a column for any number of rows.
/// Copies count apart; Merge adds up. Not thread-safe.
class ExactQuantiles {
 public:
  ExactQuantiles();
  ~ExactQuantiles();
  ExactQuantiles(ExactQuantiles&&) noexcept;
  ExactQuantiles& operator=(ExactQuantiles&&) noexcept;

  /// REQUIRES: not NaN.
  void Add(float value);
  void Merge(const ExactQuantiles& other);
  int64_t count() const { return count_; }

  /// The element at 1-based rank ceil(p n) (the least for p = 0) of the sorted values. Nothing if there are none.
  /// REQUIRES: 0 <= p <= 1.
  std::optional<float> Quantile(double p) const;

 private:
  struct Drawer {
    std::vector<uint16_t> listed;
    std::vector<uint32_t> counted;  // by lower 16 bits; empty = values are listed
    int64_t count = 0;
  };
  void AddLow(Drawer& drawer, uint16_t low, uint32_t times);

  std::vector<std::unique_ptr<Drawer>> drawers_;
  int64_t count_ = 0;
};

}  // namespace dhs::validate
