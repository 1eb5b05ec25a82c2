// SPDX-License-Identifier: Apache-2.0
#include "cli/parse_args.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace dhs::cli {

namespace {

const Option* FindOption(const std::vector<const OptionTable*>& tables, std::string_view name) {
  for (const OptionTable* table : tables) {
    if (const Option* option = table->Find(name)) return option;
  }
  return nullptr;
}

bool LooksLikeOption(std::string_view arg) {
  return arg.size() > 1 && arg[0] == '-' && std::isdigit(static_cast<unsigned char>(arg[1])) == 0 && arg[1] != '.';
}

std::string NameIn(std::string_view arg) {
  const size_t start = arg.find_first_not_of('-');
  if (start == std::string_view::npos) return std::string(arg);
  return std::string(arg.substr(start, arg.find('=') - start));
}

bool IsSwitchValue(std::string_view arg) { return arg == "0" || arg == "1" || arg == "true" || arg == "false"; }

// A bare switch gets its value, so that it does not swallow the word after it.
std::vector<std::string> WithSwitchValues(const std::vector<std::string>& args,
                                          const std::vector<const OptionTable*>& tables) {
  std::vector<std::string> result;
  for (size_t i = 0; i < args.size(); ++i) {
    const Option* option = args[i].starts_with("--") ? FindOption(tables, args[i].substr(2)) : nullptr;
    const bool bare = option != nullptr && option->type == OptionType::kSwitch &&
                      (i + 1 == args.size() || !IsSwitchValue(args[i + 1]));
    result.push_back(bare ? args[i] + "=1" : args[i]);
  }
  return result;
}

Status UnknownOption(const std::string& arg, const std::vector<const OptionTable*>& tables) {
  std::vector<std::string> names;
  for (const OptionTable* table : tables) {
    for (const Option& option : table->options()) names.push_back("--" + option.name);
  }
  const std::string shown = arg.substr(0, arg.find('='));
  return UsageError(fmt::format("unknown option '{}'.{}", shown, DidYouMean(shown, names)));
}

// Every "--name" of the line in turn, so that options keep the order in which they were typed.
std::vector<std::string> OrderOf(const std::vector<std::string>& args, const std::vector<const OptionTable*>& tables) {
  std::vector<std::string> order;
  for (const std::string& arg : args) {
    if (!arg.starts_with("--")) continue;
    const Option* option = FindOption(tables, NameIn(arg));
    if (option != nullptr && std::find(order.begin(), order.end(), option->name) == order.end()) {
      order.push_back(option->name);
    }
  }
  return order;
}

}  // namespace

Result<ParsedArgs> ParseArgs(const std::vector<std::string>& args, const std::vector<const OptionTable*>& tables,
                             const std::vector<std::string>& repeatable) {
  ParsedArgs parsed;
  if (std::find_if(args.begin(), args.end(), [](auto& arg) { return arg == "--help" || arg == "-h"; }) != args.end()) {
    parsed.help = true;
    return parsed;
  }
  for (size_t i = 0; i + 1 < args.size(); ++i) {
    // An option in the place of a value is a forgotten value; one that begins with dashes is given as --opt=value.
    const Option* option = args[i].starts_with("--") ? FindOption(tables, args[i].substr(2)) : nullptr;
    if (option != nullptr && option->type != OptionType::kSwitch && args[i + 1].starts_with("--")) {
      return UsageError(fmt::format("{} needs a value", args[i]));
    }
  }
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  for (const OptionTable* table : tables) {
    for (const Option& option : table->options()) {
      std::string names = "--" + option.name;
      for (const std::string& alias : option.doc.aliases) names += ",--" + alias;
      app.add_option(names)->type_size(1)->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
  }
  std::vector<std::string> reversed = WithSwitchValues(args, tables);
  std::reverse(reversed.begin(), reversed.end());  // CLI11 takes its arguments last first
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string text = error.what();
    return UsageError(fmt::format("{} needs a value", text.substr(0, text.find(':'))));
  } catch (const CLI::ParseError& error) {
    return UsageError(error.what());
  }
  for (const std::string& rest : app.remaining()) {
    if (rest == "--") continue;
    if (LooksLikeOption(rest)) return UnknownOption(rest, tables);
    parsed.positionals.push_back(rest);
  }
  for (const std::string& name : OrderOf(args, tables)) {
    const std::vector<std::string> values = app.get_option("--" + name)->results();
    if (values.size() > 1 && std::find(repeatable.begin(), repeatable.end(), name) == repeatable.end()) {
      return UsageError(
          fmt::format("--{} is given {} times, with '{}' and '{}'", name, values.size(), values[0], values[1]));
    }
    for (const std::string& value : values) parsed.options.emplace_back(name, value);
  }
  return parsed;
}

}  // namespace dhs::cli
