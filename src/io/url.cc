// SPDX-License-Identifier: Apache-2.0
#include "io/url.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "io/files.h"
#include "io/libcurl.h"

namespace dhs::io {

namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using ParsedUrl = std::unique_ptr<CURLU, FreeUrl>;

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return lower;
}

std::string SchemeOf(std::string_view path) {
  const size_t end = path.find("://");
  return end == std::string_view::npos ? "" : Lower(path.substr(0, end));
}

// Empty where the URL has no such part.
std::string Part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, CURLU_NO_DEFAULT_PORT) != CURLUE_OK) return "";
  std::string copy(text);
  curl_free(text);
  return copy;
}

// Sets the whole URL, or a reference relative to the one that `url` holds.
Status SetUrl(CURLU* url, const std::string& text) {
  const CURLUcode code = curl_url_set(url, CURLUPART_URL, text.c_str(), CURLU_URLENCODE);
  if (code == CURLUE_OK && !Part(url, CURLUPART_HOST).empty()) return Status::OK();
  return DataError({.path = text}, fmt::format("not a URL that can be read: {}; expected https://HOST/PATH",
                                               code == CURLUE_OK ? "it has no host" : curl_url_strerror(code)));
}

Result<std::string> Normalized(CURLU* url) {
  const bool has_user = !Part(url, CURLUPART_USER).empty() || !Part(url, CURLUPART_PASSWORD).empty();
  curl_url_set(url, CURLUPART_USER, nullptr, 0);
  curl_url_set(url, CURLUPART_PASSWORD, nullptr, 0);
  curl_url_set(url, CURLUPART_FRAGMENT, nullptr, 0);
  curl_url_set(url, CURLUPART_HOST, Lower(Part(url, CURLUPART_HOST)).c_str(), 0);
  std::string normal = Part(url, CURLUPART_URL);
  if (!has_user) return normal;
  return DataError({.path = std::move(normal)},
                   "a URL must not hold a user name or password, since manifests and "
                   "messages name it; put them into ~/.netrc");
}

}  // namespace

bool IsUrl(std::string_view path) {
  const std::string scheme = SchemeOf(path);
  return !scheme.empty() && scheme.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+-.") == std::string::npos;
}

bool IsHttpUrl(std::string_view path) {
  const std::string scheme = SchemeOf(path);
  return scheme == "http" || scheme == "https";
}

Result<std::string> NormalUrl(const std::string& url) {
  if (!IsHttpUrl(url)) {
    return DataError(
        {.path = url},
        fmt::format("'{}' is no scheme that is read; give a local path, http:// or https://", SchemeOf(url)));
  }
  if (const size_t end = url.find("://"); url.compare(end, 4, ":///") == 0) {  // libcurl would take the path's start
    return DataError({.path = url}, "not a URL that can be read: it has no host; expected https://HOST/PATH");
  }
  ARROW_RETURN_NOT_OK(libcurl.Load());
  const ParsedUrl parsed(curl_url());
  ARROW_RETURN_NOT_OK(SetUrl(parsed.get(), url));
  return Normalized(parsed.get());
}

Result<std::string> ResolveListed(const std::string& list_path, const std::string& line) {
  if (IsUrl(line)) return NormalUrl(line);
  if (!IsUrl(list_path)) return line.starts_with('/') ? line : JoinPath(ParentPath(list_path), line);
  ARROW_ASSIGN_OR_RAISE(const std::string base, NormalUrl(list_path));
  const ParsedUrl parsed(curl_url());
  ARROW_RETURN_NOT_OK(SetUrl(parsed.get(), base));
  ARROW_RETURN_NOT_OK(SetUrl(parsed.get(), line));
  return Normalized(parsed.get());
}

}  // namespace dhs::io
