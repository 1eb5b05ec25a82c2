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
      if (ToLower(TrimBlanks(name)) == accepted) found.push_back(name);
    }
    std::stable_partition(found.begin() + static_cast<ptrdiff_t>(first), found.end(),
                          [&](const std::string& name) { return name == accepted; });
  }
  return found;
}

// Two columns of one spelling cannot be told apart by name.
Status CheckOnce(std::vector<std::string> names, const std::string& path) {
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice == names.end()) return Status::OK();
  return DataError({.path = path, .column = *twice},
                   "there is more than one column of this name; leave all but one out, or rename them");
}

std::string DescribeMissing(const ColumnRequest& request, const std::vector<std::string>& available) {
  std::string text = fmt::format("column {} is missing", request.field);
  if (!request.needed_by.empty()) text += fmt::format(", which {} need", request.needed_by);
  if (request.accepted.size() > 1) text += fmt::format(" (accepted names: {})", fmt::join(request.accepted, ", "));
  return text + "." + DidYouMean(request.field, available);
}

}  // namespace

std::string ToLower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

std::string_view TrimBlanks(std::string_view text) {
  constexpr std::string_view kBlanks(" \t\0", 3);
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
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
    ARROW_RETURN_NOT_OK(CheckOnce(found, path));
    choice.name_of[request.field] = found[0];
    if (found.size() > 1) {
      choice.others_of[request.field].assign(found.begin() + 1, found.end());
      for (const std::string& name : found) {
        const auto& names = request.stand_ins;
        if (std::find(names.begin(), names.end(), ToLower(TrimBlanks(name))) != names.end())
          choice.stand_ins.insert(name);
      }
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
      {"ra", {"ra", "brick_ra", "ra_center", "ra_centroid"}, false, "", {"ra_centroid"}},
      {"dec", {"dec", "brick_dec", "dec_center", "dec_centroid"}, false, "", {"dec_centroid"}},
      {"area_deg2", {"area_deg2", "brick_area_deg2", "area", "brick_area"}, false},
      {"n_gal", {"n_gal", "n_galaxies", "n_objects", "n_all", "n_total"}, true, "", {"n_objects", "n_all", "n_total"}},
  };
  for (const photometry::Variant& variant : photometry::BuiltinVariants()) {
    const std::string short_name = variant.name.substr(0, variant.name.find('_'));
    requests.push_back({variant.CountColumn(),
                        {variant.CountColumn(), "n_lrg_" + short_name, "count_" + variant.name, "n_" + variant.name}});
  }
  return requests;
}

}  // namespace dhs::regions
