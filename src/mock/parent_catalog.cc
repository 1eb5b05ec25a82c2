// SPDX-License-Identifier: Apache-2.0
#include "mock/parent_catalog.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/thread_pool.h"
#include "io/files.h"
#include "mock/earlier_parquet.h"
#include "mock/parent_rows.h"
#include "mock/population.h"
#include "mock/random.h"
#include "mock/region_plan.h"
#include "mock/region_tables.h"
#include "photometry/variant.h"

namespace dhs::mock {
namespace {

constexpr int64_t kMaxLrgPerBrick = 297;  // of the real catalog
constexpr size_t kBricksPerGroup = 8;
constexpr double kRowsPerFile = 19'687'747.0 / 188'421.0;

// Bricks first..last-1 of a selected region, whose rows are scattered over files first_file..last_file-1 of it.
struct Group {
  const PlannedRegion* region;
  size_t first, last;  // indices into Survey::bricks
  int64_t first_file, last_file;
};

struct Survey {
  RegionPlan plan;
  std::vector<CountedBrick> bricks;  // by region, then name
  std::vector<size_t> first_brick;   // of each region; one more at the end
};

// All bricks with their conditions, and counts as they are drawn.
Result<Survey> DrawSurvey(RunContext& context, uint64_t seed, int64_t num_rows) {
  Survey survey;
  ARROW_ASSIGN_OR_RAISE(survey.plan, PlanRegions(seed, num_rows));
  std::vector<sky::Brick> bricks;
  for (size_t r = 0; r < survey.plan.regions.size(); ++r) {
    survey.first_brick.push_back(bricks.size());
    for (const sky::Brick brick : survey.plan.regions[r].bricks) {
      bricks.push_back(brick);
      survey.bricks.push_back({.region = r});
    }
  }
  survey.first_brick.push_back(bricks.size());
  constexpr size_t kBlock = 512;
  const size_t num_blocks = (bricks.size() + kBlock - 1) / kBlock;
  ARROW_RETURN_NOT_OK(
      base::ParallelFor(context.num_threads, static_cast<int64_t>(num_blocks), context.stop, [&](int, int64_t block) {
        const size_t start = static_cast<size_t>(block) * kBlock;
        for (size_t i = start; i < std::min(start + kBlock, bricks.size()); ++i) {
          survey.bricks[i].conditions = GoodConditionsOf(seed, bricks[i]);
          survey.bricks[i].counts = DrawCounts(seed, survey.bricks[i].conditions);
        }
        return Status::OK();
      }));
  return survey;
}

int64_t& CountOfV3(CountedBrick& brick) { return brick.counts.n_lrg[2]; }

// Brings the counts of v3 in selected bricks to the planned totals, one LRG a brick at a time.
Status MeetTotals(uint64_t seed, Survey& survey) {
  // Bricks without an LRG, all in the largest region.
  const auto largest = std::max_element(
      survey.plan.regions.begin(), survey.plan.regions.end(), [](const PlannedRegion& a, const PlannedRegion& b) {
        return std::pair(a.selected, a.bricks.size()) < std::pair(b.selected, b.bricks.size());
      });
  const auto region = static_cast<size_t>(largest - survey.plan.regions.begin());
  std::vector<size_t> order(largest->bricks.size());
  std::iota(order.begin(), order.end(), survey.first_brick[region]);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const auto key = [&](size_t i) {
      return Mix(seed ^ Mix(static_cast<uint64_t>(survey.bricks[i].conditions.brick_id)));
    };
    return key(a) < key(b);
  });
  std::vector<bool> empty(survey.bricks.size(), false);
  for (size_t i = 0; i < static_cast<size_t>(survey.plan.num_empty_bricks) && i < order.size(); ++i) {
    empty[order[i]] = true;
  }
  std::array<std::vector<CountedBrick*>, 3> of_split;
  for (size_t i = 0; i < survey.bricks.size(); ++i) {
    CountedBrick& brick = survey.bricks[i];
    const PlannedRegion& planned = survey.plan.regions[brick.region];
    if (!planned.selected) continue;
    if (empty[i]) {
      brick.counts.n_lrg = {};
      continue;
    }
    CountOfV3(brick) = std::clamp<int64_t>(CountOfV3(brick), 1, kMaxLrgPerBrick);
    of_split[static_cast<size_t>(planned.split)].push_back(&brick);
  }
  for (size_t s = 0; s < of_split.size(); ++s) {
    const auto num_bricks = static_cast<int64_t>(of_split[s].size());
    int64_t missing = survey.plan.rows_by_split[s];
    for (CountedBrick* brick : of_split[s]) missing -= CountOfV3(*brick);
    if (missing > 0 && num_bricks * kMaxLrgPerBrick < survey.plan.rows_by_split[s]) {
      return InternalError(fmt::format("{} bricks cannot hold {} rows", num_bricks, survey.plan.rows_by_split[s]));
    }
    while (missing != 0) {
      for (size_t i = 0; i < of_split[s].size() && missing != 0; ++i) {
        int64_t& count = CountOfV3(*of_split[s][i]);
        const int64_t step = missing > 0 ? 1 : -1;
        if (count + step < 1 || count + step > kMaxLrgPerBrick) continue;
        count += step;
        missing -= step;
      }
    }
  }
  return Status::OK();
}

