// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dhs/error.h"

namespace dhs::selection {

/// A score by which regions are ranked.
enum class RankingMode : uint8_t { kNLrg, kDensity, kAreaWeighted, kPsfWeighted };
inline constexpr std::array<std::string_view, 4> kModeNames = {"n_lrg", "density", "area_weighted", "psf_weighted"};
inline std::string_view ModeName(RankingMode mode) { return kModeNames[static_cast<size_t>(mode)]; }
/// Column of region_metrics: "score_density".
std::string ScoreColumn(RankingMode mode);

/// One selection to make: the `k_top` best regions of each split, and `k_strat` spread over the density bins.
struct RankingEntry {
  RankingMode mode;
  int64_t k_top;
  int64_t k_strat;
  bool operator==(const RankingEntry&) const = default;
};
using RankingConfig = std::vector<RankingEntry>;

/// Parses "mode:k_top:k_strat,...": spaces around parts and upper case are forgiven. UsageError that quotes the entry,
/// lists the valid modes and shows a right example: an unknown mode or one given twice, a wrong number of parts, a k
/// that is not a whole number of at least 0, an empty list, or every k 0.
Result<RankingConfig> ParseRankingConfig(std::string_view text);

/// The older options: the same two numbers for every mode. `modes` empty = all. UsageError as above.
Result<RankingConfig> UniformRankingConfig(const std::vector<std::string>& modes, int64_t k_top, int64_t k_strat);

/// "n_lrg:100:75,density:100:75".
std::string FormatRankingConfig(const RankingConfig& config);

}  // namespace dhs::selection
