// SPDX-License-Identifier: Apache-2.0
#include "parent/parent_stage.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <arrow/array.h>
#include <arrow/compute/initialize.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include "catalog/parquet.h"
#include "io/files.h"
#include "parent/carried_columns.h"
#include "parent/options.h"
#include "parent/parent.h"
#include "parent/region_bricks.h"
#include "parent/table_access.h"
#include "photometry/variant.h"

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

Result<std::vector<SelectedRegion>> ReadSelections(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto table, catalog::ReadParquet(storage, path, {"region_id", "region_split"}));
  ARROW_ASSIGN_OR_RAISE(const auto ids, CoreColumn<arrow::Int32Type>(*table, "region_id", path));
  ARROW_ASSIGN_OR_RAISE(const auto splits, CoreColumn<arrow::StringType>(*table, "region_split", path));
  std::vector<SelectedRegion> selected;
  for (int64_t i = 0; i < table->num_rows(); ++i) {
    const auto split = SplitName::Parse(splits->GetView(i));
    if (!split) {
      return DataError({.path = path, .column = "region_split", .row = i},
                       fmt::format("'{}' is no name of a split (train, val, test)", splits->GetView(i)));
    }
    selected.push_back({ids->Value(i), *split});
  }
  return selected;
}

class ParentStage : public Stage {
 public:
  std::string_view name() const override { return "parent"; }
  std::string_view summary() const override { return "Join candidates with the selected regions: the parent catalog"; }
  std::string_view example() const override { return "dhs parent --output results --variant v3_color_relaxed"; }
  void BindOptions(OptionTable& table) override { Bind(options_, table); }

  Result<StagePlan> Plan(RunContext& context) override {
    Storage& storage = *context.storage;
    ARROW_RETURN_NOT_OK(photometry::FindVariant(options_.variant).status());
    ARROW_ASSIGN_OR_RAISE(const ScanOutput scan, FindScan(storage, CandidatesDir()));
    ARROW_RETURN_NOT_OK(CheckVariant(options_.variant, scan));

    StagePlan plan;
    plan.output_dir = io::JoinPath(options_.output, fmt::format("phase3c/{}/parent_union_parquet", options_.variant));
    ARROW_ASSIGN_OR_RAISE(StageInput candidates, StageOutputInput(storage, "candidates", scan.directory, "scan"));
    ARROW_ASSIGN_OR_RAISE(StageInput regions, StageOutputInput(storage, "bricks_with_region", RegionsDir(), "regions"));
    plan.inputs = {std::move(candidates), std::move(regions)};
    ARROW_ASSIGN_OR_RAISE(std::vector<StageInput> selections,
                          SelectionInputs(storage, SelectionsDir(), !options_.selections.empty()));
    plan.inputs.insert(plan.inputs.end(), selections.begin(), selections.end());
    ARROW_ASSIGN_OR_RAISE(const auto files, catalog::ListParquetFilesIfAny(storage, scan.candidates_dir));
    plan.num_rows = scan.rows_kept;
    plan.num_bytes = 0;
    for (const FileInfo& file : files) plan.num_bytes += file.size_bytes;
    plan.makes = {"region_split=*/part-*.parquet"};
    return plan;
  }

  Result<StageReport> Run(RunContext& context, const std::string& staging_dir) override {
    Storage& storage = *context.storage;
    ARROW_RETURN_NOT_OK(arrow::compute::Initialize());
    ARROW_ASSIGN_OR_RAISE(const ScanOutput scan, FindScan(storage, CandidatesDir()));
    ARROW_ASSIGN_OR_RAISE(const int variant, photometry::FindVariant(options_.variant));
    ARROW_ASSIGN_OR_RAISE(auto assignment, Assign(storage));
    ARROW_RETURN_NOT_OK(CheckGuard(*assignment));

    ARROW_ASSIGN_OR_RAISE(auto files, catalog::ListParquetFilesIfAny(storage, scan.candidates_dir));
    context.progress->rows_total = scan.rows_kept;
    ARROW_ASSIGN_OR_RAISE(const auto schema, WithCarriedColumns(storage, files, ParentFileSchema()));
    const UnionSource source(std::move(files), photometry::BuiltinVariants()[static_cast<size_t>(variant)].FlagColumn(),
                             assignment, schema);
    ARROW_ASSIGN_OR_RAISE(const base::MemoryBudget::Lease lease,
                          context.memory->Acquire(context.memory->total_bytes() * 9 / 10, "dhs parent"));
    SortedFilesOptions sorting;
    sorting.schema = schema;
    sorting.files_of_split = [](int64_t rows) { return (rows + kTargetRowsPerFile - 1) / kTargetRowsPerFile; };
    sorting.max_rows_in_memory = RowsInMemory(lease.bytes(), *schema);
    ARROW_ASSIGN_OR_RAISE(const SortedFilesReport books, WriteSortedFiles(context, source, sorting, staging_dir));
    if (books.rows_read != scan.rows_kept) {
      return DataError({.path = scan.candidates_dir},
                       fmt::format("{} rows found, but the scan's manifest says that it kept {}: candidate files were "
                                   "lost, added or changed. Make the scan again with --force",
                                   FormatCount(books.rows_read), FormatCount(scan.rows_kept)));
    }
    return Report(books, *assignment);
  }

