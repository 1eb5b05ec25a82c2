// SPDX-License-Identifier: Apache-2.0
#include "validate/validate_stage.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <arrow/array.h>
#include <arrow/compute/initialize.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "base/thread_pool.h"
#include "catalog/parquet.h"
#include "io/files.h"
#include "io/staging.h"
#include "parent/selected_regions.h"
#include "photometry/variant.h"
#include "validate/options.h"
#include "validate/validate.h"

namespace dhs::validate {
namespace {

using Json = nlohmann::ordered_json;

// A failure to read bytes at all (a disk, a stop, no memory) ends the run; anything else is a property of the catalog.
bool IsFinding(const Status& status) { return ExitCodeOf(status) == ExitCode::kData; }

class ValidateStage : public Stage {
 public:
  std::string_view name() const override { return "validate"; }
  std::string_view summary() const override { return "Check a parent catalog and report every finding"; }
  std::string_view example() const override { return "dhs validate --output results --variant v3_color_relaxed"; }
  void BindOptions(OptionTable& table) override { Bind(options_, table); }

  Result<StagePlan> Plan(RunContext& context) override {
    Storage& storage = *context.storage;
    ARROW_RETURN_NOT_OK(photometry::FindVariant(options_.variant).status());
    ARROW_ASSIGN_OR_RAISE(const std::string input, InputDir(storage));
    StagePlan plan;
    plan.output_dir = io::JoinPath(options_.output, "validation/" + options_.variant);
    ARROW_ASSIGN_OR_RAISE(const auto files, CatalogFiles(storage, input));
    ARROW_RETURN_NOT_OK(parent::RequireUnion(input, files));
    // Told by every file's name, size and time: a catalog may have changed since its manifest was written.
    std::string listing;
    plan.num_bytes = 0;
    for (const FileInfo& file : files) {
      listing += fmt::format("{} {} {}\n", file.path.substr(input.size()), file.size_bytes, file.mtime_ns);
      plan.num_bytes += file.size_bytes;
    }
    const std::string manifest_path = io::JoinPath(input, "_manifest.json");
    ARROW_ASSIGN_OR_RAISE(const FileInfo manifest, storage.Stat(manifest_path));
    if (manifest.kind == FileKind::kFile) {
      ARROW_ASSIGN_OR_RAISE(const std::string sha256, io::Sha256OfFile(storage, manifest_path));
      listing += sha256 + "\n";
    }
    plan.inputs.push_back({"catalog", input, plan.num_bytes, 0, io::Sha256Hex(listing)});
    ARROW_ASSIGN_OR_RAISE(const std::string regions_dir, RegionsDir(storage, input));
    if (!regions_dir.empty()) ARROW_RETURN_NOT_OK(AddRegions(storage, regions_dir, &plan));
    plan.makes = {"validation_report.json", "validation_report.txt", "validation_report.html"};
    return plan;
  }

  Result<StageReport> Run(RunContext& context, const std::string& staging_dir) override {
    Storage& storage = *context.storage;
    ARROW_RETURN_NOT_OK(arrow::compute::Initialize());
    ARROW_ASSIGN_OR_RAISE(const int variant, photometry::FindVariant(options_.variant));
    ARROW_ASSIGN_OR_RAISE(const std::string input, InputDir(storage));
    ARROW_ASSIGN_OR_RAISE(Catalog catalog, OpenCatalog(storage, input));
    const RowContext row_context{variant};
    ARROW_ASSIGN_OR_RAISE(CatalogTally tally, ReadRows(context, input, row_context, &catalog));
    CheckStructure(catalog, &tally.checks());
    CheckSchemas(catalog, &tally.checks());
    tally.places() = parent::SortAndSum(std::move(tally.places()));
    ARROW_ASSIGN_OR_RAISE(const std::string regions_dir, RegionsDir(storage, input));
    parent::RegionBricks regions;
    if (!regions_dir.empty()) {
      const photometry::Variant& counted = photometry::BuiltinVariants()[static_cast<size_t>(variant)];
      ARROW_ASSIGN_OR_RAISE(regions, parent::ReadRegionBricks(storage, io::JoinPath(regions_dir, "bricks_with_region"),
                                                              counted.CountColumn()));
    }
    const bool divides_regions = catalog.manifest.is_object() &&
                                 catalog.manifest.value("regions_in_several_splits", Json(0)).is_number_integer() &&
                                 catalog.manifest.value("regions_in_several_splits", Json(0)) > 0;
    const auto missing =
        CheckPlaces(tally.places(), regions_dir.empty() ? nullptr : &regions, divides_regions, &tally.checks());
    ARROW_ASSIGN_OR_RAISE(const Repetitions repetitions, SearchRepetitions(context, input, catalog, tally));
    CheckRepetitions(catalog, repetitions, &tally.checks());

    const Json report = MakeReport(catalog, missing, tally);
    const auto inside = [&staging_dir](const char* name) { return io::JoinPath(staging_dir, name); };
    ARROW_RETURN_NOT_OK(io::WriteJson(storage, inside("validation_report.json"), report));
    const std::string text = ReportText(report);
    ARROW_RETURN_NOT_OK(io::WriteFile(storage, inside("validation_report.txt"), text));
    ARROW_RETURN_NOT_OK(io::WriteFile(storage, inside("validation_report.html"), ReportHtml(report)));
    return MakeStageReport(catalog, report, text);
  }

