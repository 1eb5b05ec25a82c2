// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "dhs/error.h"
#include "dhs/storage.h"

namespace dhs::mirror {

/// SHA-256 of files by base name, as the survey publishes them beside its sweeps
/// (legacysurvey_dr10_south_sweep_10.1.sha256sum): lines of 64 hexadecimal digits, blanks, an optional '*', and the
/// name. Digits come in lower case. DataError with the line for one of another form, or a name with two checksums.
Result<std::map<std::string, std::string>> ReadChecksumList(Storage& storage, const std::string& path);

}  // namespace dhs::mirror
