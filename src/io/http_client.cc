// SPDX-License-Identifier: Apache-2.0
#include "io/http_client.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <thread>
#include <utility>

#include <fmt/format.h>

namespace dhs::io {

namespace {

const std::atomic<bool> kNeverCancelled = false;

bool IsMissing(int status) { return status == 404 || status == 410; }
bool IsTransient(int status) {
  return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

std::string HostOf(std::string_view url) {
  const size_t begin = url.find("://");
  return std::string(begin == std::string_view::npos ? url : url.substr(0, url.find('/', begin + 3)));
}

Status NoRanges(const std::string& url) {
  return DataError({.path = url},
                   "the server cannot send a part of a file (it answers a request for a range with HTTP "
                   "200); get the file and list where it lies on this machine");
}

Status Changed(const std::string& url, std::string_view what, std::string_view was, std::string_view now) {
  return DataError(
      {.path = url},
      fmt::format("the file changed while it was read: its {} was {}, now {}; run the command again", what, was, now));
}

// Of an answer to a request for the bytes from `offset` on.
Status CheckRange(const std::string& url, const HttpIdentity& known, const HttpResponse& response, int64_t offset) {
  ARROW_RETURN_NOT_OK(CheckSameFile(url, known, response.identity));
  if (response.status == 200) return NoRanges(url);
  if (response.range_begin == offset) return Status::OK();
  return DataError({.path = url, .byte_offset = offset},
                   fmt::format("the server sent another range, from byte {}", response.range_begin));
}

Result<int64_t> FromVariable(const char* name, int64_t fallback, int64_t most) {
  const char* text = std::getenv(name);
  if (text == nullptr || *text == '\0') return fallback;
  int64_t value = 0;
  const char* end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, value);
  if (error != std::errc() || stop != end || value < 1 || value > most) {
    return UsageError(fmt::format("{}: expected a whole number from 1 to {}, found '{}'", name, most, text));
  }
  return value;
}

}  // namespace

Result<HttpOptions> HttpOptions::FromEnvironment() {
  HttpOptions options;
  ARROW_ASSIGN_OR_RAISE(const int64_t tries, FromVariable("DHS_HTTP_TRIES", options.max_tries, 100));
  options.max_tries = static_cast<int>(tries);
  ARROW_ASSIGN_OR_RAISE(options.timeout_s, FromVariable("DHS_HTTP_TIMEOUT_S", options.timeout_s, 3600));
  return options;
}

Status CheckSameFile(const std::string& url, const HttpIdentity& was, const HttpIdentity& now) {
  if (was.size_bytes >= 0 && now.size_bytes >= 0 && was.size_bytes != now.size_bytes) {
    return Changed(url, "size", fmt::format("{} bytes", was.size_bytes), fmt::format("{} bytes", now.size_bytes));
  }
  if (!was.etag.empty() && !now.etag.empty()) {
    return was.etag == now.etag ? Status::OK() : Changed(url, "ETag", was.etag, now.etag);
  }
  if (!was.last_modified.empty() && !now.last_modified.empty() && was.last_modified != now.last_modified) {
    return Changed(url, "date", was.last_modified, now.last_modified);
  }
  return Status::OK();
}

HttpOutcome HttpClient::Perform(const HttpRequest& request, const HttpSink& sink) {
  std::unique_ptr<HttpConnection> connection;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (connection == nullptr) connection = std::make_unique<HttpConnection>();
  HttpOutcome outcome = connection->Perform(request, sink);
  const std::lock_guard<std::mutex> lock(mutex_);
  idle_.push_back(std::move(connection));
  if (outcome.response.status > 0) hosts_met_.insert(HostOf(request.url));
  return outcome;
}

HttpClient::Attempt HttpClient::Judge(const std::string& url, const HttpOutcome& outcome) {
  using Kind = HttpOutcome::Kind;
  const auto unreachable = [&] {
    return EnvironmentError({.path = url}, fmt::format("cannot be reached: {}", outcome.reason));
  };
  if (outcome.kind == Kind::kUnusable) return {unreachable()};
  if (outcome.kind == Kind::kBroken || outcome.kind == Kind::kNoConnection) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (outcome.kind == Kind::kNoConnection && hosts_met_.count(HostOf(url)) == 0) return {unreachable()};
    return {Status::OK(), outcome.reason};
  }
  const int status = outcome.response.status;
  if (outcome.kind != Kind::kAnswered || status == 200 || status == 206) return {};
  if (IsTransient(status)) return {Status::OK(), fmt::format("HTTP {}", status), outcome.response.retry_after_s};
  if (IsMissing(status)) return {DataError({.path = url}, fmt::format("there is no such file (HTTP {})", status))};
  if (status == 401 || status == 403) {
    return {
        EnvironmentError({.path = url}, fmt::format("the server refuses access (HTTP {}); check the URL (a signature "
                                                    "in it may have run out), or put a password into ~/.netrc",
                                                    status))};
  }
  return {DataError({.path = url}, fmt::format("the server answers HTTP {}", status))};
}

int64_t HttpClient::WaitMs(int tries_done, int64_t retry_after_s) {
  const int64_t grown = options_.first_wait_ms << std::min(tries_done - 1, 20);
  const std::lock_guard<std::mutex> lock(mutex_);
  const double part = std::uniform_real_distribution<double>(0.5, 1.0)(jitter_);
  const auto wait_ms = static_cast<int64_t>(part * static_cast<double>(std::min(grown, options_.max_wait_ms)));
  return std::max(wait_ms, 1000 * std::min(retry_after_s, options_.max_retry_after_s));
}

