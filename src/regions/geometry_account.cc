// SPDX-License-Identifier: Apache-2.0
#include "regions/geometry_account.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "regions/split_balance.h"
#include "regions/tiling.h"
#include "stage/stage.h"

namespace dhs::regions {

namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kNumLargestShown = 6;

struct Component {
  int64_t num_bricks = 0;
  double area_deg2 = 0;
};

std::vector<Component> ComponentsOf(const RegionsResult& result) {
  std::vector<Component> components(static_cast<size_t>(result.num_components));
  for (const Region& region : result.regions) {
    Component& component = components[static_cast<size_t>(region.component_id)];
    component.num_bricks += region.n_bricks;
    component.area_deg2 += region.area_deg2;
  }
  return components;
}

std::vector<int64_t> LargestComponents(const std::vector<Component>& components) {
  std::vector<int64_t> sizes;
  for (const Component& component : components) sizes.push_back(component.num_bricks);
  std::sort(sizes.rbegin(), sizes.rend());
  sizes.resize(std::min(sizes.size(), kNumLargestShown));
  return sizes;
}

void AddBounds(const BoxCounts& boxes, GeometryAccount& account) {
  account.regions_text += fmt::format(
      "Bounds of bricks: from the tessellation by name for {}, their own for {} ({} of them as the tessellation has "
      "them)\n",
      FormatCount(boxes.by_name), FormatCount(boxes.confirmed + boxes.of_unknown + boxes.contradicts),
      FormatCount(boxes.confirmed));
  account.json["bounds"] = {{"by_name", boxes.by_name},
                            {"confirmed", boxes.confirmed},
                            {"of_unknown_names", boxes.of_unknown},
                            {"contradicting", boxes.contradicts}};
  if (boxes.contradicts > 0) {
    account.warnings.push_back(fmt::format(
        "the bounds of {} brick{} (first {}) are not those of the tessellation for the name; the bounds are used",
        FormatCount(boxes.contradicts), boxes.contradicts == 1 ? "" : "s", boxes.first_contradicting.ToString()));
  }
}

void AddComponents(const RegionsOptions& options, const std::vector<Component>& components, GeometryAccount& account) {
  const std::vector<int64_t> largest = LargestComponents(components);
  std::vector<std::string> sizes;
  for (const int64_t size : largest) sizes.push_back(FormatCount(size));
  account.regions_text +=
      fmt::format("Connected components ({} adjacency): {}, the largest of {} bricks\n", options.adjacency,
                  FormatCount(static_cast<int64_t>(components.size())), fmt::join(sizes, "; "));
  account.json["components"] = components.size();
  account.json["largest_components"] = largest;
}

void AddTiles(const RegionsOptions& options, const Tiling& tiling, const RegionsResult& result,
              const std::vector<Component>& components, GeometryAccount& account) {
  int64_t num_cut = 0;
  for (const Component& component : components) num_cut += component.area_deg2 > tiling.limit_deg2;
  std::vector<double> areas;
  for (const Region& region : result.regions) {
    if (components[static_cast<size_t>(region.component_id)].area_deg2 > tiling.limit_deg2) {
      areas.push_back(region.area_deg2);
    }
  }
  std::sort(areas.begin(), areas.end());
  const auto num_tiles = static_cast<int64_t>(areas.size());
  account.regions_text +=
      fmt::format("Tiling {}: {} component{} above {:.2f} deg2 cut into {} tiles", options.tiling, FormatCount(num_cut),
                  num_cut == 1 ? "" : "s", tiling.limit_deg2, FormatCount(num_tiles));
  account.json["tiles"] = {{"limit_deg2", tiling.limit_deg2}, {"components_cut", num_cut}, {"tiles", num_tiles}};
  if (!areas.empty()) {
    const double median = areas[(areas.size() - 1) / 2];
    account.regions_text +=
        fmt::format(" of {:.2f} to {:.2f} deg2, median {:.2f}", areas.front(), areas.back(), median);
    account.json["tiles"]["least_deg2"] = areas.front();
    account.json["tiles"]["median_deg2"] = median;
    account.json["tiles"]["greatest_deg2"] = areas.back();
  }
  account.regions_text += "\n";
}

void AddBuffer(const RegionsOptions& options, const BrickColumns& bricks, const RegionsResult& result,
               GeometryAccount& account) {
  std::array<double, kSplitNames.size()> left_deg2{};
  double total_left = 0;
  for (size_t i = 0; i < bricks.size(); ++i) {
    const Split split = result.bricks.split[i];
    if (split == Split::kBuffer) continue;
    left_deg2[static_cast<size_t>(split)] += bricks.area_deg2[i];
    total_left += bricks.area_deg2[i];
  }
  account.buffer_text =
      fmt::format("Buffer of {} deg between splits\n  {:<6} {:>10} {:>12} {:>12} {:>10}\n", options.split_buffer_deg,
                  "split", "bricks", "deg2 lost", "of its area", "area left");
  Json splits;
  for (size_t s = 0; s < kSplitNames.size(); ++s) {
    const BufferLoss& loss = result.lost_to_buffer[s];
    account.buffer_text += fmt::format(
        "  {:<6} {:>10} {:>12.2f} {:>12} {:>10}\n", kSplitNames[s], FormatCount(loss.num_bricks), loss.area_deg2,
        FormatShare(loss.area_deg2, loss.area_deg2 + left_deg2[s]), FormatShare(left_deg2[s], total_left));
    splits[std::string(kSplitNames[s])] = {
        {"bricks_lost", loss.num_bricks}, {"area_lost_deg2", loss.area_deg2}, {"area_left_deg2", left_deg2[s]}};
    if (loss.num_bricks > 0 && left_deg2[s] == 0) {
      account.warnings.push_back(
          fmt::format("the buffer leaves nothing of {}: a smaller --split-buffer-deg or larger tiles (--tiling) do",
                      kSplitNames[s]));
    }
  }
  if (result.balanced_without_buffer) {
    account.buffer_text +=
        "  The buffer is too large against the regions to be counted on: the splits are balanced before it, and "
        "shares\n"
        "  and distributions after it may deviate; larger tiles (--tiling) or a smaller --split-buffer-deg are "
        "balanced "
        "after it\n";
  }
  account.json["buffer"] = {{"deg", options.split_buffer_deg},
                            {"balanced_without_buffer", result.balanced_without_buffer},
                            {"splits", std::move(splits)}};
}

}  // namespace

GeometryAccount DescribeGeometry(const RegionsOptions& options, const BrickColumns& bricks,
                                 const RegionsResult& result) {
  GeometryAccount account;
  const std::vector<Component> components = ComponentsOf(result);
  if (result.boxes) AddBounds(*result.boxes, account);
  AddComponents(options, components, account);
  const Tiling tiling = ParseTiling(options.tiling).ValueOr(Tiling());
  if (tiling.kind != Tiling::Kind::kNone) AddTiles(options, tiling, result, components, account);
  if (options.split_buffer_deg > 0) AddBuffer(options, bricks, result, account);
  return account;
}

}  // namespace dhs::regions
