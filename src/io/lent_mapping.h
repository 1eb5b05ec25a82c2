// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "dhs/storage.h"

namespace dhs::io {

/// Maps [offset, offset + num_bytes) of the file `fd` into memory if its pages are in the page cache; nullptr if they
/// are not, or if the system cannot tell or cannot map. Only the last page is looked at: others that are missing cost
/// time, nothing else. REQUIRES: a range within the file.
///
/// A file that is cut short, or whose disk fails, while it is mapped gives SIGBUS instead of an error. The first
/// mapping installs a handler that puts zeros in the place of the lost pages, after which intact() is false; a SIGBUS
/// from anywhere else goes to the handler that was there before. A program that installs its own handler later must
/// pass on what it does not know.
std::unique_ptr<LentBytes> LendMapping(int fd, int64_t offset, int64_t num_bytes);
}  // namespace dhs::io
