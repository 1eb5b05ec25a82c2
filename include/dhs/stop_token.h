// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>

#include "dhs/error.h"

namespace dhs {

/// Asks work to stop. Copies share one flag; all members are safe from any thread.
class StopToken {
 public:
  StopToken() : stopped_(std::make_shared<std::atomic<bool>>(false)) {}

  /// Safe inside a signal handler (a lock-free store).
  void RequestStop() { stopped_->store(true, std::memory_order_relaxed); }
  bool stop_requested() const { return stopped_->load(std::memory_order_relaxed); }

  /// InterruptedError once a stop was asked for; call it between blocks of work.
  Status Check() const { return stop_requested() ? InterruptedError() : Status::OK(); }

 private:
  std::shared_ptr<std::atomic<bool>> stopped_;
};

}  // namespace dhs
