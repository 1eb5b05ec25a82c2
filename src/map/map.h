// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "dhs/error.h"
#include "dhs/storage.h"
#include "map/options.h"

namespace dhs::map {

/// Reads what `options` ask for, draws it and publishes the file whole, by one rename. Returns the account: what was
/// drawn, from where, how large. Errors: as ReadBrickSheet and MakePicture, EnvironmentError.
Result<std::string> WriteMap(Storage& storage, const MapOptions& options);

}  // namespace dhs::map
