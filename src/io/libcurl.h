// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <curl/curl.h>

#include "base/late_library.h"

namespace dhs::io {

/// Loaded by the first URL (NormalUrl, through which every one passes).
inline base::LateLibrary libcurl(DHS_LIBRARY_FILE("libcurl", "4"), "read URLs");

// NOLINTBEGIN(readability-identifier-naming): the library names them.
DHS_LATE_FUNCTION(libcurl, curl_easy_cleanup);
DHS_LATE_FUNCTION(libcurl, curl_easy_getinfo);
DHS_LATE_FUNCTION(libcurl, curl_easy_init);
DHS_LATE_FUNCTION(libcurl, curl_easy_perform);
DHS_LATE_FUNCTION(libcurl, curl_easy_reset);
DHS_LATE_FUNCTION(libcurl, curl_easy_setopt);
DHS_LATE_FUNCTION(libcurl, curl_easy_strerror);
DHS_LATE_FUNCTION(libcurl, curl_free);
DHS_LATE_FUNCTION(libcurl, curl_getdate);
DHS_LATE_FUNCTION(libcurl, curl_global_init);
DHS_LATE_FUNCTION(libcurl, curl_url);
DHS_LATE_FUNCTION(libcurl, curl_url_cleanup);
DHS_LATE_FUNCTION(libcurl, curl_url_get);
DHS_LATE_FUNCTION(libcurl, curl_url_set);
DHS_LATE_FUNCTION(libcurl, curl_url_strerror);
// NOLINTEND(readability-identifier-naming)

}  // namespace dhs::io
