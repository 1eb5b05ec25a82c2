// SPDX-License-Identifier: Apache-2.0
#include "compact/compact_stage.h"

#include <map>
#include <utility>

#include <arrow/array.h>
#include <arrow/compute/initialize.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include "base/thread_pool.h"
#include "catalog/parquet.h"
#include "compact/compact.h"
#include "compact/options.h"
#include "io/files.h"
#include "parent/carried_columns.h"
#include "parent/selected_regions.h"
#include "parent/table_access.h"
#include "photometry/variant.h"

namespace dhs::compact {
namespace {

using Json = nlohmann::ordered_json;

class CompactStage : public Stage {
 public:
  std::string_view name() const override { return "compact"; }
  std::string_view summary() const override { return "Rewrite a parent catalog into few sorted, verified files"; }
  std::string_view example() const override { return "dhs compact --output results --variant v3_color_relaxed"; }
  void BindOptions(OptionTable& table) override { Bind(options_, table); }

  Result<StagePlan> Plan(RunContext& context) override {
    Storage& storage = *context.storage;
    ARROW_RETURN_NOT_OK(photometry::FindVariant(options_.variant).status());
    StagePlan plan;
    plan.output_dir = io::JoinPath(options_.output, fmt::format("phase3p5/{}/parent_compact", options_.variant));
    ARROW_ASSIGN_OR_RAISE(const FileInfo manifest, storage.Stat(io::JoinPath(InputDir(), "_manifest.json")));
    const bool made_by_dhs = options_.input.empty() || manifest.kind == FileKind::kFile;
    if (made_by_dhs) {
      ARROW_ASSIGN_OR_RAISE(StageInput input, StageOutputInput(storage, "parent", InputDir(), "parent"));
      plan.inputs.push_back(std::move(input));
    }
    ARROW_ASSIGN_OR_RAISE(const auto files, InputFiles(storage));
    ARROW_RETURN_NOT_OK(parent::RequireUnion(InputDir(), files));
    plan.num_bytes = 0;
    for (const FileInfo& file : files) {
      plan.num_bytes += file.size_bytes;
      // Another system's catalog has no manifest; its 188,421 files are told by size and time, not hashed.
      if (!made_by_dhs) plan.inputs.push_back({"parent", file.path, file.size_bytes, file.mtime_ns});
    }
    plan.makes = {"region_split=*/part-*.parquet", "_metadata.json"};
    return plan;
  }

  Result<StageReport> Run(RunContext& context, const std::string& staging_dir) override {
    Storage& storage = *context.storage;
    ARROW_RETURN_NOT_OK(arrow::compute::Initialize());
    ARROW_ASSIGN_OR_RAISE(const int variant, photometry::FindVariant(options_.variant));
    ARROW_ASSIGN_OR_RAISE(auto files, InputFiles(storage));
    ARROW_ASSIGN_OR_RAISE(const base::MemoryBudget::Lease lease,
                          context.memory->Acquire(context.memory->total_bytes() * 9 / 10, "dhs compact"));
    const auto num_files_in = static_cast<int64_t>(files.size());
    ARROW_ASSIGN_OR_RAISE(const auto schema, parent::WithCarriedColumns(storage, files, CompactFileSchema()));
    const CatalogSource source(std::move(files), variant, schema);
    parent::SortedFilesOptions sorting;
    sorting.schema = schema;
    sorting.files_of_folder = [this](int64_t rows) { return FilesOfSplit(rows, options_.num_partitions); };
    sorting.max_rows_in_memory = parent::RowsInMemory(lease.bytes(), *schema);
    ARROW_ASSIGN_OR_RAISE(const parent::SortedFilesReport books,
                          parent::WriteSortedFiles(context, source, sorting, staging_dir));
    ARROW_RETURN_NOT_OK(CheckBooks(storage, books));
    ARROW_ASSIGN_OR_RAISE(const Json per_variant, CountVariants(context, books, staging_dir));
    const Json metadata = Metadata(books, num_files_in, per_variant);
    ARROW_RETURN_NOT_OK(io::WriteJson(storage, io::JoinPath(staging_dir, "_metadata.json"), metadata));
    return Report(books, metadata);
  }

 private:
  std::string InputDir() const {
    return options_.input.empty()
               ? io::JoinPath(options_.output, fmt::format("phase3c/{}/parent_union_parquet", options_.variant))
               : options_.input;
  }

  // A catalog of ours may be empty, as its manifest then says; another system's is expected to have rows.
  Result<std::vector<FileInfo>> InputFiles(Storage& storage) const {
    ARROW_ASSIGN_OR_RAISE(const FileInfo manifest, storage.Stat(io::JoinPath(InputDir(), "_manifest.json")));
    return manifest.kind == FileKind::kFile ? catalog::ListParquetFilesIfAny(storage, InputDir())
                                            : catalog::ListParquetFiles(storage, InputDir());
  }

  // Rows in = out + dropped holds by construction of the books; the keys and the input's own manifest prove it.
  Status CheckBooks(Storage& storage, const parent::SortedFilesReport& books) const {
    if (books.rows_read != books.rows_by_fate[0] + books.rows_by_fate[1]) {
      return InternalError(fmt::format("{} rows read, but {} kept and {} dropped", books.rows_read,
                                       books.rows_by_fate[0], books.rows_by_fate[1]));
    }
    const std::string path = io::JoinPath(InputDir(), "_manifest.json");
    ARROW_ASSIGN_OR_RAISE(const FileInfo info, storage.Stat(path));
    if (info.kind != FileKind::kFile) return Status::OK();
    ARROW_ASSIGN_OR_RAISE(const Json manifest, io::ReadJson(storage, path));
    const auto rows = manifest.find("rows_written");
    if (rows == manifest.end() || !rows->is_number_integer()) return Status::OK();
    if (rows->get<int64_t>() == books.rows_read) return Status::OK();
    return DataError({.path = InputDir()},
                     fmt::format("{} rows found, but its manifest says that {} were written: files were lost, added or "
                                 "changed. Make the catalog again with `dhs parent --force`",
                                 FormatCount(books.rows_read), FormatCount(rows->get<int64_t>())));
  }

