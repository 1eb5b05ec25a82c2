// SPDX-License-Identifier: Apache-2.0
#include "parent/output_plan.h"

#include <algorithm>

#include <fmt/format.h>

namespace dhs::parent {

std::string PlannedFile::RelativePath() const {
  const std::string folder = region_id ? fmt::format("region_id={}/", *region_id) : "";
  return fmt::format("region_split={}/{}part-{:05d}.parquet", split.ToString(), folder, index_in_folder);
}

std::vector<PlaceCount> SortAndSum(std::vector<PlaceCount> counts) {
  std::sort(counts.begin(), counts.end(), [](const PlaceCount& a, const PlaceCount& b) { return a.place < b.place; });
  std::vector<PlaceCount> unique;
  for (const PlaceCount& count : counts) {
    if (!unique.empty() && unique.back().place == count.place) {
      unique.back().num_rows += count.num_rows;
    } else {
      unique.push_back(count);
    }
  }
  return unique;
}

std::vector<PlannedFile> PlanOutputs(std::span<const PlaceCount> places,
                                     const std::function<int64_t(int64_t)>& files_of, bool folder_per_region) {
  std::vector<PlannedFile> files;
  for (size_t begin = 0; begin < places.size();) {
    const Place& first = places[begin].place;
    const auto in_folder = [&](const Place& place) {
      return place.split == first.split && (!folder_per_region || place.region_id == first.region_id);
    };
    size_t end = begin;
    int64_t folder_rows = 0;
    while (end < places.size() && in_folder(places[end].place)) folder_rows += places[end++].num_rows;
    const int64_t num_files = std::max<int64_t>(1, files_of(folder_rows));
    int64_t rows_before = 0, current = -1, index_in_folder = 0;
    for (size_t i = begin; i < end; ++i) {
      // 128-bit: rows (< 2^40) times files may exceed 63 bits only in theory, yet costs nothing here.
      __extension__ using Wide = unsigned __int128;
      const auto file = static_cast<int64_t>(static_cast<Wide>(rows_before) * static_cast<Wide>(num_files) /
                                             static_cast<Wide>(std::max<int64_t>(1, folder_rows)));
      if (file != current) {
        current = file;
        files.push_back({.split = first.split,
                         .region_id = folder_per_region ? std::optional(first.region_id) : std::nullopt,
                         .index_in_folder = index_in_folder++,
                         .first_place = static_cast<int64_t>(i),
                         .last_place = static_cast<int64_t>(i)});
      }
      files.back().last_place = static_cast<int64_t>(i) + 1;
      files.back().num_rows += places[i].num_rows;
      rows_before += places[i].num_rows;
    }
    begin = end;
  }
  return files;
}

std::vector<size_t> GroupByRows(std::span<const PlannedFile> files, int64_t max_rows) {
  std::vector<size_t> first_of_group;
  int64_t rows = 0;
  for (size_t f = 0; f < files.size(); ++f) {
    if (f == 0 || rows + files[f].num_rows > max_rows) {
      first_of_group.push_back(f);
      rows = 0;
    }
    rows += files[f].num_rows;
  }
  first_of_group.push_back(files.size());
  return first_of_group;
}

}  // namespace dhs::parent
