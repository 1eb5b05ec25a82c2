// SPDX-License-Identifier: Apache-2.0
#include "parent/parent_stage.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <arrow/compute/initialize.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include "catalog/parquet.h"
#include "io/files.h"
#include "parent/carried_columns.h"
#include "parent/options.h"
#include "parent/parent.h"
#include "parent/region_bricks.h"
#include "parent/selected_regions.h"
#include "photometry/variant.h"
#include "scan/sweep_scan.h"

namespace dhs::parent {
namespace {

using Json = nlohmann::ordered_json;

// A finished scan: its directory and what its manifest promises.
struct ScanOutput {
  std::string directory;
  std::string candidates_dir;
  std::string candidate_variant;
  int64_t rows_kept = 0;
};

Result<ScanOutput> FindScan(Storage& storage, const std::string& given) {
  ScanOutput scan;
  for (const std::string& directory : {given, io::ParentPath(given)}) {
    ARROW_ASSIGN_OR_RAISE(const FileInfo info, storage.Stat(io::JoinPath(directory, "_manifest.json")));
    if (info.kind == FileKind::kFile) {
      scan.directory = directory;
      break;
    }
  }
  if (scan.directory.empty()) {
    return DataError({.path = given},
                     "no scan here (there is no _manifest.json in it or above it); make one with `dhs scan`, or name "
                     "one with --candidates or --release");
  }
  scan.candidates_dir = io::JoinPath(scan.directory, "candidates");
  const std::string manifest_path = io::JoinPath(scan.directory, "_manifest.json");
  ARROW_ASSIGN_OR_RAISE(const Json manifest, io::ReadJson(storage, manifest_path));
  const auto variant = manifest.find("candidate_variant");
  const auto rows_kept = manifest.find("rows_kept");
  if (variant == manifest.end() || !variant->is_string() || rows_kept == manifest.end() ||
      !rows_kept->is_number_integer()) {
    return DataError({.path = manifest_path},
                     "not the manifest of a scan: \"candidate_variant\" (text) and \"rows_kept\" (integer) expected");
  }
  scan.candidate_variant = variant->get<std::string>();
  scan.rows_kept = rows_kept->get<int64_t>();
  return scan;
}

Status CheckVariant(const std::string& variant, const ScanOutput& scan) {
  ARROW_ASSIGN_OR_RAISE(const int wanted, photometry::FindVariant(variant));
  const auto scanned = photometry::FindVariant(scan.candidate_variant);
  if (!scanned.ok()) return WithContext(scanned.status(), scan.directory);
  if (wanted <= *scanned) return Status::OK();
  return UsageError(fmt::format(
      "the scan {} kept candidates of {} and {} is looser, so LRGs would be missing. Make a scan with `dhs scan "
      "--candidate-variant {}` (under another --release name, or with --force), or take --variant {} or a stricter one",
      scan.directory, scan.candidate_variant, variant, variant, scan.candidate_variant));
}

// The folder that holds region_selections, whichever level was named.
Result<std::string> SelectionsTable(Storage& storage, const std::string& directory) {
  const std::string inside = io::JoinPath(directory, "region_selections");
  ARROW_ASSIGN_OR_RAISE(const FileInfo info, storage.Stat(inside));
  return info.kind == FileKind::kNone ? directory : inside;
}

// Identity of the selections: a stage's manifest, or (made elsewhere) every file.
Result<std::vector<StageInput>> SelectionInputs(Storage& storage, const std::string& directory, bool given) {
  std::vector<StageInput> inputs;
  ARROW_ASSIGN_OR_RAISE(const FileInfo manifest, storage.Stat(io::JoinPath(directory, "_manifest.json")));
  if (!given || manifest.kind == FileKind::kFile) {
    ARROW_ASSIGN_OR_RAISE(StageInput input, StageOutputInput(storage, "selections", directory, "select"));
    inputs.push_back(std::move(input));
    return inputs;
  }
  ARROW_ASSIGN_OR_RAISE(const std::string table, SelectionsTable(storage, directory));
  ARROW_ASSIGN_OR_RAISE(const std::vector<FileInfo> files, catalog::ListParquetFiles(storage, table));
  for (const FileInfo& file : files) {
    ARROW_ASSIGN_OR_RAISE(StageInput input, FileInput(storage, "selections", file.path));
    inputs.push_back(std::move(input));
  }
  return inputs;
}

// The books of the catalog: of the union, or of one selection set.
struct Part {
  std::string set;  // empty = the union
  SortedFilesReport books;
  int64_t num_selected_bricks = 0, num_selected_regions = 0;
};

// Every part has read all candidates.
Status CheckRead(const std::vector<Part>& parts, const std::string& directory, int64_t rows_kept) {
  for (const Part& part : parts) {
    if (part.books.rows_read == rows_kept) continue;
    return DataError({.path = directory},
                     fmt::format("{} rows found, but the scan's manifest says that it kept {}: candidate files were "
                                 "lost, added or changed. Make the scan again with --force",
                                 FormatCount(part.books.rows_read), FormatCount(rows_kept)));
  }
  return Status::OK();
}

class ParentStage : public Stage {
 public:
  std::string_view name() const override { return "parent"; }
  std::string_view summary() const override { return "Join candidates with the selected regions: the parent catalog"; }
  std::string_view example() const override { return "dhs parent --output results --variant v3_color_relaxed"; }
  void BindOptions(OptionTable& table) override {
    Bind(options_, table);
    table_ = &table;
  }

