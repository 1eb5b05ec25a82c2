// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "dhs/error.h"

namespace dhs::io {

/// True for "SCHEME://...", whatever the scheme.
bool IsUrl(std::string_view path);
/// True for http:// and https://, in any case.
bool IsHttpUrl(std::string_view path);

/// The one spelling of an http(s) URL: scheme and host in lower case, no default port, no "." or ".." in its path,
/// blanks encoded, no fragment; the query stays. DataError that says what is wrong with it: malformed, without a host,
/// of another scheme, or with a user name in it (it would be written into manifests; ~/.netrc is read).
Result<std::string> NormalUrl(const std::string& url);

/// Where a line of the list `list_path` points. A URL is itself, in its normal form; another line counts from the
/// list's URL as RFC 3986 section 5 says ("/x" from its host), or from the list's folder if the list is a local file
/// ("/x" is absolute). DataError as NormalUrl.
Result<std::string> ResolveListed(const std::string& list_path, const std::string& line);

}  // namespace dhs::io