// Files of each selected region in proportion to its bricks, at least one and at most one a row.
std::vector<int64_t> ShareFiles(const Survey& survey, int64_t num_files) {
  std::vector<int64_t> files(survey.plan.regions.size(), 0), rows(files.size(), 0);
  for (const CountedBrick& brick : survey.bricks) rows[brick.region] += brick.counts.n_lrg[2];
  int64_t left = num_files;
  for (size_t r = 0; r < files.size(); ++r) {
    const PlannedRegion& region = survey.plan.regions[r];
    if (!region.selected) continue;
    const double share =
        static_cast<double>(region.bricks.size()) / static_cast<double>(survey.plan.num_selected_bricks);
    files[r] = std::clamp<int64_t>(std::llround(share * static_cast<double>(num_files)), 1, rows[r]);
    left -= files[r];
  }
  // What rounding left over goes to, or comes from, the regions with most files.
  while (left != 0) {
    const auto most = std::max_element(files.begin(), files.end());
    const int64_t step = left > 0 ? 1 : -1;
    *most += step;
    left -= step;
  }
  return files;
}

std::vector<Group> MakeGroups(const Survey& survey, const std::vector<int64_t>& files) {
  std::vector<Group> groups;
  for (size_t r = 0; r < files.size(); ++r) {
    const PlannedRegion& region = survey.plan.regions[r];
    if (!region.selected) continue;
    const auto num_bricks = static_cast<int64_t>(region.bricks.size());
    const int64_t count = std::min(
        files[r], (num_bricks + static_cast<int64_t>(kBricksPerGroup) - 1) / static_cast<int64_t>(kBricksPerGroup));
    for (int64_t g = 0; g < count; ++g) {
      groups.push_back({&region, survey.first_brick[r] + static_cast<size_t>(num_bricks * g / count),
                        survey.first_brick[r] + static_cast<size_t>(num_bricks * (g + 1) / count), files[r] * g / count,
                        files[r] * (g + 1) / count});
    }
  }
  return groups;
}

std::string FolderOf(const PlannedRegion& region) {
  return fmt::format("region_split={}/region_id={}", regions::SplitName(region.split), region.region_id);
}

// As Spark names a file: number of the task, a random id, the codec.
std::string FileName(uint64_t seed, int32_t region, int64_t number) {
  const uint64_t a = Mix(Mix(seed ^ static_cast<uint64_t>(region)) + static_cast<uint64_t>(number));
  const uint64_t b = Mix(a);
  return fmt::format("part-{:05}-{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}.c000.snappy.parquet", number, a >> 32,
                     a >> 16 & 0xFFFF, a & 0xFFF, b >> 52, b & 0xFFFF'FFFF'FFFF);
}

// Draws the rows of a group, counts v1 and v2 in its bricks, writes its files.
Status WriteGroup(RunContext& context, uint64_t seed, const std::string& directory, const Group& group,
                  Survey& survey) {
  std::vector<ParentRow> rows;
  for (size_t i = group.first; i < group.last; ++i) {
    CountedBrick& brick = survey.bricks[i];
    const size_t first = rows.size();
    DrawParentRows(seed, brick.conditions, CountOfV3(brick), &rows);
    for (size_t v = 0; v < 2; ++v) {
      brick.counts.n_lrg[v] = std::count_if(rows.begin() + static_cast<std::ptrdiff_t>(first), rows.end(),
                                            [v](const ParentRow& row) { return (row.flags >> v & 1U) != 0; });
    }
    for (size_t v = 3; v < kNumVariants; ++v) {
      brick.counts.n_lrg[v] = std::max(brick.counts.n_lrg[v], brick.counts.n_lrg[v - 1]);
    }
    brick.counts.n_gal = std::max(brick.counts.n_gal, brick.counts.n_lrg[kNumVariants - 1]);
  }
  const auto num_files = static_cast<size_t>(group.last_file - group.first_file);
  std::vector<std::vector<ParentRow>> of_file(num_files);
  for (size_t i = 0; i < rows.size(); ++i) {
    // The first rows go round, so that no file is empty.
    const size_t file =
        i < num_files ? i : Mix(seed ^ Mix(rows[i].brick.packed() + static_cast<uint64_t>(rows[i].objid))) % num_files;
    of_file[file].push_back(rows[i]);
  }
  for (size_t f = 0; f < num_files; ++f) {
    const int64_t number = group.first_file + static_cast<int64_t>(f);
    const std::string name = FileName(seed, group.region->region_id, number);
    ARROW_RETURN_NOT_OK(WriteEarlierParquet(*context.storage,
                                            io::JoinPath(directory, FolderOf(*group.region) + "/" + name), of_file[f]));
  }
  context.progress->rows_done += static_cast<int64_t>(rows.size());
  return Status::OK();
}

