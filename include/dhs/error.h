// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/result.h>
#include <arrow/status.h>

namespace dhs {

using arrow::Result;
using arrow::Status;

/// How a `dhs` process ends; scripts may rely on these numbers.
enum class ExitCode : int {
  kOk = 0,
  kCheckFailed = 1,   ///< ran to the end and a check found something
  kUsage = 2,         ///< wrong command, option or configuration
  kData = 3,          ///< bad or missing input (also: some input skipped at the user's wish)
  kEnvironment = 4,   ///< disk, network, memory, permissions: worth another try
  kInternal = 5,      ///< a defect of this program
  kInterrupted = 130  ///< Ctrl-C or SIGTERM
};

/// Where in the input an error was found. Empty members do not apply and are not printed.
struct ErrorLocation {
  std::string path = {};
  std::optional<int> hdu = {};  ///< 0 = primary, as FITS standard 4.0 section 3 counts
  std::string card = {};        ///< the header card, trimmed
  std::string column = {};
  std::optional<int64_t> row = {};          ///< 0-based
  std::optional<int64_t> byte_offset = {};  ///< from the start of the (decompressed) file

  /// "path: HDU 1, column FLUX_R, row 17, byte 5760"; empty when nothing is known.
  std::string ToString() const;
};

/// Travels inside an arrow::Status made by the functions below.
class ErrorDetail : public arrow::StatusDetail {
 public:
  ErrorDetail(ExitCode code, ErrorLocation location) : code_(code), location_(std::move(location)) {}
  const char* type_id() const override;
  std::string ToString() const override;
  ExitCode exit_code() const { return code_; }
  const ErrorLocation& location() const { return location_; }

 private:
  ExitCode code_;
  ErrorLocation location_;
};

/// Make an error. The status' message is "<location>: <message>", or the message alone when the
/// location is empty. A message says what was expected, what was found and what to do.
[[nodiscard]] Status UsageError(std::string message);
[[nodiscard]] Status DataError(ErrorLocation location, std::string message);
[[nodiscard]] Status EnvironmentError(ErrorLocation location, std::string message);
[[nodiscard]] Status InternalError(std::string message);
[[nodiscard]] Status CheckFailedError(std::string message);
[[nodiscard]] Status InterruptedError();

/// The exit code of any status. Those without an ErrorDetail: Cancelled is kInterrupted, IOError and
/// OutOfMemory are kEnvironment, Invalid is kData, all others kInternal.
ExitCode ExitCodeOf(const Status& status);

/// The location of an error made here, or nullptr.
const ErrorLocation* LocationOf(const Status& status);

/// Same error with `what` put before its message ("while reading the bricks file").
Status WithContext(const Status& status, std::string_view what);

/// Up to `max_names` candidates nearest to `name` by edit distance without regard to case, nearest first;
/// candidates further than half the length of `name` (at least 2) are left out.
std::vector<std::string> NearestNames(std::string_view name, const std::vector<std::string>& candidates,
                                      size_t max_names = 3);

/// " Did you mean 'a' or 'b'?", or an empty string when nothing is near.
std::string DidYouMean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace dhs
