// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "dhs/option_table.h"

namespace dhs::cli {

/// Help never gets wider than this many columns.
inline constexpr size_t kHelpColumns = 100;

/// "FILE", "NUMBER", "a|b": what stands for the value of an option in help.
std::string PlaceholderOf(const Option& option);

/// "in mag; 0 to 10; default 0.12", "required": everything of an option but its sentence; may be empty.
std::string FactsOf(const Option& option);

/// One block per option: name and placeholder, then the sentence with its facts and aliases, wrapped. Ends with a
/// newline.
std::string OptionHelp(const OptionTable& options);

/// Breaks `text` at blanks into lines of at most `width` columns, each after the first indented by `indent`.
std::string Wrap(std::string_view text, size_t indent, size_t width = kHelpColumns);

/// Breaks a command line at blanks, " \\" at the end of all lines but the last, the others indented by four.
std::string WrapCommandLine(std::string_view line);

/// One command's options as a table of Markdown, for docs/options.md.
std::string OptionMarkdown(const OptionTable& options);

}  // namespace dhs::cli