  Result<StagePlan> Plan(RunContext& context) override;
  Result<StageReport> Run(RunContext& context, const std::string& staging_dir) override;

 private:
  bool FromSweeps() const { return !options_.sweeps.sweep_index.empty(); }
  bool PerSet() const { return options_.mode == kPerSelectionSet; }
  std::string CandidatesDir() const {
    return options_.candidates.empty() ? io::JoinPath(options_.output, "scan/" + options_.release)
                                       : options_.candidates;
  }
  std::string RegionsDir() const { return io::JoinPath(options_.output, "phase3a/" + options_.variant); }
  std::string SelectionsDir() const {
    return options_.selections.empty() ? io::JoinPath(options_.output, "phase3b/" + options_.variant)
                                       : options_.selections;
  }
  // What the sweeps are read with: candidates of the catalog's own variant.
  scan::ScanOptions SweepOptions() const {
    scan::ScanOptions sweeps = options_.sweeps;
    sweeps.candidate_variant = options_.variant;
    sweeps.output = options_.output;
    return sweeps;
  }

  // Which regions take part, and the tables that say so.
  struct Chosen {
    RegionBricks bricks;
    std::vector<SelectionRow> rows;
    SelectionFilter filter;
    std::vector<SelectedRegion> regions;
    std::string paths;  // for messages
  };
  Result<Chosen> Choose(Storage& storage) const;
  Result<BrickAssignment> Assign(const Chosen& chosen, std::span<const SelectedRegion> regions) const;
  Status CheckGuard(const BrickAssignment& assignment) const;
  Result<Part> WritePart(RunContext& context, const std::string& staging_dir, const std::vector<FileInfo>& files,
                         std::string set, BrickAssignment assignment, std::map<Place, int32_t> ranks) const;
  Result<std::vector<Part>> WriteParts(RunContext& context, const std::string& staging_dir, const Chosen& chosen,
                                       BrickAssignment all, const std::vector<FileInfo>& files) const;
  StageReport Report(const std::vector<Part>& parts) const;

