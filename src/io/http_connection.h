// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace dhs::io {

/// What tells one state of a remote file from another. Empty or -1: the server did not say.
struct HttpIdentity {
  int64_t size_bytes = -1;
  std::string etag = {};
  std::string last_modified = {};  ///< as sent, e.g. "Wed, 21 Oct 2015 07:28:00 GMT"
};

/// One request. Redirects are followed.
struct HttpRequest {
  std::string url;
  bool head = false;
  int64_t begin = 0, end = 0;  ///< bytes [begin, end) of the file; ignored for HEAD
  int64_t timeout_s = 30;      ///< to connect, and then without a byte arriving
  const std::atomic<bool>* cancelled = nullptr;
};

/// Status line and headers of the response that was not a redirect.
struct HttpResponse {
  int status = 0;
  HttpIdentity identity = {};  ///< the size of the whole file, not of the range
  int64_t range_begin = -1;    ///< of a 206
  int64_t retry_after_s = -1;  ///< what a 429 or 503 asks for
};

/// How an exchange ended.
struct HttpOutcome {
  enum class Kind {
    kAnswered,       ///< by a whole response, of any status
    kBroken,         ///< reset, stalled, or shorter than announced, after a connection was made
    kNoConnection,   ///< no such host, refused, or no answer to the attempt to connect
    kRefusedBySink,  ///< the sink said no
    kCancelled,
    kUnusable,  ///< a certificate that does not hold, too many redirects: no use in trying again
  };
  Kind kind = Kind::kAnswered;
  std::string reason = {};  ///< for messages; empty if answered
  HttpResponse response = {};
};

/// Takes a piece of the body of a 200 or 206 (those of errors are dropped). False ends the exchange.
using HttpSink = std::function<bool(const HttpResponse& response, const char* data, size_t size)>;

/// Makes requests one after the other and keeps the connection open in between. Used by one thread at a time. Proxies
/// are taken from the environment (https_proxy, no_proxy), passwords from ~/.netrc, as the curl command does with -n.
class HttpConnection {
 public:
  HttpConnection();
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  HttpOutcome Perform(const HttpRequest& request, const HttpSink& sink);

 private:
  struct Exchange;
  void* handle_;  // a CURL
};

}  // namespace dhs::io
