// SPDX-License-Identifier: Apache-2.0
#include "cli/signals.h"

#include <atomic>

namespace dhs::cli {

namespace {

// A handler can reach nothing but a global; the token lives as long as the scope that set it.
std::atomic<StopToken*> asked_to_stop = nullptr;

extern "C" void OnStopSignal(int signal_number) {
  StopToken* stop = asked_to_stop.load();
  if (stop == nullptr || stop->stop_requested()) {
    std::signal(signal_number, SIG_DFL);
    std::raise(signal_number);
    return;
  }
  stop->RequestStop();
}

}  // namespace

SignalScope::SignalScope(const StopToken& stop) {
  asked_to_stop = new StopToken(stop);
  struct sigaction action = {};
  action.sa_handler = OnStopSignal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &old_interrupt_);
  sigaction(SIGTERM, &action, &old_terminate_);
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  sigemptyset(&ignore.sa_mask);
  sigaction(SIGPIPE, &ignore, &old_pipe_);
}

SignalScope::~SignalScope() {
  sigaction(SIGINT, &old_interrupt_, nullptr);
  sigaction(SIGTERM, &old_terminate_, nullptr);
  sigaction(SIGPIPE, &old_pipe_, nullptr);
  delete asked_to_stop.exchange(nullptr);
}

}  // namespace dhs::cli