Status HttpClient::TryUntilDone(const std::string& url, const std::atomic<bool>& cancelled,
                                const std::function<Attempt()>& attempt) {
  constexpr auto kSlice = std::chrono::milliseconds(20);  // how soon a wait notices that it is cancelled
  for (int tries = 1;; ++tries) {
    const Attempt result = attempt();
    if (!result.status.ok() || result.transient.empty()) return result.status;
    if (tries >= options_.max_tries) {
      return EnvironmentError({.path = url}, fmt::format("cannot be read: {} (tried {} times); run the same command "
                                                         "again when the server is well",
                                                         result.transient, tries));
    }
    const auto until =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(WaitMs(tries, result.retry_after_s));
    while (!cancelled && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(kSlice);
    if (cancelled) return InterruptedError();
  }
}

Status HttpClient::Fetch(const std::string& url, const HttpIdentity& known, int64_t offset, int64_t num_bytes,
                         uint8_t* out, const std::atomic<bool>& cancelled) {
  int64_t done = 0;
  return TryUntilDone(url, cancelled, [&]() -> Attempt {
    Status refused;
    bool checked = false;
    const HttpRequest request{.url = url,
                              .begin = offset + done,
                              .end = offset + num_bytes,
                              .timeout_s = options_.timeout_s,
                              .cancelled = &cancelled};
    const HttpOutcome outcome = Perform(request, [&](const HttpResponse& response, const char* data, size_t size) {
      if (!checked) refused = CheckRange(url, known, response, offset + done);
      checked = true;
      if (refused.ok() && static_cast<int64_t>(size) > num_bytes - done) {
        refused = DataError({.path = url, .byte_offset = offset + done}, "the server sent more than was asked for");
      }
      if (!refused.ok()) return false;
      std::memcpy(out + done, data, size);
      done += static_cast<int64_t>(size);
      return true;
    });
    if (!refused.ok()) return {refused};
    if (cancelled) return {InterruptedError()};
    if (outcome.response.status == 416) {
      const int64_t now = outcome.response.identity.size_bytes;
      return {Changed(url, "size", fmt::format("{} bytes", known.size_bytes),
                      now >= 0 ? fmt::format("{} bytes", now) : "less")};
    }
    Attempt result = Judge(url, outcome);
    if (result.status.ok() && result.transient.empty() && done < num_bytes) {
      result.transient = fmt::format("the body ended after {} of {} bytes", done, num_bytes);
    }
    return result;
  });
}

Result<HttpOpening> HttpClient::Open(const std::string& url, int64_t num_bytes) {
  HttpOpening opening;
  ARROW_RETURN_NOT_OK(TryUntilDone(url, kNeverCancelled, [&]() -> Attempt {
    opening = {};
    bool whole = false;
    const HttpRequest request{.url = url, .end = num_bytes, .timeout_s = options_.timeout_s};
    const HttpOutcome outcome = Perform(request, [&](const HttpResponse& response, const char* data, size_t size) {
      whole = response.status == 200;
      const int64_t most = whole ? kMaxWholeBytes : num_bytes;
      if (whole && response.identity.size_bytes > most) return false;
      if (static_cast<int64_t>(opening.bytes.size() + size) > most) return false;
      opening.bytes.insert(opening.bytes.end(), data, data + size);
      return true;
    });
    opening.identity = outcome.response.identity;
    if (outcome.kind == HttpOutcome::Kind::kRefusedBySink) {
      return {whole ? NoRanges(url) : DataError({.path = url}, "the server sent more than was asked for")};
    }
    const int status = outcome.response.status;
    if (status == 416 && opening.identity.size_bytes == 0) return {};  // the answer to any range of an empty file
    Attempt result = Judge(url, outcome);
    if (!result.status.ok() || !result.transient.empty()) return result;
    const auto received = static_cast<int64_t>(opening.bytes.size());
    if (status == 200) opening.identity.size_bytes = received;
    if (opening.identity.size_bytes < 0) return {DataError({.path = url}, "the server does not tell the file's size")};
    if (status == 206 && outcome.response.range_begin != 0) {
      return {CheckRange(url, opening.identity, outcome.response, 0)};
    }
    const int64_t wanted = std::min(num_bytes, opening.identity.size_bytes);
    if (received < wanted) result.transient = fmt::format("the body ended after {} of {} bytes", received, wanted);
    return result;
  }));
  return opening;
}

Result<std::optional<HttpIdentity>> HttpClient::Look(const std::string& url) {
  std::optional<HttpIdentity> found;
  bool missing = false, answered = false;
  ARROW_RETURN_NOT_OK(TryUntilDone(url, kNeverCancelled, [&]() -> Attempt {
    const HttpRequest request{.url = url, .head = true, .timeout_s = options_.timeout_s};
    const HttpOutcome outcome = Perform(request, [](const HttpResponse&, const char*, size_t) { return true; });
    const HttpResponse& response = outcome.response;
    answered = outcome.kind == HttpOutcome::Kind::kAnswered && !IsTransient(response.status);
    if (!answered) return Judge(url, outcome);
    missing = IsMissing(response.status);
    if (response.status == 200 && response.identity.size_bytes >= 0) found = response.identity;
    return {};
  }));
  if (missing || found) return found;
  // Signed URLs allow GET alone; some servers know no HEAD, or tell no size.
  ARROW_ASSIGN_OR_RAISE(const HttpOpening opening, Open(url, 1));
  return std::optional<HttpIdentity>(opening.identity);
}

}  // namespace dhs::io