nlohmann::ordered_json Describe(const MockParentOptions& options, const Survey& survey, int64_t num_files) {
  nlohmann::ordered_json json;
  json["rows"] = options.rows;
  for (size_t s = 0; s < regions::kSplitNames.size(); ++s) {
    json["rows_by_split"][std::string(regions::kSplitNames[s])] = survey.plan.rows_by_split[s];
  }
  std::array<int64_t, kNumVariants> totals = {};
  int64_t with_rows = 0;
  for (const CountedBrick& brick : survey.bricks) {
    if (!survey.plan.regions[brick.region].selected) continue;
    with_rows += brick.counts.n_lrg[2] > 0 ? 1 : 0;
    for (size_t v = 0; v < totals.size(); ++v) totals[v] += brick.counts.n_lrg[v];
  }
  for (size_t v = 0; v < 3; ++v) {
    json["rows_by_variant"][photometry::BuiltinVariants()[v].name] = totals[v];
  }
  json["regions"] = survey.plan.regions.size();
  json["selected_regions"] = std::count_if(survey.plan.regions.begin(), survey.plan.regions.end(),
                                           [](const PlannedRegion& region) { return region.selected; });
  json["bricks"] = survey.bricks.size();
  json["selected_bricks"] = survey.plan.num_selected_bricks;
  json["bricks_with_rows"] = with_rows;
  json["files"] = num_files;
  json["seed"] = options.seed;
  return json;
}

MockReport ReportOf(const MockParentOptions& options, const std::string& directory,
                    const nlohmann::ordered_json& made) {
  const auto count = [&made](const char* key) { return FormatCount(made[key].get<int64_t>()); };
  MockReport report;
  report.num_rows = options.rows;
  report.figures = {{"rows", count("rows")},
                    {"files", count("files")},
                    {"regions", count("selected_regions")},
                    {"bricks", count("bricks_with_rows")}};
  report.account = fmt::format(
      "Mock parent catalog (seed {}) in {}\n  {} rows in {} files; {} of {} regions, {} bricks selected, {} with "
      "rows\n ",
      options.seed, directory, count("rows"), count("files"), count("selected_regions"), count("regions"),
      count("selected_bricks"), count("bricks_with_rows"));
  for (const auto& [split, rows] : made["rows_by_split"].items()) {
    report.account += fmt::format(" {} {}", split, FormatCount(rows.get<int64_t>()));
  }
  report.account += '\n';
  return report;
}

}  // namespace

Result<MockReport> WriteMockParent(RunContext& context, const MockParentOptions& options) {
  if (options.out.empty()) return UsageError("mock parent needs --out DIR");
  Storage& storage = *context.storage;
  const auto seed = static_cast<uint64_t>(options.seed);
  const std::string variant(photometry::kDefaultVariantName);
  ARROW_ASSIGN_OR_RAISE(Survey survey, DrawSurvey(context, seed, options.rows));
  ARROW_RETURN_NOT_OK(MeetTotals(seed, survey));
  const auto num_regions = std::count_if(survey.plan.regions.begin(), survey.plan.regions.end(),
                                         [](const PlannedRegion& region) { return region.selected; });
  const int64_t num_files =
      options.files > 0
          ? options.files
          : std::max<int64_t>(num_regions, std::llround(static_cast<double>(options.rows) / kRowsPerFile));
  if (num_files < num_regions || num_files > options.rows) {
    return UsageError(fmt::format("--files {}: expected {} (one for each selected region) to {} (one a row)", num_files,
                                  num_regions, options.rows));
  }
  const std::vector<Group> groups = MakeGroups(survey, ShareFiles(survey, num_files));

  const std::string final_dir = io::JoinPath(options.out, fmt::format("phase3c/{}/parent_union_parquet", variant));
  const std::string working_dir = io::JoinPath(io::ParentPath(final_dir), ".parent_union_parquet.mock");
  ARROW_RETURN_NOT_OK(storage.Remove(working_dir));
  for (const Group& group : groups) {
    if (group.first_file == 0) {
      ARROW_RETURN_NOT_OK(storage.MakeDirectories(io::JoinPath(working_dir, FolderOf(*group.region))));
    }
  }
  context.progress->rows_total = options.rows;
  ARROW_RETURN_NOT_OK(base::ParallelFor(
      context.num_threads, static_cast<int64_t>(groups.size()), context.stop,
      [&](int, int64_t g) { return WriteGroup(context, seed, working_dir, groups[static_cast<size_t>(g)], survey); }));
  ARROW_RETURN_NOT_OK(io::WriteFileAtomic(storage, io::JoinPath(working_dir, "_SUCCESS"), ""));
  ARROW_RETURN_NOT_OK(WriteRegionTables(context, options.out, variant, survey.plan, survey.bricks));
  ARROW_RETURN_NOT_OK(storage.Remove(final_dir));
  ARROW_RETURN_NOT_OK(storage.Rename(working_dir, final_dir));
  const nlohmann::ordered_json made = Describe(options, survey, num_files);
  ARROW_RETURN_NOT_OK(io::WriteJsonAtomic(storage, io::JoinPath(options.out, "mock_parent.json"), made));
  return ReportOf(options, final_dir, made);
}

}  // namespace dhs::mock
