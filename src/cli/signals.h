// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

#include "dhs/stop_token.h"

namespace dhs::cli {

/// While it lives, the first SIGINT or SIGTERM asks `stop` to stop and the second one kills; SIGPIPE is ignored. The
/// handlers that were there before come back at its end. At most one lives at a time.
class SignalScope {
 public:
  explicit SignalScope(const StopToken& stop);
  ~SignalScope();
  SignalScope(const SignalScope&) = delete;
  SignalScope& operator=(const SignalScope&) = delete;

 private:
  struct sigaction old_interrupt_ = {};
  struct sigaction old_terminate_ = {};
  struct sigaction old_pipe_ = {};
};

}  // namespace dhs::cli