 private:
  Result<std::string> InputDir(Storage& storage) const {
    if (!options_.input.empty()) return options_.input;
    const std::string compact =
        io::JoinPath(options_.output, fmt::format("phase3p5/{}/parent_compact", options_.variant));
    const std::string parent =
        io::JoinPath(options_.output, fmt::format("phase3c/{}/parent_union_parquet", options_.variant));
    for (const std::string& directory : {compact, parent}) {
      ARROW_ASSIGN_OR_RAISE(const bool complete, io::IsComplete(storage, directory));
      if (complete) return directory;
    }
    return DataError(
        {.path = options_.output},
        fmt::format("no complete catalog of {} here: run `dhs parent` (and `dhs compact`) first, or name a "
                    "catalog with --input",
                    options_.variant));
  }

  // The regions as an input: by the books of `dhs regions` or, where another system made them, by their files.
  static Status AddRegions(Storage& storage, const std::string& regions_dir, StagePlan* plan) {
    ARROW_ASSIGN_OR_RAISE(const FileInfo manifest, storage.Stat(io::JoinPath(regions_dir, "_manifest.json")));
    if (manifest.kind == FileKind::kFile) {
      ARROW_ASSIGN_OR_RAISE(StageInput regions,
                            StageOutputInput(storage, "bricks_with_region", regions_dir, "regions"));
      plan->inputs.push_back(std::move(regions));
      return Status::OK();
    }
    ARROW_ASSIGN_OR_RAISE(const auto files,
                          catalog::ListParquetFiles(storage, io::JoinPath(regions_dir, "bricks_with_region")));
    for (const FileInfo& file : files) {
      ARROW_ASSIGN_OR_RAISE(StageInput input, FileInput(storage, "bricks_with_region", file.path));
      plan->inputs.push_back(std::move(input));
    }
    return Status::OK();
  }

  // The path of `input` from --output on, however the two are spelt; empty where it does not lie below it.
  std::string BelowOutput(const std::string& input) const {
    namespace fs = std::filesystem;
    const fs::path relative =
        fs::absolute(input).lexically_normal().lexically_relative(fs::absolute(options_.output).lexically_normal());
    std::string text = relative.generic_string();
    while (text.ends_with('/')) text.pop_back();
    return text.empty() || text == "." || text.starts_with("..") ? std::string() : text;
  }

  // The output of `dhs regions` from which a catalog below --output was made; empty where there is none.
  Result<std::string> RegionsDir(Storage& storage, const std::string& input) const {
    if (BelowOutput(input).empty()) return std::string();
    std::string directory = io::JoinPath(options_.output, "phase3a/" + options_.variant);
    ARROW_ASSIGN_OR_RAISE(const bool complete, io::IsComplete(storage, directory));
    return complete ? directory : std::string();
  }

