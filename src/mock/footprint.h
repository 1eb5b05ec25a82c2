// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dhs/error.h"
#include "dhs/storage.h"
#include "mock/options.h"
#include "sky/tessellation.h"

namespace dhs::mock {

/// The bricks of the mock, each once, in rising brick id.
/// Errors: UsageError for a footprint that does not parse or holds no brick; DataError for a list with an unknown name
/// (file, line, name) or without any.
Result<std::vector<sky::Brick>> ChooseBricks(Storage& storage, const MockSurveyOptions& options);

/// `count` bricks in up to eleven round patches that lie apart from each other (until they grow into each other):
/// across RA 0, at Dec -65, across Dec 32.375, and others of different depth, latitude and size. Fewer than eleven
/// bricks make fewer patches.
std::vector<sky::Brick> BricksInPatches(int64_t count);

/// Bricks whose centres lie in boxes "RA1,RA2,DEC1,DEC2[;...]".
Result<std::vector<sky::Brick>> BricksInBoxes(std::string_view boxes);

/// Names in the first column of text or CSV, plain or gzip. One first line that is no brick name is a header. Blank
/// lines and lines that start with '#' are skipped.
Result<std::vector<sky::Brick>> BricksInList(std::string_view bytes, const std::string& path);

}  // namespace dhs::mock
