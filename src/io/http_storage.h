// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "dhs/storage.h"
#include "io/http_client.h"

namespace dhs::io {

/// The files of web servers, for reading. Paths are http(s) URLs. What a URL held when it was first looked at or opened
/// is what it must hold for as long as the storage lives: a size, ETag or date that differs later is a DataError, and
/// Stat asks the server only once. Everything that writes is a UsageError; a folder has no list.
std::shared_ptr<Storage> HttpStorage(const HttpOptions& options);

}  // namespace dhs::io
