// SPDX-License-Identifier: Apache-2.0
#include "mock/survey.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "base/thread_pool.h"
#include "io/files.h"
#include "mock/bricks_file.h"
#include "mock/footprint.h"
#include "mock/hard_cases.h"
#include "mock/random.h"
#include "mock/sweep_files.h"
#include "mock/truth_files.h"

namespace dhs::mock {
namespace {

constexpr const char* kIndexName = "sweep-index.txt";

// In small surveys one brick each is empty and absent, and one was made again, whatever the draws say: a mock
// without them would test nothing.
void PlantRareBricks(uint64_t seed, Release release, std::vector<BrickConditions>& conditions) {
  constexpr size_t kMinBricks = 10;
  if (conditions.size() < kMinBricks || conditions.size() > 5000) return;
  std::vector<size_t> order(conditions.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const auto key = [&](size_t i) { return Mix(Mix(seed + 77) ^ static_cast<uint64_t>(conditions[i].brick_id)); };
    return key(a) < key(b);
  });
  conditions[order[0]].no_objects = true;
  conditions[order[0]].in_bricks_file = true;
  conditions[order[1]].no_objects = false;
  conditions[order[1]].in_bricks_file = false;
  BrickConditions& again = conditions[order[2]];
  if (release != Release::kDr8 && !again.rerun) {
    again.rerun = true;
    again.release = static_cast<int16_t>(again.release + 2);
  }
}

Result<std::vector<BrickConditions>> AllConditions(RunContext& context, uint64_t seed, Release release,
                                                   std::span<const sky::Brick> bricks) {
  constexpr double kSpecialShare = 0.002;
  std::vector<BrickConditions> conditions(bricks.size());
  constexpr size_t kBlock = 512;
  ARROW_RETURN_NOT_OK(base::ParallelFor(context.num_threads,
                                        static_cast<int64_t>((bricks.size() + kBlock - 1) / kBlock), context.stop,
                                        [&](int, int64_t block) {
                                          const size_t start = static_cast<size_t>(block) * kBlock;
                                          for (size_t i = start; i < std::min(start + kBlock, bricks.size()); ++i) {
                                            conditions[i] = ConditionsOf(seed, bricks[i], release, kSpecialShare);
                                          }
                                          return Status::OK();
                                        }));
  PlantRareBricks(seed, release, conditions);
  return conditions;
}

Status RemoveEarlierSweeps(Storage& storage, const std::string& directory) {
  const std::string index = io::JoinPath(directory, kIndexName);
  ARROW_ASSIGN_OR_RAISE(const FileInfo info, storage.Stat(index));
  if (info.kind != FileKind::kFile) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const std::vector<std::string> listed, io::ReadListFile(storage, index));
  for (const std::string& path : listed) {
    // Only what a mock writes: sweeps/sweep-*.fits.
    if (path != "sweeps/" + io::BaseName(path) || !io::BaseName(path).starts_with("sweep-")) continue;
    ARROW_RETURN_NOT_OK(storage.Remove(io::JoinPath(directory, path)));
  }
  return Status::OK();
}

Status WriteLists(Storage& storage, const std::string& directory, Release release, uint64_t seed,
                  std::span<const SweepFile> files) {
  std::string index = fmt::format("# Mock survey {}, seed {}: {} sweeps; paths are relative to this file\n",
                                  NameOf(release), seed, files.size());
  std::string checksums;
  for (const SweepFile& file : files) {
    index += fmt::format("sweeps/{}\n", file.name());
    checksums += fmt::format("{}  {}\n", file.sha256, file.name());
  }
  ARROW_RETURN_NOT_OK(
      io::WriteFileAtomic(storage, io::JoinPath(directory, "sweeps/" + ChecksumFileName(release)), checksums));
  return io::WriteFileAtomic(storage, io::JoinPath(directory, kIndexName), index);
}

void Describe(const MockSurveyOptions& options, std::span<const BrickConditions> conditions, const Tally& total,
              std::span<const SweepFile> files, MockReport& report) {
  int64_t split = static_cast<int64_t>(0) -
                  static_cast<int64_t>(std::count_if(conditions.begin(), conditions.end(),
                                                     [](const BrickConditions& c) { return !c.no_objects; }));
  for (const SweepFile& file : files) split += static_cast<int64_t>(file.bricks.size());
  report.figures = {{"bricks", FormatCount(static_cast<int64_t>(conditions.size()))},
                    {"sweeps", FormatCount(static_cast<int64_t>(files.size()))},
                    {"rows", FormatCount(total.num_rows)},
                    {"bytes", FormatBytes(report.num_bytes)},
                    {"v3 LRGs", FormatCount(total.n_lrg[2])}};
  report.account = fmt::format(
      "Mock survey {} (seed {}) in {}\n"
      "  {} bricks, {} sweeps, {} rows, {}; parts of split bricks beyond the first: {}\n",
      options.release, options.seed, options.out, FormatCount(static_cast<int64_t>(conditions.size())),
      FormatCount(static_cast<int64_t>(files.size())), FormatCount(total.num_rows), FormatBytes(report.num_bytes),
      FormatCount(split));
  report.account += fmt::format("  n_gal {}; LRGs", FormatCount(total.n_gal));
  for (size_t v = 0; v < kNumVariants; ++v) {
    report.account += fmt::format("{} {} {}", v == 0 ? "" : ",", kTruthVariants[v].name, FormatCount(total.n_lrg[v]));
  }
  report.account += fmt::format("\n  what every stage must find: {}\n", io::JoinPath(options.out, "truth.parquet"));
}