  // True values of each flag column, from the files written.
  Result<Json> CountVariants(RunContext& context, const parent::SortedFilesReport& books,
                             const std::string& directory) const {
    const auto variants = photometry::BuiltinVariants();
    std::vector<std::string> columns;
    for (const auto& variant : variants) columns.push_back(variant.FlagColumn());
    std::vector<std::vector<int64_t>> counts(books.files.size(), std::vector<int64_t>(variants.size(), 0));
    ARROW_RETURN_NOT_OK(base::ParallelFor(
        context.num_threads, static_cast<int64_t>(books.files.size()), context.stop, [&](int, int64_t f) -> Status {
          const auto file = static_cast<size_t>(f);
          const std::string path = io::JoinPath(directory, books.files[file].path);
          return catalog::ForEachRowGroup(*context.storage, path, columns, [&](const arrow::Table& rows) -> Status {
            for (size_t v = 0; v < columns.size(); ++v) {
              ARROW_ASSIGN_OR_RAISE(const auto flags, parent::CoreColumn<arrow::BooleanType>(rows, columns[v], path));
              counts[file][v] += flags->true_count();
            }
            return context.stop.Check();
          });
        }));
    Json per_variant = Json::object();
    for (size_t v = 0; v < variants.size(); ++v) {
      int64_t total = 0;
      for (const auto& of_file : counts) total += of_file[v];
      per_variant[variants[v].name] = total;
    }
    return per_variant;
  }

  Json Metadata(const parent::SortedFilesReport& books, int64_t num_files_in, const Json& per_variant) const {
    std::map<std::string, int64_t> by_split;
    Json files = Json::array();
    int64_t bytes = 0;
    for (const parent::WrittenFile& file : books.files) {
      by_split[file.split.ToString()] += file.num_rows;
      bytes += file.num_bytes;
      files.push_back({{"path", file.path}, {"rows", file.num_rows}, {"bytes", file.num_bytes}});
    }
    parent::KeyChecksum keys_in = books.keys_by_fate[0];
    keys_in.Add(books.keys_by_fate[1]);
    return {{"stage", "compact"},
            {"variant", options_.variant},
            {"rows_in", books.rows_read},
            {"rows_out", books.rows_by_fate[0]},
            {"rows_dropped", books.rows_by_fate[1]},
            {"keys_in", keys_in.ToString()},
            {"keys_out", books.keys_written.ToString()},
            {"keys_dropped", books.keys_by_fate[1].ToString()},
            {"by_variant", per_variant},
            {"by_split", by_split},
            {"num_bricks", books.places.size()},
            {"regions_in_several_splits", parent::RegionsInSeveralSplits(books.places)},
            {"num_files_in", num_files_in},
            {"num_files", books.files.size()},
            {"bytes_in", books.bytes_read},
            {"bytes_out", bytes},
            {"sorted_by", {"region_id", "brickname", "objid"}},
            {"files", files}};
  }

  StageReport Report(const parent::SortedFilesReport& books, const Json& metadata) const {
    StageReport report;
    report.manifest = metadata;
    report.rows_read = books.rows_read;
    report.bytes_read = books.bytes_read;
    const std::string files = fmt::format("{} -> {}", FormatCount(metadata["num_files_in"].get<int64_t>()),
                                          FormatCount(static_cast<int64_t>(books.files.size())));
    const std::string bytes = fmt::format("{} -> {}", FormatBytes(metadata["bytes_in"].get<int64_t>()),
                                          FormatBytes(metadata["bytes_out"].get<int64_t>()));
    report.figures = {{"rows in", FormatCount(books.rows_read)},
                      {"rows out", FormatCount(books.rows_by_fate[0])},
                      {"rows dropped", FormatCount(books.rows_by_fate[1])},
                      {"files", files},
                      {"bytes", bytes}};
    report.account = fmt::format("Compacted catalog of {}\n", options_.variant);
    report.account +=
        fmt::format("  {:<16}{:>14}\n  - {:<14}{:>14}\n  {:<16}{:>14}\n", "rows in", FormatCount(books.rows_read),
                    "dropped", FormatCount(books.rows_by_fate[1]), "= rows out", FormatCount(books.rows_by_fate[0]));
    for (const auto& [split, rows] : metadata["by_split"].items()) {
      report.account += fmt::format("    {:<14}{:>14}\n", split, FormatCount(rows.get<int64_t>()));
    }
    report.account += fmt::format("  files {}, {}; keys read back equal the keys kept ({})\n", files, bytes,
                                  books.keys_written.ToString());
    if (books.rows_by_fate[1] != 0) {
      report.warnings.push_back(fmt::format("{} rows fail {} by their own columns and were dropped",
                                            FormatCount(books.rows_by_fate[1]), options_.variant));
    }
    return report;
  }

  CompactOptions options_;
};

}  // namespace

std::unique_ptr<Stage> MakeCompactStage() { return std::make_unique<CompactStage>(); }

}  // namespace dhs::compact
