// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "mock/options.h"
#include "stage/stage.h"

namespace dhs::mock {

/// What was made, for a screen.
struct MockReport {
  std::vector<Figure> figures;
  std::string account;  ///< several lines, ends with a newline
  int64_t num_rows = 0;
  int64_t num_bytes = 0;  ///< of the sweeps
};

/// Makes a mock of the Legacy Surveys in options.out:
///   sweeps/sweep-*.fits, sweeps/legacysurvey_<release>_south_sweep_<version>.sha256sum
///   survey-bricks-<release>-south.fits.gz
///   sweep-index.txt (paths relative to the directory that holds it)
///   truth.parquet, truth.json: what every stage must find; truth.json is written last
///   hard-cases/ with --hard-cases
/// or, with --no-sweeps, the bricks file and brick_counts.{parquet,csv} alone.
/// Every row of a brick is drawn from streams keyed by (seed, brick id): same seed and options, same bytes, for any
/// number of threads. Files appear whole under their names, each by one rename. Sweeps that an earlier mock listed in
/// sweep-index.txt are removed first.
/// Errors: UsageError for options that contradict each other, DataError for a bad brick list, EnvironmentError.
Result<MockReport> WriteMockSurvey(RunContext& context, const MockSurveyOptions& options);

}  // namespace dhs::mock