  ParentOptions options_;
  const OptionTable* table_ = nullptr;  // tells a given option from a default; outlives Run
};

Result<StagePlan> ParentStage::Plan(RunContext& context) {
  Storage& storage = *context.storage;
  ARROW_RETURN_NOT_OK(Check(options_, *table_));
  ARROW_RETURN_NOT_OK(photometry::FindVariant(options_.variant).status());
  StagePlan plan;
  plan.output_dir =
      io::JoinPath(options_.output, fmt::format("phase3c/{}/parent_{}_parquet", options_.variant, options_.mode));
  if (FromSweeps()) {
    ARROW_RETURN_NOT_OK(scan::AddSweepsToPlan(context, SweepOptions(), &plan));
  } else {
    ARROW_ASSIGN_OR_RAISE(const ScanOutput scan, FindScan(storage, CandidatesDir()));
    ARROW_RETURN_NOT_OK(CheckVariant(options_.variant, scan));
    ARROW_ASSIGN_OR_RAISE(StageInput candidates, StageOutputInput(storage, "candidates", scan.directory, "scan"));
    plan.inputs.push_back(std::move(candidates));
    ARROW_ASSIGN_OR_RAISE(const auto files, catalog::ListParquetFilesIfAny(storage, scan.candidates_dir));
    plan.num_rows = scan.rows_kept;
    plan.num_bytes = 0;
    for (const FileInfo& file : files) plan.num_bytes += file.size_bytes;
  }
  ARROW_ASSIGN_OR_RAISE(StageInput regions, StageOutputInput(storage, "bricks_with_region", RegionsDir(), "regions"));
  plan.inputs.push_back(std::move(regions));
  ARROW_ASSIGN_OR_RAISE(std::vector<StageInput> selections,
                        SelectionInputs(storage, SelectionsDir(), !options_.selections.empty()));
  plan.inputs.insert(plan.inputs.end(), selections.begin(), selections.end());
  plan.makes = {fmt::format("{}region_split=*/{}part-*.parquet", PerSet() ? "selection_set_id=*/" : "",
                            options_.partition_by == kSplitAndRegion ? "region_id=*/" : "")};
  return plan;
}

Result<StageReport> ParentStage::Run(RunContext& context, const std::string& staging_dir) {
  Storage& storage = *context.storage;
  ARROW_RETURN_NOT_OK(arrow::compute::Initialize());
  ARROW_ASSIGN_OR_RAISE(const Chosen chosen, Choose(storage));
  ARROW_ASSIGN_OR_RAISE(BrickAssignment all, Assign(chosen, chosen.regions));
  ARROW_RETURN_NOT_OK(CheckGuard(all));
  if (!FromSweeps()) {
    ARROW_ASSIGN_OR_RAISE(const ScanOutput scan, FindScan(storage, CandidatesDir()));
    ARROW_ASSIGN_OR_RAISE(const auto files, catalog::ListParquetFilesIfAny(storage, scan.candidates_dir));
    context.progress->rows_total = scan.rows_kept;
    ARROW_ASSIGN_OR_RAISE(const auto parts, WriteParts(context, staging_dir, chosen, std::move(all), files));
    ARROW_RETURN_NOT_OK(CheckRead(parts, scan.candidates_dir, scan.rows_kept));
    return Report(parts);
  }
  // A scan of its own, in a folder that goes before the catalog is published; a run that is begun again finds it.
  const std::string scan_dir = io::JoinPath(staging_dir, "_scan");
  ARROW_ASSIGN_OR_RAISE(const scan::SweepScan scan, scan::ScanSweeps(context, SweepOptions(), scan_dir));
  ARROW_ASSIGN_OR_RAISE(const auto files,
                        catalog::ListParquetFilesIfAny(storage, io::JoinPath(scan_dir, "candidates")));
  ARROW_ASSIGN_OR_RAISE(const auto parts, WriteParts(context, staging_dir, chosen, std::move(all), files));
  ARROW_RETURN_NOT_OK(CheckRead(parts, scan_dir, scan.books.rows_kept));
  ARROW_RETURN_NOT_OK(storage.Remove(scan_dir));
  StageReport report = Report(parts);
  scan::PutBooks(scan.books, &report.manifest["scan"]);
  report.manifest["scan"]["sweeps"] = scan::SweepsJson(scan);
  report.account = scan::SweepAccount(SweepOptions(), scan) + report.account;
  scan::ReportSweeps(scan, &report);
  report.rows_read = scan.books.rows_read;
  report.bytes_read = scan.bytes_read;
  return report;
}

Result<ParentStage::Chosen> ParentStage::Choose(Storage& storage) const {
  Chosen chosen;
  const std::string bricks_path = io::JoinPath(RegionsDir(), "bricks_with_region");
  ARROW_ASSIGN_OR_RAISE(chosen.bricks, ReadRegionBricks(storage, bricks_path));
  ARROW_ASSIGN_OR_RAISE(const std::string selections_path, SelectionsTable(storage, SelectionsDir()));
  ARROW_ASSIGN_OR_RAISE(chosen.rows,
                        ReadSelections(storage, selections_path, PerSet() || !options_.only_selection_sets.empty()));
  chosen.filter.only_sets = options_.only_selection_sets;
  chosen.filter.max_regions = options_.max_selected_regions;
  for (const std::string& split : options_.exclude_splits) {
    const auto name = SplitName::Parse(split);
    if (!name) return UsageError(fmt::format("--exclude-splits: '{}' is no split (train, val, test)", split));
    chosen.filter.excluded_splits.push_back(*name);
  }
  ARROW_ASSIGN_OR_RAISE(chosen.regions, FilterRegions(chosen.rows, chosen.filter));
  chosen.paths = bricks_path + " with " + selections_path;
  return chosen;
}

Result<BrickAssignment> ParentStage::Assign(const Chosen& chosen, std::span<const SelectedRegion> regions) const {
  auto assignment = BrickAssignment::Make(chosen.bricks.names, chosen.bricks.region_ids, chosen.bricks.splits, regions);
  if (!assignment.ok()) return WithContext(assignment.status(), chosen.paths);
  return assignment;
}

Status ParentStage::CheckGuard(const BrickAssignment& assignment) const {
  const int64_t bricks = assignment.num_selected_bricks();
  if (options_.max_selected_bricks == 0 || bricks <= options_.max_selected_bricks) return Status::OK();
  return UsageError(fmt::format(
      "{} bricks of {} regions are selected, more than --max-selected-bricks {} allows. If the whole is wanted, give "
      "--max-selected-bricks 0 (no limit); else leave out splits with --exclude-splits, take fewer regions with "
      "--max-selected-regions, or select fewer with `dhs select`",
      FormatCount(bricks), FormatCount(assignment.num_selected_regions()), FormatCount(options_.max_selected_bricks)));
}

Result<std::vector<Part>> ParentStage::WriteParts(RunContext& context, const std::string& staging_dir,
                                                  const Chosen& chosen, BrickAssignment all,
                                                  const std::vector<FileInfo>& files) const {
  std::vector<Part> parts;
  if (!PerSet()) {
    ARROW_ASSIGN_OR_RAISE(Part part, WritePart(context, staging_dir, files, "", std::move(all), {}));
    parts.push_back(std::move(part));
    return parts;
  }
  for (const std::string& set : SetNames(chosen.rows, chosen.filter)) {
    auto regions = TakeSet(chosen.rows, set, chosen.regions);
    if (!regions.ok()) return WithContext(regions.status(), chosen.paths);
    ARROW_ASSIGN_OR_RAISE(BrickAssignment assignment, Assign(chosen, regions->regions));
    ARROW_ASSIGN_OR_RAISE(
        Part part, WritePart(context, staging_dir, files, set, std::move(assignment), std::move(regions->ranks)));
    parts.push_back(std::move(part));
  }
  return parts;
}

Result<Part> ParentStage::WritePart(RunContext& context, const std::string& staging_dir,
                                    const std::vector<FileInfo>& files, std::string set, BrickAssignment assignment,
                                    std::map<Place, int32_t> ranks) const {
  Part part{.set = std::move(set),
            .books = {},
            .num_selected_bricks = assignment.num_selected_bricks(),
            .num_selected_regions = assignment.num_selected_regions()};
  ARROW_ASSIGN_OR_RAISE(const int variant, photometry::FindVariant(options_.variant));
  ARROW_ASSIGN_OR_RAISE(const auto core, PerSet() ? ParentSetFileSchema() : ParentFileSchema());
  ARROW_ASSIGN_OR_RAISE(const auto schema, WithCarriedColumns(*context.storage, files, core));
  const CandidateSource source(files, photometry::BuiltinVariants()[static_cast<size_t>(variant)].FlagColumn(),
                               std::make_shared<const BrickAssignment>(std::move(assignment)), schema,
                               std::move(ranks));
  ARROW_ASSIGN_OR_RAISE(const base::MemoryBudget::Lease lease,
                        context.memory->Acquire(context.memory->total_bytes() * 9 / 10, "dhs parent"));
  SortedFilesOptions sorting;
  sorting.schema = schema;
  sorting.files_of_folder = [this](int64_t rows) {
    return options_.output_partitions > 0 ? options_.output_partitions
                                          : (rows + kTargetRowsPerFile - 1) / kTargetRowsPerFile;
  };
  sorting.folder_per_region = options_.partition_by == kSplitAndRegion;
  sorting.max_rows_in_memory = RowsInMemory(lease.bytes(), *schema);
  const std::string folder = part.set.empty() ? "" : fmt::format("selection_set_id={}", part.set);
  ARROW_ASSIGN_OR_RAISE(part.books, WriteSortedFiles(context, source, sorting, io::JoinPath(staging_dir, folder)));
  for (WrittenFile& file : part.books.files) file.path = io::JoinPath(folder, file.path);
  return part;
}

StageReport ParentStage::Report(const std::vector<Part>& parts) const {
  // Of all parts; without sets there is one.
  SortedFilesReport sum;
  std::map<std::string, int64_t> by_split;
  Json files = Json::array(), sets = Json::object();
  std::set<int32_t> regions;  // one may have bricks in several splits
  std::set<sky::BrickName> bricks;
  int64_t regions_in_several_splits = 0, selected_bricks = 0;
  for (const Part& part : parts) {
    for (size_t f = 0; f < kNumFates; ++f) sum.rows_by_fate[f] += part.books.rows_by_fate[f];
    sum.rows_read += part.books.rows_read;
    sum.bytes_read += part.books.bytes_read;
    sum.keys_written.Add(part.books.keys_written);
    selected_bricks = std::max(selected_bricks, part.num_selected_bricks);
    regions_in_several_splits = std::max(regions_in_several_splits, RegionsInSeveralSplits(part.books.places));
    for (const WrittenFile& file : part.books.files) {
      by_split[file.split.ToString()] += file.num_rows;
      files.push_back({{"path", file.path}, {"rows", file.num_rows}, {"bytes", file.num_bytes}});
    }
    for (const PlaceCount& place : part.books.places) {
      regions.insert(place.place.region_id);
      bricks.insert(place.place.brick);
    }
    if (!part.set.empty()) {
      sets[part.set] = {{"rows", part.books.rows_by_fate[0]},
                        {"regions", part.num_selected_regions},
                        {"bricks_selected", part.num_selected_bricks}};
    }
  }
  const int64_t written = sum.rows_by_fate[0];
  Json rejected = Json::object();
  for (int f = 1; f < kNumFates; ++f) {
    rejected[FateName(static_cast<Fate>(f))] = sum.rows_by_fate[static_cast<size_t>(f)];
  }
  const auto num_regions = static_cast<int64_t>(regions.size());
  const auto num_bricks = static_cast<int64_t>(bricks.size());

  StageReport report;
  report.manifest = {{"stage", "parent"},
                     {"mode", options_.mode},
                     {"variant", options_.variant},
                     {"rows_read", sum.rows_read},
                     {"rows_written", written},
                     {"rows_rejected", rejected},
                     {"num_regions", num_regions},
                     {"regions_in_several_splits", regions_in_several_splits},
                     {"num_bricks", num_bricks},
                     {"num_bricks_selected", selected_bricks},
                     {"by_split", by_split},
                     {"keys", sum.keys_written.ToString()},
                     {"files", files}};
  if (PerSet()) report.manifest["selection_sets"] = sets;
  report.rows_read = sum.rows_read;
  report.bytes_read = sum.bytes_read;
  report.figures = {{"rows read", FormatCount(sum.rows_read)},
                    {"rows written", FormatCount(written)},
                    {"regions", FormatCount(num_regions)},
                    {"bricks", FormatCount(num_bricks)},
                    {"files", FormatCount(static_cast<int64_t>(files.size()))}};
  report.account = fmt::format("Parent catalog of {}: each LRG of the selected regions {}\n", options_.variant,
                               PerSet() ? "once for each selection set that holds its region" : "once");
  report.account += fmt::format("  {:<28}{:>14}\n", PerSet() ? "candidates read, by set" : "candidates read",
                                FormatCount(sum.rows_read));
  for (const auto& [reason, rows] : rejected.items()) {
    report.account += fmt::format("  - {:<26}{:>14}\n", reason, FormatCount(rows.get<int64_t>()));
  }
  report.account += fmt::format("  {:<28}{:>14}\n", "= rows written", FormatCount(written));
  for (const auto& [split, rows] : by_split) {
    report.account += fmt::format("    {:<26}{:>14}\n", split, FormatCount(rows));
  }
  for (const auto& [set, of_set] : sets.items()) {
    report.account +=
        fmt::format("    {:<34}{:>14} rows, {} regions\n", set, FormatCount(of_set["rows"].get<int64_t>()),
                    FormatCount(of_set["regions"].get<int64_t>()));
  }
  report.account += fmt::format("  {} regions, {} bricks with rows of {} selected, {} files\n",
                                FormatCount(num_regions), FormatCount(num_bricks), FormatCount(selected_bricks),
                                FormatCount(static_cast<int64_t>(files.size())));
  if (written == 0) report.warnings.push_back("no candidate lies in a selected region: the catalog is empty");
  return report;
}

}  // namespace

std::unique_ptr<Stage> MakeParentStage() { return std::make_unique<ParentStage>(); }

}  // namespace dhs::parent
