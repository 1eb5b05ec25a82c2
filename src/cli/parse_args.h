// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dhs/option_table.h"

namespace dhs::cli {

/// What was typed after the command's name, in order and not yet checked against limits.
struct ParsedArgs {
  bool help = false;  ///< --help or -h was there; the rest may then be incomplete
  std::vector<std::pair<std::string, std::string>> options = {};  ///< name without dashes (aliases resolved), value
  std::vector<std::string> positionals = {};
};

/// Parses "--name value", "--name=value" and bare switches ("--force" = "--force=1"). Every option may be given once,
/// those in `repeatable` as often as one likes. Errors: UsageError for an unknown option (with the nearest names), a
/// missing value, an option given twice.
Result<ParsedArgs> ParseArgs(const std::vector<std::string>& args, const std::vector<const OptionTable*>& tables,
                             const std::vector<std::string>& repeatable);

}  // namespace dhs::cli
