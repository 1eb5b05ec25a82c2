// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "parent/place.h"

namespace dhs::parent {

/// Number of rows at one place.
struct PlaceCount {
  Place place;
  int64_t num_rows = 0;
};

/// One output file: a run of places [first_place, last_place) of one split or, with a folder for each region, of one
/// region of it.
struct PlannedFile {
  SplitName split;
  std::optional<int32_t> region_id = {};  ///< of its folder
  int64_t index_in_folder = 0;
  int64_t first_place = 0;
  int64_t last_place = 0;
  int64_t num_rows = 0;

  /// "region_split=train/part-00000.parquet" or "region_split=train/region_id=7/part-00000.parquet".
  std::string RelativePath() const;
};

/// Joins unsorted counts: sorted by place, each place once.
std::vector<PlaceCount> SortAndSum(std::vector<PlaceCount> counts);

/// Cuts sorted places into files of about equal numbers of rows: a place that begins after the share x of the rows of
/// its folder goes to file floor(x F), F = `files_of(rows of the folder)`. A brick is never cut; files that would be
/// empty are left out. Depends on nothing but the arguments.
/// REQUIRES: `places` sorted, each once.
std::vector<PlannedFile> PlanOutputs(std::span<const PlaceCount> places,
                                     const std::function<int64_t(int64_t)>& files_of, bool folder_per_region = false);

/// Groups consecutive files so that the rows of a group fit `max_rows` (a file larger than that is a group of its own).
/// Returns the first file of every group, and the number of files at the end.
std::vector<size_t> GroupByRows(std::span<const PlannedFile> files, int64_t max_rows);

}  // namespace dhs::parent
