// SPDX-License-Identifier: Apache-2.0
#include "selection/ranking_config.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dhs::selection {

namespace {

constexpr std::string_view kExample =
    "mode:k_top:k_strat, e.g. n_lrg:100:75,psf_weighted:100:75,density:100:75,area_weighted:100:75";
constexpr std::string_view kModesExample = "e.g. --ranking-modes n_lrg,density --k-top 100 --k-stratified 75";
constexpr int64_t kMaxK = 1'000'000'000;

std::string TrimmedLower(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  std::string lower(text.substr(first, text.find_last_not_of(kBlanks) - first + 1));
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

std::vector<std::string> SplitAt(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// `about` quotes what is wrong: "--ranking-config: entry 'x:1'".
Status BadConfig(std::string_view about, std::string_view reason, std::string_view example = kExample) {
  return UsageError(fmt::format("{}: {}{} Valid modes: {}. Expected {}", about, reason,
                                reason.ends_with('?') ? "" : ".", fmt::join(kModeNames, ", "), example));
}

Result<RankingMode> ParseMode(const std::string& name, std::string_view about, std::string_view example) {
  const auto found = std::find(kModeNames.begin(), kModeNames.end(), name);
  if (found != kModeNames.end()) return static_cast<RankingMode>(found - kModeNames.begin());
  const std::vector<std::string> modes(kModeNames.begin(), kModeNames.end());
  const std::string hint = DidYouMean(name, modes);
  return BadConfig(about, fmt::format("'{}' is not a ranking mode{}{}", name, hint.empty() ? "" : ".", hint), example);
}

std::optional<int64_t> ParseK(const std::string& text) {
  int64_t k = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), k);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || k < 0 || k > kMaxK) {
    return std::nullopt;
  }
  return k;
}

Result<RankingEntry> ParseEntry(const std::string& entry) {
  const std::string about = fmt::format("--ranking-config: entry '{}'", entry);
  std::vector<std::string> parts = SplitAt(entry, ':');
  for (std::string& part : parts) part = TrimmedLower(part);
  if (parts.size() != 3)
    return BadConfig(about, fmt::format("has {} part{}, expected 3", parts.size(), parts.size() == 1 ? "" : "s"));
  ARROW_ASSIGN_OR_RAISE(const RankingMode mode, ParseMode(parts[0], about, kExample));
  RankingEntry result{mode, 0, 0};
  const struct {
    const char* name;
    const std::string& text;
    int64_t& value;
  } ks[] = {{"k_top", parts[1], result.k_top}, {"k_strat", parts[2], result.k_strat}};
  for (const auto& k : ks) {
    const std::optional<int64_t> value = ParseK(k.text);
    if (!value) {
      return BadConfig(about, fmt::format("{} '{}' is not a whole number from 0 to {}", k.name, k.text, kMaxK));
    }
    k.value = *value;
  }
  return result;
}

Status CheckConfig(const RankingConfig& config, std::string_view about, std::string_view example) {
  if (config.empty()) return BadConfig(about, "the list is empty", example);
  for (size_t i = 0; i < config.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (config[i].mode == config[j].mode) {
        return BadConfig(about, fmt::format("mode '{}' is given twice", ModeName(config[i].mode)), example);
      }
    }
  }
  const bool selects =
      std::any_of(config.begin(), config.end(), [](const RankingEntry& e) { return e.k_top > 0 || e.k_strat > 0; });
  if (!selects) return BadConfig(about, "every k is 0, so nothing would be selected", example);
  return Status::OK();
}

}  // namespace

std::string ScoreColumn(RankingMode mode) { return fmt::format("score_{}", ModeName(mode)); }

Result<RankingConfig> ParseRankingConfig(std::string_view text) {
  RankingConfig config;
  if (!TrimmedLower(text).empty()) {
    for (const std::string& entry : SplitAt(text, ',')) {
      ARROW_ASSIGN_OR_RAISE(const RankingEntry parsed, ParseEntry(entry));
      config.push_back(parsed);
    }
  }
  ARROW_RETURN_NOT_OK(CheckConfig(config, fmt::format("--ranking-config: '{}'", text), kExample));
  return config;
}

Result<RankingConfig> UniformRankingConfig(const std::vector<std::string>& modes, int64_t k_top, int64_t k_strat) {
  RankingConfig config;
  for (const std::string& name : modes) {
    ARROW_ASSIGN_OR_RAISE(const RankingMode mode, ParseMode(TrimmedLower(name), "--ranking-modes", kModesExample));
    config.push_back({mode, k_top, k_strat});
  }
  if (modes.empty()) {
    for (size_t m = 0; m < kModeNames.size(); ++m) config.push_back({static_cast<RankingMode>(m), k_top, k_strat});
  }
  ARROW_RETURN_NOT_OK(CheckConfig(config, "--ranking-modes, --k-top, --k-stratified", kModesExample));
  return config;
}

std::string FormatRankingConfig(const RankingConfig& config) {
  std::vector<std::string> entries;
  for (const RankingEntry& e : config) {
    entries.push_back(fmt::format("{}:{}:{}", ModeName(e.mode), e.k_top, e.k_strat));
  }
  return fmt::format("{}", fmt::join(entries, ","));
}

}  // namespace dhs::selection
