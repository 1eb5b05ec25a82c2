// SPDX-License-Identifier: Apache-2.0
#include "io/http_connection.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <mutex>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "io/libcurl.h"

namespace dhs::io {

namespace {

constexpr long kMaxRedirects = 10;
constexpr long kReceiveBytes = 512 * 1024;  // the most that libcurl hands over at a time

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

// -1 if it is not a whole number.
int64_t Number(std::string_view text) {
  int64_t value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : -1;
}

bool IsHeader(std::string_view name, std::string_view wanted) {
  return std::equal(name.begin(), name.end(), wanted.begin(), wanted.end(),
                    [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
}

// "bytes 0-99/1234", "bytes 0-99/*" or "bytes */1234" (RFC 9110 section 14.4).
void ParseContentRange(std::string_view value, HttpResponse* response) {
  if (!value.starts_with("bytes ")) return;
  value.remove_prefix(6);
  const size_t slash = value.find('/');
  if (slash == std::string_view::npos) return;
  response->identity.size_bytes = Number(value.substr(slash + 1));
  response->range_begin = Number(value.substr(0, std::min(slash, value.find('-'))));
}

HttpOutcome::Kind KindOf(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return HttpOutcome::Kind::kAnswered;
    case CURLE_WRITE_ERROR:
      return HttpOutcome::Kind::kRefusedBySink;
    case CURLE_ABORTED_BY_CALLBACK:
      return HttpOutcome::Kind::kCancelled;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return HttpOutcome::Kind::kNoConnection;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_TOO_MANY_REDIRECTS:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      return HttpOutcome::Kind::kUnusable;
    default:
      return HttpOutcome::Kind::kBroken;
  }
}

}  // namespace

/// What libcurl's callbacks reach.
struct HttpConnection::Exchange {
  const HttpRequest* request;
  const HttpSink* sink;
  HttpResponse response = {};
  int64_t content_length = -1;
  std::chrono::steady_clock::time_point last_byte = std::chrono::steady_clock::now();
  bool stalled = false;

  static size_t OnHeader(char* data, size_t one, size_t size, void* self) {
    auto* exchange = static_cast<Exchange*>(self);
    exchange->last_byte = std::chrono::steady_clock::now();
    exchange->TakeHeader(Trimmed({data, size}));
    return one * size;
  }
  static size_t OnBody(char* data, size_t one, size_t size, void* self) {
    auto* exchange = static_cast<Exchange*>(self);
    exchange->last_byte = std::chrono::steady_clock::now();
    const int status = exchange->response.status;
    if (status != 200 && status != 206) return one * size;
    exchange->Settle();
    return (*exchange->sink)(exchange->response, data, size) ? one * size : size + 1;  // another number: stop
  }
  static int OnProgress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto* exchange = static_cast<Exchange*>(self);
    const auto silence = std::chrono::steady_clock::now() - exchange->last_byte;
    exchange->stalled = silence > std::chrono::seconds(exchange->request->timeout_s);
    const std::atomic<bool>* cancelled = exchange->request->cancelled;
    return exchange->stalled || (cancelled != nullptr && cancelled->load()) ? 1 : 0;
  }

  void TakeHeader(std::string_view line) {
    if (line.starts_with("HTTP/")) {  // of the first response, or of the next one after a redirect
      response = {};
      content_length = -1;
      const size_t blank = line.find(' ');
      if (blank != std::string_view::npos) response.status = static_cast<int>(Number(line.substr(blank + 1, 3)));
      return;
    }
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view name = line.substr(0, colon), value = Trimmed(line.substr(colon + 1));
    if (IsHeader(name, "etag")) response.identity.etag = value;
    if (IsHeader(name, "last-modified")) response.identity.last_modified = value;
    if (IsHeader(name, "content-range")) ParseContentRange(value, &response);
    if (IsHeader(name, "content-length")) content_length = Number(value);
    if (IsHeader(name, "retry-after")) response.retry_after_s = Number(value);
  }
  /// Once all headers are known: the length of a whole body is the size of the file.
  void Settle() {
    if (response.status == 200) response.identity.size_bytes = content_length;
  }
};

HttpConnection::HttpConnection() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  handle_ = curl_easy_init();
}

HttpConnection::~HttpConnection() { curl_easy_cleanup(handle_); }

HttpOutcome HttpConnection::Perform(const HttpRequest& request, const HttpSink& sink) {
  Exchange exchange{&request, &sink};
  char message[CURL_ERROR_SIZE] = "";
  CURL* handle = handle_;
  curl_easy_reset(handle);  // keeps connections
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "dhs");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_OPTIONAL));
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(handle, CURLOPT_MAXREDIRS, kMaxRedirects);
  // One range at a time on a connection: what HTTP/2 multiplexes would share one TCP window.
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(handle, CURLOPT_BUFFERSIZE, kReceiveBytes);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, static_cast<long>(request.timeout_s));
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, message);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &Exchange::OnHeader);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &Exchange::OnBody);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, &Exchange::OnProgress);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  std::string range;
  if (request.head) {
    curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
  } else {
    range = fmt::format("{}-{}", request.begin, request.end - 1);
    curl_easy_setopt(handle, CURLOPT_RANGE, range.c_str());
  }
  const CURLcode code = curl_easy_perform(handle);
  exchange.Settle();
  HttpOutcome outcome{KindOf(code), {}, std::move(exchange.response)};
  if (exchange.stalled || code == CURLE_OPERATION_TIMEDOUT) {
    curl_off_t ready_us = 0;  // 0: it never came to the request
    curl_easy_getinfo(handle, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
    outcome.kind = ready_us == 0 ? HttpOutcome::Kind::kNoConnection : HttpOutcome::Kind::kBroken;
    outcome.reason = fmt::format("no byte came for {} s", request.timeout_s);
  } else if (code != CURLE_OK) {
    outcome.reason = message[0] != '\0' ? message : curl_easy_strerror(code);
  }
  return outcome;
}

}  // namespace dhs::io
