// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "dhs/storage.h"

namespace dhs::testing {

/// The faulty twin of a Storage. `plan` is a list of faults, separated by ';', each "<kind>@<operation>:<n>": the n-th
/// (from 1) use of the operation in this process suffers it.
///   operations: open, read, lend, create, write, sync, close, rename, remove, syncdir, mkdir, any (all of them counted
///               as one)
///   kinds:      eio (I/O error; lend: refused), enospc (disk full), short (read: half of what was asked for, then end
///               of file; lend: zeros that are not intact), kill (SIGKILL to this process before the operation), slow
///               (1 ms wait before it)
/// "eio@read:*" fails every use. An unknown word is a UsageError.
Result<std::shared_ptr<Storage>> FaultyStorage(std::shared_ptr<Storage> storage, const std::string& plan);

/// Number of uses of each operation so far in this process, "open=3 read=17 ...": how a test learns the kill points.
std::string FaultyStorageCounts(const Storage& faulty);

}  // namespace dhs::testing
