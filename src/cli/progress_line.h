// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "cli/log.h"
#include "dhs/progress.h"

namespace dhs::cli {

/// "scan: 42 %, 1,200,000 rows (3.4 M/s), 512.0 MB of 1.2 GB (410.0 MB/s), 2 s left"; what is not known is left out.
std::string ProgressText(std::string_view what, const Progress& progress, double seconds);

/// While it lives, a thread redraws one line about `progress` several times a second. Does nothing where the log has no
/// status line. `progress` and `log` must outlive it.
class ProgressLine {
 public:
  ProgressLine(std::string what, const Progress& progress, Log& log);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

 private:
  void Redraw(const std::string& what, const Progress& progress);
  Log& log_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace dhs::cli