  // An empty catalog is a finding, a missing one an error.
  Result<std::vector<FileInfo>> CatalogFiles(Storage& storage, const std::string& input) const {
    ARROW_ASSIGN_OR_RAISE(const FileInfo info, storage.Stat(input));
    if (info.kind != FileKind::kDirectory) {
      return DataError({.path = input}, "no such folder: name the folder of a parent or compacted catalog");
    }
    auto files = catalog::ListParquetFiles(storage, input);
    if (!files.ok() && IsFinding(files.status())) return std::vector<FileInfo>{};
    return files;
  }

  Result<Catalog> OpenCatalog(Storage& storage, const std::string& input) const {
    Catalog catalog;
    const std::string below = BelowOutput(input);
    catalog.name = below.empty() ? input : below;
    catalog.variant = options_.variant;
    ARROW_ASSIGN_OR_RAISE(catalog.has_success_marker, io::IsComplete(storage, input));
    const std::string manifest_path = io::JoinPath(input, "_manifest.json");
    ARROW_ASSIGN_OR_RAISE(const FileInfo manifest, storage.Stat(manifest_path));
    if (manifest.kind == FileKind::kFile) {
      ARROW_ASSIGN_OR_RAISE(catalog.manifest, io::ReadJson(storage, manifest_path));
    }
    ARROW_ASSIGN_OR_RAISE(const auto files, CatalogFiles(storage, input));
    bool compact =
        catalog.manifest.is_object() && catalog.manifest.contains("stage") && catalog.manifest["stage"] == "compact";
    for (const FileInfo& info : files) {
      CatalogFile file;
      file.path = info.path.substr(input.size() + (input.ends_with('/') ? 0 : 1));
      file.num_bytes = info.size_bytes;
      auto footer = catalog::InspectParquet(storage, info.path);
      if (!footer.ok() && !IsFinding(footer.status())) return footer.status();
      if (footer.ok()) {
        file.schema = footer->schema;
        compact = compact || footer->schema->GetFieldIndex("gmag_valid") >= 0;
      } else {
        file.error = WithoutRoot(footer.status(), input);
      }
      catalog.files.push_back(std::move(file));
    }
    catalog.table = compact ? &catalog::ParentCompactTable() : &catalog::ParentTable();
    return catalog;
  }

  // The message with paths as the report calls them, so that equal catalogs give equal reports wherever they lie.
  static std::string WithoutRoot(const Status& status, const std::string& input) {
    std::string text = status.message();
    const std::string root = input.ends_with('/') ? input : input + "/";
    for (size_t at; (at = text.find(root)) != std::string::npos;) text.erase(at, root.size());
    return text;
  }

  Result<CatalogTally> ReadRows(RunContext& context, const std::string& input, RowContext row_context,
                                Catalog* catalog) const {
    std::vector<CatalogTally> tallies;
    for (int t = 0; t < context.num_threads; ++t) tallies.emplace_back(row_context);
    ARROW_RETURN_NOT_OK(base::ParallelFor(
        context.num_threads, static_cast<int64_t>(catalog->files.size()), context.stop,
        [&](int worker, int64_t f) -> Status {
          CatalogFile& file = catalog->files[static_cast<size_t>(f)];
          if (!file.error.empty()) return Status::OK();
          CatalogTally& tally = tallies[static_cast<size_t>(worker)];
          Status status = catalog::ForEachRowGroup(
              *context.storage, io::JoinPath(input, file.path), {}, [&](const arrow::Table& rows) -> Status {
                ARROW_RETURN_NOT_OK(context.stop.Check());
                ARROW_RETURN_NOT_OK(tally.AddRows(rows, f, file.num_rows, &file.sums));
                file.num_rows += rows.num_rows();
                context.progress->rows_done += rows.num_rows();
                return Status::OK();
              });
          tally.EndFile();
          context.progress->bytes_done += file.num_bytes;
          if (!status.ok() && !IsFinding(status)) return status;
          if (!status.ok()) file.error = WithoutRoot(status, input);
          return Status::OK();
        }));
    CatalogTally tally = std::move(tallies.front());
    for (size_t t = 1; t < tallies.size(); ++t) tally.Merge(std::move(tallies[t]));
    return tally;
  }