 private:
  std::string CandidatesDir() const {
    return options_.candidates.empty() ? io::JoinPath(options_.output, "scan/" + options_.release)
                                       : options_.candidates;
  }
  std::string RegionsDir() const { return io::JoinPath(options_.output, "phase3a/" + options_.variant); }
  std::string SelectionsDir() const {
    return options_.selections.empty() ? io::JoinPath(options_.output, "phase3b/" + options_.variant)
                                       : options_.selections;
  }

  Result<std::shared_ptr<const BrickAssignment>> Assign(Storage& storage) const {
    const std::string bricks_path = io::JoinPath(RegionsDir(), "bricks_with_region");
    ARROW_ASSIGN_OR_RAISE(const RegionBricks bricks, ReadRegionBricks(storage, bricks_path));
    ARROW_ASSIGN_OR_RAISE(const std::string selections_path, SelectionsTable(storage, SelectionsDir()));
    ARROW_ASSIGN_OR_RAISE(const auto selected, ReadSelections(storage, selections_path));
    std::vector<SplitName> excluded;
    for (const std::string& split : options_.exclude_splits) {
      const auto name = SplitName::Parse(split);
      if (!name) return UsageError(fmt::format("--exclude-splits: '{}' is no split (train, val, test)", split));
      excluded.push_back(*name);
    }
    auto assignment = BrickAssignment::Make(bricks.names, bricks.region_ids, bricks.splits, selected, excluded);
    if (!assignment.ok()) return WithContext(assignment.status(), bricks_path + " with " + selections_path);
    return std::make_shared<const BrickAssignment>(*std::move(assignment));
  }

  Status CheckGuard(const BrickAssignment& assignment) const {
    const int64_t bricks = assignment.num_selected_bricks();
    if (options_.max_selected_bricks == 0 || bricks <= options_.max_selected_bricks) return Status::OK();
    return UsageError(fmt::format(
        "{} bricks of {} regions are selected, more than --max-selected-bricks {} allows. If the whole is wanted, give "
        "--max-selected-bricks 0 (no limit); else leave out splits with --exclude-splits, or select fewer regions with "
        "`dhs select`",
        FormatCount(bricks), FormatCount(assignment.num_selected_regions()),
        FormatCount(options_.max_selected_bricks)));
  }

  StageReport Report(const SortedFilesReport& books, const BrickAssignment& assignment) const {
    const int64_t written = books.rows_by_fate[0];
    Json rejected = Json::object();
    for (int f = 1; f < kNumFates; ++f) {
      rejected[FateName(static_cast<Fate>(f))] = books.rows_by_fate[static_cast<size_t>(f)];
    }
    std::map<std::string, int64_t> by_split;
    Json files = Json::array();
    for (const WrittenFile& file : books.files) {
      by_split[file.split.ToString()] += file.num_rows;
      files.push_back({{"path", file.path}, {"rows", file.num_rows}, {"bytes", file.num_bytes}});
    }
    std::set<int32_t> regions;  // one may have bricks in several splits
    for (const PlaceCount& place : books.places) regions.insert(place.place.region_id);
    const auto num_regions = static_cast<int64_t>(regions.size());
    const auto num_bricks = static_cast<int64_t>(books.places.size());

    StageReport report;
    report.manifest = {{"stage", "parent"},
                       {"mode", "union"},
                       {"variant", options_.variant},
                       {"rows_read", books.rows_read},
                       {"rows_written", written},
                       {"rows_rejected", rejected},
                       {"num_regions", num_regions},
                       {"regions_in_several_splits", RegionsInSeveralSplits(books.places)},
                       {"num_bricks", num_bricks},
                       {"num_bricks_selected", assignment.num_selected_bricks()},
                       {"by_split", by_split},
                       {"keys", books.keys_written.ToString()},
                       {"files", files}};
    report.rows_read = books.rows_read;
    report.bytes_read = books.bytes_read;
    report.figures = {{"rows read", FormatCount(books.rows_read)},
                      {"rows written", FormatCount(written)},
                      {"regions", FormatCount(num_regions)},
                      {"bricks", FormatCount(num_bricks)},
                      {"files", FormatCount(static_cast<int64_t>(books.files.size()))}};
    report.account = fmt::format("Parent catalog of {}: each LRG of the selected regions once\n", options_.variant);
    report.account += fmt::format("  {:<28}{:>14}\n", "candidates read", FormatCount(books.rows_read));
    for (const auto& [reason, rows] : rejected.items()) {
      report.account += fmt::format("  - {:<26}{:>14}\n", reason, FormatCount(rows.get<int64_t>()));
    }
    report.account += fmt::format("  {:<28}{:>14}\n", "= rows written", FormatCount(written));
    for (const auto& [split, rows] : by_split) {
      report.account += fmt::format("    {:<26}{:>14}\n", split, FormatCount(rows));
    }
    report.account +=
        fmt::format("  {} regions, {} bricks with rows of {} selected, {} files\n", FormatCount(num_regions),
                    FormatCount(num_bricks), FormatCount(assignment.num_selected_bricks()),
                    FormatCount(static_cast<int64_t>(books.files.size())));
    if (written == 0) report.warnings.push_back("no candidate lies in a selected region: the catalog is empty");
    return report;
  }

  ParentOptions options_;
};

}  // namespace

std::unique_ptr<Stage> MakeParentStage() { return std::make_unique<ParentStage>(); }

}  // namespace dhs::parent
