// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "dhs/option_table.h"

namespace dhs::mock {

/// What `dhs mock survey` makes. Exactly one of num_bricks, footprint and brick_list is given.
struct MockSurveyOptions {
  int64_t num_bricks = 0;        ///< over several patches; 0 = not given
  std::string footprint = {};    ///< "RA1,RA2,DEC1,DEC2[;...]" in degrees; RA1 > RA2 goes through RA 0
  std::string brick_list = {};   ///< file with brick names in its first column
  int64_t seed = 1;              ///< same seed and options, same bytes
  std::string release = "dr10";  ///< layout, naming and RELEASE numbers: dr8, dr9 or dr10
  std::string out = {};          ///< directory
  bool no_sweeps = false;        ///< bricks file and brick counts alone
  bool hard_cases = false;       ///< also DIR/hard-cases
};

void Bind(MockSurveyOptions& options, OptionTable& table);

/// UsageError unless exactly one kind of footprint is given and an output directory is named.
Status Check(const MockSurveyOptions& options);

/// What `dhs mock parent` makes.
struct MockParentOptions {
  int64_t rows = 19'687'747;  ///< as many as the real catalog has
  int64_t files = 0;          ///< 0 = as the earlier system had them: one for about 104 rows
  int64_t seed = 1;           ///< same seed and options, same bytes
  std::string out = {};       ///< root of all stages' outputs
};

void Bind(MockParentOptions& options, OptionTable& table);

}  // namespace dhs::mock
