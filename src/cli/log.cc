// SPDX-License-Identifier: Apache-2.0
#include "cli/log.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

namespace dhs::cli {

namespace {

bool TerminalCanRedraw() {
  const char* term = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && term != nullptr && std::string_view(term) != "dumb";
}

}  // namespace

struct Log::Sink {
  spdlog::logger logger{"dhs", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
};

Log::Log(std::string command, LogFormat format, Verbosity verbosity)
    : command_(std::move(command)),
      format_(format),
      verbosity_(verbosity),
      has_status_line_(format == LogFormat::kText && verbosity != Verbosity::kQuiet && TerminalCanRedraw()),
      sink_(std::make_unique<Sink>()) {
  sink_->logger.set_pattern("%v");
  sink_->logger.set_level(spdlog::level::info);
  sink_->logger.flush_on(spdlog::level::info);
}

Log::~Log() { SetStatusLine(""); }

void Log::EraseStatusLine() {
  if (status_line_.empty()) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
}

void Log::Line(std::string_view level, std::string_view message, int exit_code, std::string_view hint) {
  const std::lock_guard<std::mutex> lock(mutex_);
  EraseStatusLine();
  if (format_ == LogFormat::kJson) {
    nlohmann::ordered_json line = {{"level", level}, {"command", command_}, {"message", message}};
    if (exit_code != 0) line["exit_code"] = exit_code;
    if (!hint.empty()) line["hint"] = hint;
    sink_->logger.info("{}", line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  } else {
    const std::string prefix = level == "note" ? "" : fmt::format("{}: ", level);
    sink_->logger.info("{}: {}{}", command_, prefix, message);
    if (!hint.empty()) sink_->logger.info("hint: {}", hint);
  }
  if (!status_line_.empty()) std::fputs(status_line_.c_str(), stderr);
}

void Log::Note(std::string_view message) {
  if (verbosity_ == Verbosity::kVerbose) Line("note", message, 0, "");
}

void Log::Warning(std::string_view message) { Line("warning", message, 0, ""); }

void Log::Error(const Status& status, Hint hint) {
  const ExitCode code = ExitCodeOf(status);
  std::string text;
  if (hint == Hint::kHelp) text = fmt::format("`{} --help` lists what it takes", command_);
  if (hint == Hint::kResume && code == ExitCode::kEnvironment)
    text = "finished work is kept; the same command goes on from there";
  Line("error", status.message(), static_cast<int>(code), text);
}

void Log::WriteStdout(std::string_view text) {
  const std::lock_guard<std::mutex> lock(mutex_);
  EraseStatusLine();
  status_line_.clear();
  if (stdout_error_ != 0) return;
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    stdout_error_ = errno == 0 ? EIO : errno;
  }
}

void Log::Account(std::string_view text) {
  if (verbosity_ != Verbosity::kQuiet) WriteStdout(text);
}

void Log::Answer(std::string_view text) { WriteStdout(text); }

void Log::SetStatusLine(const std::string& text) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!has_status_line_ || (text.empty() && status_line_.empty())) return;
  EraseStatusLine();
  status_line_ = text;
  std::fputs(status_line_.c_str(), stderr);
  std::fflush(stderr);
}

Status Log::FinishStdout() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (stdout_error_ == 0 || stdout_error_ == EPIPE) return Status::OK();
  return EnvironmentError({.path = "standard output"},
                          fmt::format("cannot write: {}", std::generic_category().message(stdout_error_)));
}

}  // namespace dhs::cli
