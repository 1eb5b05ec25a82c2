// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "dhs/option_table.h"

namespace dhs::mirror {

/// What `dhs mirror` brings, and where.
struct MirrorOptions {
  std::string sweep_index;
  std::string to;      ///< directory
  std::string sha256;  ///< checksum list; empty = files are not verified
};

void Bind(MirrorOptions& options, OptionTable& table);

}  // namespace dhs::mirror
