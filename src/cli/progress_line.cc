// SPDX-License-Identifier: Apache-2.0
#include "cli/progress_line.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "stage/stage.h"

namespace dhs::cli {

namespace {

constexpr auto kRedrawEvery = std::chrono::milliseconds(200);

std::string Rate(double per_second) {
  if (per_second >= 1e6) return fmt::format("{:.1f} M/s", per_second / 1e6);
  if (per_second >= 1e3) return fmt::format("{:.1f} k/s", per_second / 1e3);
  return fmt::format("{:.0f}/s", per_second);
}

std::string TimeLeft(double seconds) {
  if (seconds < 90) return fmt::format("{:.0f} s left", seconds);
  if (seconds < 5400) return fmt::format("{:.0f} min left", seconds / 60);
  return fmt::format("{:.1f} h left", seconds / 3600);
}

}  // namespace

std::string ProgressText(std::string_view what, const Progress& progress, double seconds) {
  const int64_t rows = progress.rows_done, rows_total = progress.rows_total;
  const int64_t bytes = progress.bytes_done, bytes_total = progress.bytes_total;
  std::string text = fmt::format("{}:", what);
  double fraction = -1;
  if (bytes_total > 0) {
    fraction = static_cast<double>(bytes) / static_cast<double>(bytes_total);
  } else if (rows_total > 0) {
    fraction = static_cast<double>(rows) / static_cast<double>(rows_total);
  }
  if (fraction >= 0) text += fmt::format(" {:.0f} %,", 100 * fraction);
  text += fmt::format(" {} rows", FormatCount(rows));
  if (seconds > 0 && rows > 0) text += fmt::format(" ({})", Rate(static_cast<double>(rows) / seconds));
  if (bytes > 0) {
    text += fmt::format(", {}", FormatBytes(bytes));
    if (bytes_total > 0) text += fmt::format(" of {}", FormatBytes(bytes_total));
    if (seconds > 0) {
      text += fmt::format(" ({}/s)", FormatBytes(static_cast<int64_t>(static_cast<double>(bytes) / seconds)));
    }
  }
  if (fraction > 0 && fraction < 1 && seconds > 1) {
    text += fmt::format(", {}", TimeLeft(seconds * (1 - fraction) / fraction));
  }
  return text;
}

ProgressLine::ProgressLine(std::string what, const Progress& progress, Log& log) : log_(log) {
  if (!log.has_status_line()) return;
  thread_ = std::thread([this, what = std::move(what), &progress] { Redraw(what, progress); });
}

void ProgressLine::Redraw(const std::string& what, const Progress& progress) {
  const auto start = std::chrono::steady_clock::now();
  std::unique_lock<std::mutex> lock(mutex_);
  while (!wake_.wait_for(lock, kRedrawEvery, [this] { return done_; })) {
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    log_.SetStatusLine(ProgressText(what, progress, seconds));
  }
}

ProgressLine::~ProgressLine() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    done_ = true;
  }
  wake_.notify_one();
  thread_.join();
  log_.SetStatusLine("");
}

}  // namespace dhs::cli
