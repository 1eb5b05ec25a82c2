// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dhs/error.h"
#include "dhs/stop_token.h"
#include "dhs/storage.h"

namespace dhs::scan {

/// One line of the sweep index.
struct ListedSweep {
  std::string listed;     ///< as in the index; what manifests say
  std::string path = {};  ///< where it is, a local path or a URL: relative ones count from the place of the index
  FileInfo info = {};     ///< kNone if it does not exist
};

/// The sweeps of an index (a local path or a URL), sorted by `listed` in byte order. Errors: DataError if the index is
/// missing or lists no sweep, if a sweep comes twice (naming both spellings), or for a URL that cannot be read;
/// InterruptedError.
Result<std::vector<ListedSweep>> ReadSweepIndex(Storage& storage, const std::string& index_path,
                                                const StopToken& stop = {});

/// How many threads look at the sweeps of a list side by side: `num_threads`, but many more where a server's answers
/// are waited for.
int LookThreads(const std::vector<ListedSweep>& sweeps, int num_threads);

/// DataError that counts the missing sweeps, names the first few and says what to do; OK if none is missing.
Status CheckNoneMissing(const std::vector<ListedSweep>& sweeps, const std::string& index_path);

}  // namespace dhs::scan
