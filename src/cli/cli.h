// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "dhs/storage.h"

namespace dhs::cli {

/// The whole program: reads `argv`, does one command through `storage`, returns the exit code of dhs/error.h.
/// The account goes to stdout; progress, notes, warnings and errors go to stderr. SIGINT and SIGTERM ask the work to
/// stop while a command runs (a second one kills); the handlers that were there before are put back at the end.
/// A reader of stdout that went away is no error; a full disk behind it is (exit code 4). One call at a time.
int Main(int argc, const char* const* argv, std::shared_ptr<Storage> storage);

}  // namespace dhs::cli
