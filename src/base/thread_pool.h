// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "dhs/error.h"
#include "dhs/stop_token.h"

namespace dhs::base {

/// Calls `work(worker, index)` once for each index in [0, num_items) on `num_threads` threads (the caller is one of
/// them); indices are handed out in rising order. `worker` is in [0, num_threads) and names per-thread state.
/// Stops handing out after the first error or a stop request; returns the error of the smallest failed index
/// (so messages do not depend on timing more than needed), else InterruptedError, else OK.
Status ParallelFor(int num_threads, int64_t num_items, const StopToken& stop,
                   const std::function<Status(int worker, int64_t index)>& work);

}  // namespace dhs::base
