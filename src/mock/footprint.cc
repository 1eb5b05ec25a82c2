// SPDX-License-Identifier: Apache-2.0
#include "mock/footprint.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <numbers>
#include <queue>
#include <set>

#include <fmt/format.h>

#include "io/files.h"

namespace dhs::mock {
namespace {

struct Patch {
  double ra_deg, dec_deg, share;
};
// In the order in which small surveys get them. The first three are the hard places of the tessellation; the small ones
// at the end make splits with few regions less lopsided. Galactic latitudes from 18 to 87 degrees.
constexpr std::array<Patch, 11> kPatches = {{{0.0, 0.0, 0.18},
                                             {60.0, -65.0, 0.13},
                                             {180.0, 32.375, 0.15},
                                             {150.0, 2.5, 0.16},
                                             {30.0, -30.0, 0.12},
                                             {120.0, 5.0, 0.08},
                                             {225.0, 10.0, 0.06},
                                             {330.0, -45.0, 0.04},
                                             {200.0, -12.0, 0.03},
                                             {345.0, 20.0, 0.03},
                                             {90.0, -52.0, 0.02}}};

double DistanceDeg(double ra1, double dec1, double ra2, double dec2) {
  constexpr double kDegree = std::numbers::pi / 180;
  const double sin_ddec = std::sin((dec2 - dec1) / 2 * kDegree), sin_dra = std::sin((ra2 - ra1) / 2 * kDegree);
  const double h = sin_ddec * sin_ddec + std::cos(dec1 * kDegree) * std::cos(dec2 * kDegree) * sin_dra * sin_dra;
  return 2 / kDegree * std::asin(std::min(1.0, std::sqrt(h)));
}

// Adds the `count` bricks nearest to the centre of the patch that are not taken yet, growing over shared edges.
void GrowPatch(const Patch& patch, int64_t count, std::set<sky::Brick>& taken) {
  using Entry = std::pair<double, sky::Brick>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> frontier;
  std::set<sky::Brick> seen;
  const auto offer = [&](sky::Brick brick) {
    if (!seen.insert(brick).second) return;
    frontier.emplace(DistanceDeg(patch.ra_deg, patch.dec_deg, sky::CenterRaDeg(brick), sky::CenterDecDeg(brick)),
                     brick);
  };
  offer(sky::BrickAt(patch.ra_deg, patch.dec_deg));
  while (count > 0 && !frontier.empty()) {
    const sky::Brick brick = frontier.top().second;
    frontier.pop();
    if (taken.insert(brick).second) --count;
    for (const sky::Brick neighbor : sky::EdgeNeighbors(brick)) offer(neighbor);
  }
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\"";
  const size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

Result<std::string> Gunzip(std::string_view bytes, const std::string& path) {
  const std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> decompressor(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  if (decompressor == nullptr) return EnvironmentError({.path = path}, "no memory for a gzip decompressor");
  constexpr size_t kLimit = size_t{1} << 30;
  for (std::string plain(bytes.size() * 8 + 4096, '\0'); plain.size() <= kLimit; plain.resize(plain.size() * 4)) {
    size_t size = 0;
    const libdeflate_result result =
        libdeflate_gzip_decompress(decompressor.get(), bytes.data(), bytes.size(), plain.data(), plain.size(), &size);
    if (result == LIBDEFLATE_SUCCESS) {
      plain.resize(size);
      return plain;
    }
    if (result != LIBDEFLATE_INSUFFICIENT_SPACE) return DataError({.path = path}, "gzip data is damaged");
  }
  return DataError({.path = path}, "gzip data unpacks to more than 1 GiB, which is no list of bricks");
}

std::vector<sky::Brick> Sorted(const std::set<sky::Brick>& bricks) { return {bricks.begin(), bricks.end()}; }

}  // namespace

std::vector<sky::Brick> BricksInPatches(int64_t count) {
  std::array<int64_t, kPatches.size()> sizes{};
  int64_t given = 0;
  for (size_t i = 0; i < kPatches.size() && given < count; ++i) {
    const int64_t wanted = std::max<int64_t>(1, std::llround(kPatches[i].share * static_cast<double>(count)));
    sizes[i] = std::min(wanted, count - given);
    given += sizes[i];
  }
  sizes[0] += count - given;
  std::set<sky::Brick> taken;
  for (size_t i = 0; i < kPatches.size(); ++i) GrowPatch(kPatches[i], sizes[i], taken);
  return Sorted(taken);
}

Result<std::vector<sky::Brick>> BricksInBoxes(std::string_view boxes) {
  std::set<sky::Brick> bricks;
  for (const std::string_view box : Split(boxes, ';')) {
    double edges[4];
    const std::vector<std::string_view> parts = Split(box, ',');
    bool valid = parts.size() == 4;
    for (size_t i = 0; valid && i < 4; ++i) {
      const std::string_view part = Trim(parts[i]);
      const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), edges[i]);
      valid = error == std::errc() && end == part.data() + part.size() && std::isfinite(edges[i]);
    }
    if (!valid || edges[0] < 0 || edges[0] > 360 || edges[1] < 0 || edges[1] > 360 || edges[2] < -90 || edges[3] > 90 ||
        edges[2] >= edges[3]) {
      return UsageError(
          fmt::format("--footprint: '{}' is not RA1,RA2,DEC1,DEC2 in degrees with RA in 0..360 and DEC1 < "
                      "DEC2, for example 358,2,-1,1",
                      box));
    }
    for (int32_t row = 0; row < sky::kNumRows; ++row) {
      const double dec = sky::CenterDecDeg({row, 0});
      if (dec < edges[2] || dec >= edges[3]) continue;
      for (int32_t col = 0; col < sky::NumColumns(row); ++col) {
        const double ra = sky::CenterRaDeg({row, col});
        const bool inside = edges[0] <= edges[1] ? ra >= edges[0] && ra < edges[1] : ra >= edges[0] || ra < edges[1];
        if (inside) bricks.insert({row, col});
      }
    }
  }
  if (bricks.empty()) return UsageError(fmt::format("--footprint: no brick has its centre in '{}'", boxes));
  return Sorted(bricks);
}

Result<std::vector<sky::Brick>> BricksInList(std::string_view bytes, const std::string& path) {
  std::string plain;
  if (bytes.starts_with("\x1f\x8b")) {
    ARROW_ASSIGN_OR_RAISE(plain, Gunzip(bytes, path));
    bytes = plain;
  }
  std::vector<sky::Brick> bricks;
  int64_t line_number = 0;
  bool header_seen = false;
  for (const std::string_view line : Split(bytes, '\n')) {
    ++line_number;
    const std::string_view name = Trim(Split(line, ',').front());
    if (name.empty() || name.front() == '#') continue;
    const std::optional<sky::BrickName> parsed = sky::BrickName::Parse(name);
    const std::optional<sky::Brick> brick = parsed ? sky::BrickFromName(*parsed) : std::nullopt;
    if (brick) {
      bricks.push_back(*brick);
    } else if (bricks.empty() && !header_seen && !parsed) {
      header_seen = true;
    } else {
      return DataError({.path = path}, fmt::format("line {}: '{}' is not the name of a brick, such as 1126p222, in the "
                                                   "first column",
                                                   line_number, name.substr(0, 40)));
    }
  }
  if (bricks.empty()) return DataError({.path = path}, "holds no brick name in its first column");
  std::sort(bricks.begin(), bricks.end());
  bricks.erase(std::unique(bricks.begin(), bricks.end()), bricks.end());
  return bricks;
}

Result<std::vector<sky::Brick>> ChooseBricks(Storage& storage, const MockSurveyOptions& options) {
  if (options.num_bricks > 0) return BricksInPatches(options.num_bricks);
  if (!options.footprint.empty()) return BricksInBoxes(options.footprint);
  ARROW_ASSIGN_OR_RAISE(const std::string bytes, io::ReadWholeFile(storage, options.brick_list));
  return BricksInList(bytes, options.brick_list);
}

}  // namespace dhs::mock
