// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dhs/storage.h"
#include "io/fetch_pool.h"
#include "io/http_client.h"

namespace dhs::io {

/// A file read by http(s), in blocks of FetchPool::kBlockBytes. `opening` holds its first bytes, so that looking at a
/// header costs no further request. Reads from front to back (any number of threads, roughly) have kBlocksAhead blocks
/// on the way before they are asked for; a block is dropped once every byte of it was read, and with the file. The
/// size, ETag and date of `opening` are held against every answer.
std::shared_ptr<InputFile> MakeHttpInput(std::shared_ptr<HttpClient> client, std::shared_ptr<FetchPool> pool,
                                         std::string url, HttpOpening opening);

}  // namespace dhs::io
