// SPDX-License-Identifier: Apache-2.0
#include "mirror/mirror.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/thread_pool.h"
#include "io/files.h"
#include "io/sha256.h"
#include "mirror/checksum_list.h"
#include "scan/sweep_index.h"

namespace dhs::mirror {

namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kPieceBytes = int64_t{1} << 20;
constexpr int64_t kAheadBytes = int64_t{16} << 20;
constexpr int kMinThreads = 4;  // they wait for the network more than they work

/// One file of the mirror.
struct File {
  scan::ListedSweep source;
  std::string name;
  std::string wanted_sha256;  ///< empty = not known
  // What became of it.
  std::string status = "failed";  ///< "fetched", "there already"
  std::string sha256 = {};
  std::string error = {};
  bool is_unreachable = false;  ///< failed for want of its server: worth another try
  int64_t bytes_fetched = 0, bytes_continued = 0;
};

// The whole of a file of this machine, into a hash.
Status HashFile(const StopToken& stop, Storage& storage, const std::string& path, io::Sha256* hash) {
  ARROW_ASSIGN_OR_RAISE(const auto input, storage.OpenInput(path));
  std::vector<uint8_t> piece(kPieceBytes);
  for (int64_t offset = 0;;) {
    ARROW_RETURN_NOT_OK(stop.Check());
    ARROW_ASSIGN_OR_RAISE(const int64_t count, input->ReadAt(offset, kPieceBytes, piece.data()));
    if (count == 0) return Status::OK();
    hash->Update(piece.data(), static_cast<size_t>(count));
    offset += count;
  }
}

Json IdentityOf(const FileInfo& info) {
  return {{"source", info.path}, {"size_bytes", info.size_bytes}, {"etag", info.etag}, {"mtime_ns", info.mtime_ns}};
}

class Mirror {
 public:
  Mirror(RunContext& context, const MirrorOptions& options) : context_(context), options_(options) {}

  Result<MirrorReport> Run() {
    ARROW_RETURN_NOT_OK(List());
    Storage& storage = *context_.storage;
    ARROW_RETURN_NOT_OK(storage.MakeDirectories(options_.to));
    ARROW_ASSIGN_OR_RAISE(const auto lock, storage.TryLock(io::JoinPath(options_.to, ".mirror.lock")));
    if (lock == nullptr) {
      return EnvironmentError({.path = options_.to}, "another `dhs mirror` is at work here; wait for it or end it");
    }
    for (const File& file : files_) context_.progress->bytes_total += file.source.info.size_bytes;
    ARROW_RETURN_NOT_OK(base::ParallelFor(std::max(context_.num_threads, kMinThreads),
                                          static_cast<int64_t>(files_.size()), context_.stop,
                                          [this](int, int64_t i) { return Bring(&files_[static_cast<size_t>(i)]); }));
    ARROW_RETURN_NOT_OK(io::WriteJsonAtomic(storage, io::JoinPath(options_.to, "_mirror.json"), Books()));
    return Report();
  }

 private:
  // The files to bring; everything that must hold before the first byte is asked for.
  Status List() {
    Storage& storage = *context_.storage;
    if (options_.sweep_index.empty() || options_.to.empty()) {
      return UsageError("mirror needs --sweep-index FILE and --to DIR");
    }
    ARROW_ASSIGN_OR_RAISE(auto sweeps, scan::ReadSweepIndex(storage, options_.sweep_index, context_.stop));
    ARROW_RETURN_NOT_OK(scan::CheckNoneMissing(sweeps, options_.sweep_index));
    std::map<std::string, std::string> checksums;
    if (!options_.sha256.empty()) {
      ARROW_ASSIGN_OR_RAISE(checksums, ReadChecksumList(storage, options_.sha256));
    }
    std::map<std::string, std::string> listed_as;
    for (scan::ListedSweep& sweep : sweeps) {
      File file{.source = std::move(sweep), .name = {}, .wanted_sha256 = {}};
      file.name = io::BaseName(file.source.path);
      const auto [earlier, is_new] = listed_as.emplace(file.name, file.source.listed);
      if (!is_new) {
        return DataError({.path = options_.sweep_index},
                         fmt::format("{} and {} have one base name: they cannot lie in one directory", earlier->second,
                                     file.source.listed));
      }
      if (!options_.sha256.empty()) {
        const auto found = checksums.find(file.name);
        if (found == checksums.end()) {
          return DataError({.path = options_.sha256}, fmt::format("there is no checksum of {}", file.name));
        }
        file.wanted_sha256 = found->second;
      }
      files_.push_back(std::move(file));
    }
    return Status::OK();
  }