  // Repeated codes are rare: only then are the files read again, to compare names and whole rows.
  Result<Repetitions> SearchRepetitions(RunContext& context, const std::string& input, const Catalog& catalog,
                                        CatalogTally& tally) const {
    const std::vector<uint64_t> codes = RepeatedCodes(tally.key_codes());
    tally.key_codes() = {};
    if (codes.empty()) return Repetitions();
    std::vector<std::vector<SuspectRow>> suspects_of_file(catalog.files.size());
    ARROW_RETURN_NOT_OK(base::ParallelFor(
        context.num_threads, static_cast<int64_t>(catalog.files.size()), context.stop, [&](int, int64_t f) -> Status {
          const CatalogFile& file = catalog.files[static_cast<size_t>(f)];
          std::vector<SuspectRow>& suspects = suspects_of_file[static_cast<size_t>(f)];
          if (file.num_rows == 0) return Status::OK();
          int64_t first_row = 0;
          const Status status = catalog::ForEachRowGroup(
              *context.storage, io::JoinPath(input, file.path), {}, [&](const arrow::Table& rows) -> Status {
                ARROW_RETURN_NOT_OK(context.stop.Check());
                ARROW_RETURN_NOT_OK(AddSuspects(rows, codes, f, first_row, &suspects));
                first_row += rows.num_rows();
                return Status::OK();
              });
          return !status.ok() && IsFinding(status) ? Status::OK() : status;
        }));
    std::vector<SuspectRow> suspects;
    for (auto& of_file : suspects_of_file) {
      suspects.insert(suspects.end(), std::make_move_iterator(of_file.begin()), std::make_move_iterator(of_file.end()));
    }
    return FindRepetitions(std::move(suspects));
  }

  static Status AddSuspects(const arrow::Table& rows, const std::vector<uint64_t>& codes, int64_t file,
                            int64_t first_row, std::vector<SuspectRow>* suspects) {
    ARROW_ASSIGN_OR_RAISE(RowReader reader, RowReader::Make(rows));
    std::vector<uint64_t> hashes;
    for (int64_t i = 0; i < rows.num_rows(); ++i) {
      const Row& row = reader.Read(i);
      if ((row.absent & Columns({kBrickname, kObjid})) != 0) continue;
      if (!std::binary_search(codes.begin(), codes.end(), KeyCode(row))) continue;
      if (hashes.empty()) {
        ARROW_ASSIGN_OR_RAISE(hashes, HashRows(rows));
      }
      suspects->push_back({std::string(row.brickname), row.objid, file, first_row + i, hashes[static_cast<size_t>(i)]});
    }
    return Status::OK();
  }

  StageReport MakeStageReport(const Catalog& catalog, const Json& report, const std::string& text) const {
    StageReport result;
    std::vector<std::string> failed;
    for (const Json& check : report["checks"]) {
      const std::string id = check["id"].get<std::string>();
      const std::string line = fmt::format("{}: {} violations", id, FormatCount(check["violations"].get<int64_t>()));
      if (check["status"] == "fail") failed.push_back(id);
      if (check["status"] == "warn") result.warnings.push_back(line);
    }
    result.manifest = {{"stage", "validate"},
                       {"catalog", catalog.name},
                       {"variant", catalog.variant},
                       {"verdict", report["verdict"]},
                       {"rows_read", report["rows"]},
                       {"checks", AllChecks().size()},
                       {"checks_failed", failed},
                       {"checks_warned", report["checks_warned"]},
                       {"checks_not_run", report["checks_not_run"]}};
    result.check_failed = !failed.empty();
    result.rows_read = report["rows"].get<int64_t>();
    result.bytes_read = report["structure"]["bytes"].get<int64_t>();
    result.account = text;
    result.figures = {{"verdict", failed.empty() ? "PASS" : "FAIL"},
                      {"checks", FormatCount(static_cast<int64_t>(AllChecks().size()))},
                      {"failed", FormatCount(static_cast<int64_t>(failed.size()))},
                      {"rows", FormatCount(result.rows_read)}};
    return result;
  }

  ValidateOptions options_;
};

}  // namespace

std::unique_ptr<Stage> MakeValidateStage() { return std::make_unique<ValidateStage>(); }

}  // namespace dhs::validate
