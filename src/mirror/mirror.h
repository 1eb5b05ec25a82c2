// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mirror/options.h"
#include "stage/stage.h"

namespace dhs::mirror {

/// What became of the files, for a screen.
struct MirrorReport {
  std::string account;  ///< several lines, ends with a newline
  int64_t num_failed = 0;
  int64_t num_unreachable = 0;  ///< of these, for want of their server: worth another try
};

/// Brings every sweep of an index to options.to, several at a time, each under its base name.
///
/// A file grows as .NAME.part, is hashed as it comes, and gets its name once it is complete, synced and, with --sha256,
/// right. A part that an earlier run left is hashed and continued where it ends, if its source is still the same (size,
/// ETag, date: .NAME.part.json). A file that is there already, with the size of its source and the right checksum, is
/// not brought again; one that is not is replaced. A file with a wrong checksum is brought a second time from its
/// beginning; then it fails, and nothing of it is kept.
/// _mirror.json tells what became of each file; a file that cannot be brought does not keep the others from it.
/// Errors: DataError for an index or checksum list that does not hold, two sweeps of one base name, a sweep that the
/// list lacks; EnvironmentError for a full disk or another process at work in the same directory; InterruptedError.
Result<MirrorReport> MirrorSweeps(RunContext& context, const MirrorOptions& options);

}  // namespace dhs::mirror