  std::string Path(const File& file) const { return io::JoinPath(options_.to, file.name); }
  std::string PartPath(const File& file) const { return io::JoinPath(options_.to, "." + file.name + ".part"); }

  // What concerns one file is noted in it; what would befall the others too (a full disk, a stop) ends the run.
  Status Bring(File* file) {
    Status status = BringOrFail(file);
    if (status.ok()) return status;
    const ErrorLocation* where = LocationOf(status);
    const bool of_source = where != nullptr && where->path == file->source.path;
    const ExitCode code = ExitCodeOf(status);
    if (code != ExitCode::kData && !(code == ExitCode::kEnvironment && of_source)) return status;
    file->status = "failed";
    file->error = status.message();
    file->is_unreachable = code == ExitCode::kEnvironment;
    return Status::OK();
  }

  Status BringOrFail(File* file) {
    ARROW_ASSIGN_OR_RAISE(const bool there, IsThere(file));
    if (there) {
      file->status = "there already";
      context_.progress->bytes_done += file->source.info.size_bytes;
      return Status::OK();
    }
    for (const bool again : {false, true}) {
      ARROW_RETURN_NOT_OK(Fetch(file, again));
      if (file->wanted_sha256.empty() || file->sha256 == file->wanted_sha256) return Publish(file);
      ARROW_RETURN_NOT_OK(RemovePart(*file));
    }
    return DataError(
        {.path = file->source.path},
        fmt::format("expected SHA-256 {}, found {} (brought twice): the source is damaged, or the list is of "
                    "another version",
                    file->wanted_sha256, file->sha256));
  }

  // Whether the file is complete under its name.
  Result<bool> IsThere(File* file) {
    Storage& storage = *context_.storage;
    ARROW_ASSIGN_OR_RAISE(const FileInfo info, storage.Stat(Path(*file)));
    if (info.kind != FileKind::kFile || info.size_bytes != file->source.info.size_bytes) return false;
    if (file->wanted_sha256.empty()) return true;
    io::Sha256 hash;
    ARROW_RETURN_NOT_OK(HashFile(context_.stop, storage, Path(*file), &hash));
    file->sha256 = hash.FinishHex();
    return file->sha256 == file->wanted_sha256;
  }

  Status RemovePart(const File& file) {
    ARROW_RETURN_NOT_OK(context_.storage->Remove(PartPath(file)));
    return context_.storage->Remove(PartPath(file) + ".json");
  }

  // Bytes of the part that are of the source as it is now; without any, an empty part is begun.
  Result<int64_t> FindPart(const File& file, bool from_start) {
    Storage& storage = *context_.storage;
    const std::string note = PartPath(file) + ".json";
    ARROW_ASSIGN_OR_RAISE(const FileInfo part, storage.Stat(PartPath(file)));
    ARROW_ASSIGN_OR_RAISE(const FileInfo noted, storage.Stat(note));
    if (!from_start && part.kind == FileKind::kFile && noted.kind == FileKind::kFile &&
        part.size_bytes <= file.source.info.size_bytes) {
      const auto identity = io::ReadJson(storage, note);
      if (identity.ok() && *identity == IdentityOf(file.source.info)) return part.size_bytes;
    }
    ARROW_RETURN_NOT_OK(RemovePart(file));
    ARROW_RETURN_NOT_OK(io::WriteFileAtomic(storage, PartPath(file), ""));
    ARROW_RETURN_NOT_OK(io::WriteJsonAtomic(storage, note, IdentityOf(file.source.info)));
    return 0;
  }

