// SPDX-License-Identifier: Apache-2.0
#include "base/thread_pool.h"

#include <atomic>
#include <exception>
#include <limits>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace dhs::base {

namespace {

// An exception that leaves a thread ends the process without a word: here it becomes an error like any other.
Status Guarded(const std::function<Status(int, int64_t)>& work, int worker, int64_t index) {
  try {
    return work(worker, index);
  } catch (const std::bad_alloc&) {
    return EnvironmentError({}, "out of memory; give a smaller --memory or fewer --threads");
  } catch (const std::exception& error) {
    return InternalError(error.what());
  }
}

}  // namespace

Status ParallelFor(int num_threads, int64_t num_items, const StopToken& stop,
                   const std::function<Status(int worker, int64_t index)>& work) {
  std::atomic<int64_t> next{0};
  std::atomic<bool> failed{false};
  std::mutex mutex;
  int64_t failed_index = std::numeric_limits<int64_t>::max();
  Status first_error;

  auto run = [&](int worker) {
    while (!failed.load(std::memory_order_relaxed) && !stop.stop_requested()) {
      const int64_t index = next.fetch_add(1, std::memory_order_relaxed);
      if (index >= num_items) return;
      Status status = Guarded(work, worker, index);
      if (status.ok()) continue;
      failed = true;
      const std::lock_guard<std::mutex> lock(mutex);
      if (index < failed_index) {
        failed_index = index;
        first_error = std::move(status);
      }
    }
  };

  std::vector<std::thread> threads;
  const int64_t useful = num_items < num_threads ? num_items : num_threads;
  try {
    for (int worker = 1; worker < useful; ++worker) threads.emplace_back(run, worker);
  } catch (const std::system_error&) {
    // The system gives no more threads: those that run do all the work.
  }
  run(0);
  for (std::thread& thread : threads) thread.join();
  if (!first_error.ok()) return first_error;
  return stop.Check();
}

}  // namespace dhs::base
