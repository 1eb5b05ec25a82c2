// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "stage/stage.h"

namespace dhs::validate {

/// `dhs validate`: reads a parent or compacted catalog once and writes validation_report.json, .txt and .html to
/// {output}/validation/{variant}. A file that cannot be read is a finding, not an error. With a failed check the report
/// is published and the exit code is 1.
/// Memory: 8 bytes a row for the exact search of duplicates, up to 40 MB a magnitude column and thread for exact
/// percentiles, one row group a thread.
std::unique_ptr<Stage> MakeValidateStage();

}  // namespace dhs::validate
