// SPDX-License-Identifier: Apache-2.0
#include "io/files.h"

#include <memory>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "io/sha256.h"

namespace dhs::io {

namespace {

std::string JsonText(const nlohmann::ordered_json& value) {
  return value.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string JoinPath(std::string_view parent, std::string_view child) {
  if (parent.empty()) return std::string(child);
  if (parent.back() == '/') return std::string(parent) + std::string(child);
  return std::string(parent) + "/" + std::string(child);
}

std::string ParentPath(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

std::string BaseName(std::string_view path) {
  if (path.find("://") != std::string_view::npos) path = path.substr(0, path.find('?'));
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return std::string(path.substr(path.rfind('/') + 1));
}

Result<std::string> ReadWholeFile(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(auto file, storage.OpenInput(path));
  ARROW_ASSIGN_OR_RAISE(const int64_t size, file->GetSize());
  std::string bytes(static_cast<size_t>(size), '\0');
  int64_t done = 0;
  while (done < size) {
    ARROW_ASSIGN_OR_RAISE(const int64_t got, file->ReadAt(done, size - done, bytes.data() + done));
    if (got <= 0) {
      return DataError({.path = path, .byte_offset = done},
                       fmt::format("the file ended while it was read: expected {} bytes, found {}", size, done));
    }
    done += got;
  }
  return bytes;
}

Status WriteFile(Storage& storage, const std::string& path, std::string_view bytes) {
  ARROW_ASSIGN_OR_RAISE(auto file, storage.OpenOutput(path));
  ARROW_RETURN_NOT_OK(file->Write(bytes.data(), static_cast<int64_t>(bytes.size())));
  ARROW_RETURN_NOT_OK(file->Sync());
  return file->Close();
}

Status WriteJson(Storage& storage, const std::string& path, const nlohmann::ordered_json& value) {
  return WriteFile(storage, path, JsonText(value));
}

Status WriteFileAtomic(Storage& storage, const std::string& path, std::string_view bytes) {
  const std::string temporary = JoinPath(ParentPath(path), "." + BaseName(path) + ".tmp");
  auto write = [&]() -> Status {
    ARROW_RETURN_NOT_OK(WriteFile(storage, temporary, bytes));
    ARROW_RETURN_NOT_OK(storage.Rename(temporary, path));
    return storage.SyncDirectory(ParentPath(path));
  };
  Status status = write();
  if (!status.ok()) (void)storage.Remove(temporary);  // the first error is the one to tell
  return status;
}

Status WriteJsonAtomic(Storage& storage, const std::string& path, const nlohmann::ordered_json& value) {
  return WriteFileAtomic(storage, path, JsonText(value));
}

Result<nlohmann::ordered_json> ReadJson(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const std::string bytes, ReadWholeFile(storage, path));
  try {
    return nlohmann::ordered_json::parse(bytes);
  } catch (const nlohmann::json::parse_error& error) {
    return DataError({.path = path, .byte_offset = static_cast<int64_t>(error.byte)}, "not valid JSON");
  }
}

Result<std::vector<std::string>> ReadListFile(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const std::string bytes, ReadWholeFile(storage, path));
  std::vector<std::string> lines;
  size_t begin = 0;
  while (begin < bytes.size()) {
    size_t end = bytes.find('\n', begin);
    if (end == std::string::npos) end = bytes.size();
    std::string_view line(bytes.data() + begin, end - begin);
    begin = end + 1;
    const size_t first = line.find_first_not_of(" \t\r\f\v");
    if (first == std::string_view::npos || line[first] == '#') continue;
    lines.emplace_back(line.substr(first, line.find_last_not_of(" \t\r\f\v") - first + 1));
  }
  return lines;
}

std::string Sha256Hex(std::string_view bytes) {
  Sha256 hash;
  hash.Update(bytes.data(), bytes.size());
  return hash.FinishHex();
}

Result<std::string> Sha256OfFile(Storage& storage, const std::string& path) {
  constexpr int64_t kBlockBytes = int64_t{4} << 20;
  ARROW_ASSIGN_OR_RAISE(auto file, storage.OpenInput(path));
  std::string block(kBlockBytes, '\0');
  Sha256 hash;
  for (int64_t offset = 0;;) {
    ARROW_ASSIGN_OR_RAISE(const int64_t got, file->ReadAt(offset, kBlockBytes, block.data()));
    if (got <= 0) return hash.FinishHex();
    hash.Update(block.data(), static_cast<size_t>(got));
    offset += got;
  }
}

}  // namespace dhs::io
