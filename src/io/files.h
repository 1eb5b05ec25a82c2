// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "dhs/storage.h"

namespace dhs::io {

/// "a/b" from "a" and "b"; no doubled slash; an empty `parent` gives `child`.
std::string JoinPath(std::string_view parent, std::string_view child);
/// The part before the last '/', "." if there is none; the part after it (a URL's query string is stripped).
std::string ParentPath(std::string_view path);
std::string BaseName(std::string_view path);

/// The whole file as bytes. For files that fit in memory (lists, JSON, TOML).
Result<std::string> ReadWholeFile(Storage& storage, const std::string& path);
/// Creates or replaces `path` and syncs it. For files of a staging directory: Publish makes their names durable, and a
/// death leaves what the next attempt writes again. Nothing is left on an error.
Status WriteFile(Storage& storage, const std::string& path, std::string_view bytes);
/// WriteFile of `value` with two-space indent and a final newline. NaN and infinity become null.
Status WriteJson(Storage& storage, const std::string& path, const nlohmann::ordered_json& value);
/// For a file that is a result by itself. Writes beside `path` under a temporary name, syncs, renames, syncs the
/// directory. Nothing is left on an error.
Status WriteFileAtomic(Storage& storage, const std::string& path, std::string_view bytes);
/// WriteFileAtomic of what WriteJson writes.
Status WriteJsonAtomic(Storage& storage, const std::string& path, const nlohmann::ordered_json& value);
/// Parse errors name the path and the byte offset.
Result<nlohmann::ordered_json> ReadJson(Storage& storage, const std::string& path);

/// Lines of a list file: trimmed; blank lines and those that start with '#' are dropped.
Result<std::vector<std::string>> ReadListFile(Storage& storage, const std::string& path);

/// Lower-case hexadecimal SHA-256.
std::string Sha256Hex(std::string_view bytes);
/// Streams the file in 4 MiB reads.
Result<std::string> Sha256OfFile(Storage& storage, const std::string& path);

}  // namespace dhs::io
