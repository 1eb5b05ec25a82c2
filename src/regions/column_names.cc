// SPDX-License-Identifier: Apache-2.0
#include "regions/column_names.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "photometry/variant.h"

namespace dhs::regions {

namespace {

// Columns that bear one of the accepted names, preferred first; an exact spelling goes before others.
std::vector<std::string> Candidates(const std::vector<std::string>& available, const ColumnRequest& request) {
  std::vector<std::string> found;
  for (const std::string& accepted : request.accepted) {
    const size_t first = found.size();
    for (const std::string& name : available) {
      if (ToLower(name) == accepted) found.push_back(name);
    }
    std::stable_partition(found.begin() + static_cast<ptrdiff_t>(first), found.end(),
                          [&](const std::string& name) { return name == accepted; });
  }
  return found;
}

std::string DescribeMissing(const ColumnRequest& request, const std::vector<std::string>& available) {
  return fmt::format("column {} is missing (accepted names: {}).{}", request.field, fmt::join(request.accepted, ", "),
                     DidYouMean(request.field, available));
}

}  // namespace

std::string ToLower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

Result<ColumnChoice> ChooseColumns(const std::string& path, const std::vector<std::string>& available,
                                   const std::vector<ColumnRequest>& requests) {
  ColumnChoice choice;
  std::vector<std::string> missing;
  for (const ColumnRequest& request : requests) {
    const std::vector<std::string> found = Candidates(available, request);
    if (found.empty()) {
      if (request.required) missing.push_back(DescribeMissing(request, available));
      continue;
    }
    choice.name_of[request.field] = found[0];
    if (found.size() > 1) {
      choice.notes.push_back(
          fmt::format("columns {} could all be {}; '{}' is used", fmt::join(found, ", "), request.field, found[0]));
    }
  }
  if (!missing.empty()) {
    return DataError({.path = path}, fmt::format("{}\nColumns that are there: {}", fmt::join(missing, "\n"),
                                                 fmt::join(available, ", ")));
  }
  return choice;
}

std::vector<ColumnRequest> CountColumns() {
  std::vector<ColumnRequest> requests = {
      {"brickname", {"brickname", "brick"}},
      {"ra", {"ra", "brick_ra", "ra_center", "ra_centroid"}, false},
      {"dec", {"dec", "brick_dec", "dec_center", "dec_centroid"}, false},
      {"area_deg2", {"area_deg2", "brick_area_deg2", "area", "brick_area"}, false},
      {"n_gal", {"n_gal", "n_galaxies", "n_objects", "n_all", "n_total"}},
  };
  for (const photometry::Variant& variant : photometry::BuiltinVariants()) {
    const std::string short_name = variant.name.substr(0, variant.name.find('_'));
    requests.push_back({variant.CountColumn(),
                        {variant.CountColumn(), "n_lrg_" + short_name, "count_" + variant.name, "n_" + variant.name}});
  }
  return requests;
}

}  // namespace dhs::regions
