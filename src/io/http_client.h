// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "dhs/error.h"
#include "io/http_connection.h"

namespace dhs::io {

/// How patient to be with a server.
struct HttpOptions {
  /// Of one request. What a broken body brought is kept: the next try asks for the rest.
  int max_tries = 6;
  /// Between two tries: the n-th wait is first_wait_ms * 2^(n-1), at most max_wait_ms, times a random number between
  /// 0.5 and 1; longer where a Retry-After asks for it, up to max_retry_after_s. With the defaults 8 s in all.
  int64_t first_wait_ms = 250;
  int64_t max_wait_ms = 8000;
  int64_t max_retry_after_s = 60;
  /// To connect, and then without a byte arriving.
  int64_t timeout_s = 30;

  /// The defaults, but DHS_HTTP_TRIES (1 to 100) and DHS_HTTP_TIMEOUT_S (1 to 3600) where they are set. UsageError for
  /// another value.
  static Result<HttpOptions> FromEnvironment();
};

/// The first bytes of a file and what it is.
struct HttpOpening {
  HttpIdentity identity = {};
  std::vector<uint8_t> bytes = {};
};

/// DataError if `now` is another state of the file at `url` than `was`: another size, ETag or, where one of them has no
/// ETag, date. What a server does not tell is not compared.
Status CheckSameFile(const std::string& url, const HttpIdentity& was, const HttpIdentity& now);

/// Reads files by http(s), as often as it takes. Safe from any thread; connections are kept and used again.
///
/// Tried again: answers 429, 500, 502, 503 and 504; connections that are reset, stall, or end before the body does; a
/// host that does not answer, once it has. Errors: DataError for a file that is not there (404, 410) or changed, for a
/// server that cannot send ranges, and for other answers of the 4xx kind; EnvironmentError for a refusal (401, 403), a
/// host that cannot be reached, a certificate that does not hold, and when the tries are used up.
class HttpClient {
 public:
  explicit HttpClient(HttpOptions options) : options_(options) {}

  /// Asks by HEAD or, where the server does not answer that with a size, for one byte. Empty if there is no such file.
  Result<std::optional<HttpIdentity>> Look(const std::string& url);
  /// The first `num_bytes` of a file. All of it where the server sends it whole and it is at most kMaxWholeBytes long.
  Result<HttpOpening> Open(const std::string& url, int64_t num_bytes);
  /// Fills `out` with the bytes [offset, offset + num_bytes) of the file that `known` describes; every answer is held
  /// against it. Ends early, with an error of no interest, once `cancelled` is set.
  Status Fetch(const std::string& url, const HttpIdentity& known, int64_t offset, int64_t num_bytes, uint8_t* out,
               const std::atomic<bool>& cancelled);

  static constexpr int64_t kMaxWholeBytes = int64_t{4} << 20;

 private:
  /// One try: done (with or without an error), or worth another one.
  struct Attempt {
    Status status = Status::OK();
    std::string transient = {};  ///< why another try may help; empty if none may
    int64_t retry_after_s = -1;
  };
  Status TryUntilDone(const std::string& url, const std::atomic<bool>& cancelled,
                      const std::function<Attempt()>& attempt);
  Attempt Judge(const std::string& url, const HttpOutcome& outcome);
  HttpOutcome Perform(const HttpRequest& request, const HttpSink& sink);
  int64_t WaitMs(int tries_done, int64_t retry_after_s);

  HttpOptions options_;
  std::mutex mutex_;  // for all below
  std::vector<std::unique_ptr<HttpConnection>> idle_;
  std::set<std::string> hosts_met_;  // "https://host" of those that have answered
  std::minstd_rand jitter_{std::random_device{}()};
};

}  // namespace dhs::io
