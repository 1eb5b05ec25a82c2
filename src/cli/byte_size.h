// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "dhs/error.h"

namespace dhs::cli {

/// "4GiB", "500 MB", "1073741824": a whole or decimal number and an optional unit (B, kB, MB, GB, TB in powers of
/// 1000; KiB, MiB, GiB, TiB in powers of 1024; no regard to case). UsageError quotes the text and shows right forms.
Result<int64_t> ParseByteSize(std::string_view text);

/// Half of this machine's memory: what --memory is when it is not given.
int64_t DefaultMemoryBytes();

}  // namespace dhs::cli
