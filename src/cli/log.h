// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "dhs/error.h"

namespace dhs::cli {

enum class LogFormat { kText, kJson };
enum class Verbosity { kQuiet, kNormal, kVerbose };

/// What a person may do about an error, beyond its message.
enum class Hint {
  kNone,
  kHelp,   ///< the command line itself is wrong: see --help
  kResume  ///< of a command that goes on where it stopped: an error of the environment is worth another try
};

/// What a command says. stderr: notes, warnings, errors ("dhs scan: warning: ...", or one JSON object a line) and the
/// status line of a terminal. stdout: the account. Thread-safe.
class Log {
 public:
  Log(std::string command, LogFormat format, Verbosity verbosity);
  ~Log();

  LogFormat format() const { return format_; }
  Verbosity verbosity() const { return verbosity_; }
  /// True where a status line may be redrawn: stderr is a terminal that can, text format, not quiet.
  bool has_status_line() const { return has_status_line_; }

  /// Shown with --verbose only.
  void Note(std::string_view message);
  void Warning(std::string_view message);
  /// Message and (as JSON) exit code of an error, then a hint line where there is one.
  void Error(const Status& status, Hint hint);

  /// Text of the account; nothing with --quiet.
  void Account(std::string_view text);
  /// Text that was asked for (help, explain, info, reference): also with --quiet.
  void Answer(std::string_view text);

  /// Redraws or (empty text) removes the status line.
  void SetStatusLine(const std::string& text);

  /// Whether everything written to stdout got there. EnvironmentError if not; a reader that went away (EPIPE) is
  /// no error.
  Status FinishStdout();

 private:
  struct Sink;
  void Line(std::string_view level, std::string_view message, int exit_code, std::string_view hint);
  void WriteStdout(std::string_view text);
  void EraseStatusLine();

  const std::string command_;
  const LogFormat format_;
  const Verbosity verbosity_;
  bool has_status_line_;
  std::mutex mutex_;
  std::unique_ptr<Sink> sink_;
  std::string status_line_;
  int stdout_error_ = 0;
};

}  // namespace dhs::cli