Result<MockReport> WriteWithSweeps(RunContext& context, const MockSurveyOptions& options, Release release,
                                   std::span<const BrickConditions> conditions) {
  const auto seed = static_cast<uint64_t>(options.seed);
  Storage& storage = *context.storage;
  const std::string sweeps_dir = io::JoinPath(options.out, "sweeps");
  ARROW_RETURN_NOT_OK(storage.MakeDirectories(sweeps_dir));
  ARROW_RETURN_NOT_OK(RemoveEarlierSweeps(storage, options.out));
  ARROW_RETURN_NOT_OK(storage.Remove(io::JoinPath(options.out, "truth.json")));

  ARROW_ASSIGN_OR_RAISE(std::vector<SweepFile> files, PlanSweeps(context, seed, release, conditions));
  ARROW_ASSIGN_OR_RAISE(const std::vector<Tally> bricks,
                        WriteSweeps(context, seed, release, conditions, sweeps_dir, files));
  std::vector<std::array<int64_t, kNumTypes>> by_type;
  Tally total;
  for (const Tally& brick : bricks) {
    by_type.push_back(brick.by_type);
    total += brick;
  }
  ARROW_RETURN_NOT_OK(
      WriteBricksFile(context, io::JoinPath(options.out, BricksFileName(release)), release, conditions, by_type));
  ARROW_RETURN_NOT_OK(WriteLists(storage, options.out, release, seed, files));
  ARROW_RETURN_NOT_OK(WriteTruthTable(context, io::JoinPath(options.out, "truth.parquet"), conditions, bricks));
  ARROW_RETURN_NOT_OK(
      WriteTruthJson(context, io::JoinPath(options.out, "truth.json"), options, conditions, bricks, files));

  MockReport report;
  report.num_rows = total.num_rows;
  report.num_bytes = total.num_rows * SweepLayout(release).row_bytes();
  Describe(options, conditions, total, files, report);
  return report;
}

Result<MockReport> WriteWithoutSweeps(RunContext& context, const MockSurveyOptions& options, Release release,
                                      std::span<const BrickConditions> conditions) {
  const auto seed = static_cast<uint64_t>(options.seed);
  std::vector<std::array<int64_t, kNumTypes>> by_type(conditions.size());
  std::vector<BrickCounts> counts(conditions.size());
  constexpr size_t kBlock = 512;
  ARROW_RETURN_NOT_OK(base::ParallelFor(context.num_threads,
                                        static_cast<int64_t>((conditions.size() + kBlock - 1) / kBlock), context.stop,
                                        [&](int, int64_t block) {
                                          const size_t start = static_cast<size_t>(block) * kBlock;
                                          for (size_t i = start; i < std::min(start + kBlock, conditions.size()); ++i) {
                                            by_type[i] = ExpectedTypes(seed, conditions[i]);
                                            counts[i] = DrawCounts(seed, conditions[i]);
                                          }
                                          return Status::OK();
                                        }));
  ARROW_RETURN_NOT_OK(
      WriteBricksFile(context, io::JoinPath(options.out, BricksFileName(release)), release, conditions, by_type));
  ARROW_RETURN_NOT_OK(WriteBrickCounts(context, options.out, conditions, counts));
  int64_t num_v3 = 0;
  for (const BrickCounts& count : counts) num_v3 += count.n_lrg[2];
  MockReport report;
  report.figures = {{"bricks", FormatCount(static_cast<int64_t>(conditions.size()))}, {"v3 LRGs", FormatCount(num_v3)}};
  report.account = fmt::format(
      "Mock survey {} (seed {}) in {}, without sweeps\n  {} bricks in {} and brick_counts.parquet; {} v3 LRGs\n",
      options.release, options.seed, options.out, FormatCount(static_cast<int64_t>(conditions.size())),
      BricksFileName(release), FormatCount(num_v3));
  return report;
}

}  // namespace

Result<MockReport> WriteMockSurvey(RunContext& context, const MockSurveyOptions& options) {
  ARROW_RETURN_NOT_OK(Check(options));
  ARROW_ASSIGN_OR_RAISE(const Release release, ParseRelease(options.release));
  ARROW_ASSIGN_OR_RAISE(const std::vector<sky::Brick> bricks, ChooseBricks(*context.storage, options));
  ARROW_RETURN_NOT_OK(context.storage->MakeDirectories(options.out));
  ARROW_ASSIGN_OR_RAISE(const std::vector<BrickConditions> conditions,
                        AllConditions(context, static_cast<uint64_t>(options.seed), release, bricks));
  if (options.hard_cases) {
    ARROW_RETURN_NOT_OK(
        WriteHardCases(context, static_cast<uint64_t>(options.seed), io::JoinPath(options.out, "hard-cases")));
  }
  ARROW_ASSIGN_OR_RAISE(MockReport report, options.no_sweeps ? WriteWithoutSweeps(context, options, release, conditions)
                                                             : WriteWithSweeps(context, options, release, conditions));
  if (options.hard_cases) {
    report.account +=
        fmt::format("  unusual and damaged inputs: {}\n", io::JoinPath(options.out, "hard-cases/README.txt"));
  }
  return report;
}

}  // namespace dhs::mock