  // Completes the part and hashes the whole.
  Status Fetch(File* file, bool from_start) {
    Storage& storage = *context_.storage;
    const int64_t size = file->source.info.size_bytes;
    ARROW_ASSIGN_OR_RAISE(int64_t offset, FindPart(*file, from_start));
    io::Sha256 hash;
    if (offset > 0) ARROW_RETURN_NOT_OK(HashFile(context_.stop, storage, PartPath(*file), &hash));
    file->bytes_continued = offset;
    if (!from_start) context_.progress->bytes_done += offset;
    ARROW_ASSIGN_OR_RAISE(const auto input, storage.OpenInput(file->source.path));
    ARROW_ASSIGN_OR_RAISE(const auto output, storage.OpenAppend(PartPath(*file)));
    std::vector<uint8_t> piece(static_cast<size_t>(std::clamp<int64_t>(size, 1, kPieceBytes)));
    while (offset < size) {
      ARROW_RETURN_NOT_OK(context_.stop.Check());
      ARROW_RETURN_NOT_OK(input->WillNeed({{offset, std::min(kAheadBytes, size - offset)}}));
      const int64_t wanted = std::min(kPieceBytes, size - offset);
      ARROW_ASSIGN_OR_RAISE(const int64_t count, input->ReadAt(offset, wanted, piece.data()));
      if (count < wanted) {
        return DataError({.path = file->source.path, .byte_offset = offset + count},
                         fmt::format("expected {} bytes, found {}: the file became shorter", size, offset + count));
      }
      ARROW_RETURN_NOT_OK(output->Write(piece.data(), count));
      hash.Update(piece.data(), static_cast<size_t>(count));
      offset += count;
      file->bytes_fetched += count;
      if (!from_start) context_.progress->bytes_done += count;
    }
    ARROW_RETURN_NOT_OK(output->Sync());
    ARROW_RETURN_NOT_OK(output->Close());
    file->sha256 = hash.FinishHex();
    return Status::OK();
  }

  Status Publish(File* file) {
    Storage& storage = *context_.storage;
    ARROW_RETURN_NOT_OK(storage.Rename(PartPath(*file), Path(*file)));
    ARROW_RETURN_NOT_OK(storage.Remove(PartPath(*file) + ".json"));
    ARROW_RETURN_NOT_OK(storage.SyncDirectory(options_.to));
    file->status = "fetched";
    return Status::OK();
  }

  Json Books() const {
    Json files = Json::array();
    for (const File& file : files_) {
      files.push_back({{"name", file.name},
                       {"source", file.source.listed},
                       {"size_bytes", file.source.info.size_bytes},
                       {"status", file.status},
                       {"verified", !file.wanted_sha256.empty() && file.status != "failed"},
                       {"sha256", file.sha256.empty() ? Json(nullptr) : Json(file.sha256)},
                       {"bytes_fetched", file.bytes_fetched},
                       {"bytes_continued", file.bytes_continued},
                       {"error", file.error.empty() ? Json(nullptr) : Json(file.error)}});
    }
    return {{"sweep_index", io::BaseName(options_.sweep_index)}, {"files", files}};
  }

  MirrorReport Report() const {
    MirrorReport report;
    std::map<std::string, std::pair<int64_t, int64_t>> by_status = {
        {"fetched", {}}, {"there already", {}}, {"failed", {}}};
    int64_t fetched = 0, continued = 0, bytes = 0, verified = 0;
    std::string failures;
    for (const File& file : files_) {
      auto& [count, size] = by_status[file.status];
      ++count;
      size += file.source.info.size_bytes;
      bytes += file.source.info.size_bytes;
      fetched += file.bytes_fetched;
      continued += file.bytes_continued;
      verified += !file.wanted_sha256.empty() && file.status != "failed";
      report.num_unreachable += file.is_unreachable;
      if (file.status == "failed") failures += fmt::format("failed: {}\n", file.error);
    }
    report.num_failed = by_status["failed"].first;
    report.account = fmt::format("Mirror in {}\n  {:<16}{:>10} {:>12}\n", options_.to, "listed",
                                 FormatCount(static_cast<int64_t>(files_.size())), FormatBytes(bytes));
    for (const auto& [status, sums] : by_status) {
      report.account +=
          fmt::format("  {:<16}{:>10} {:>12}\n", status, FormatCount(sums.first), FormatBytes(sums.second));
    }
    report.account += fmt::format(
        "  bytes fetched {}, continued from an earlier run {}; {}\n", FormatBytes(fetched), FormatBytes(continued),
        options_.sha256.empty() ? "not verified: give the survey's list with --sha256"
                                : fmt::format("{} verified by SHA-256", FormatCount(verified)));
    report.account += failures;
    return report;
  }

  RunContext& context_;
  const MirrorOptions& options_;
  std::vector<File> files_;
};

}  // namespace

Result<MirrorReport> MirrorSweeps(RunContext& context, const MirrorOptions& options) {
  return Mirror(context, options).Run();
}

}  // namespace dhs::mirror
