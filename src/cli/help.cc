// SPDX-License-Identifier: Apache-2.0
#include "cli/help.h"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dhs::cli {

namespace {

constexpr size_t kDocColumn = 34;

std::string Limits(const OptionDoc& doc) {
  if (doc.min && doc.max) return fmt::format("{} to {}", *doc.min, *doc.max);
  if (doc.min) return fmt::format("at least {}", *doc.min);
  if (doc.max) return fmt::format("at most {}", *doc.max);
  return "";
}

std::string Aliases(const OptionDoc& doc) {
  std::vector<std::string> names;
  for (const std::string& alias : doc.aliases) names.push_back("--" + alias);
  return fmt::format("{}", fmt::join(names, ", "));
}

// Choices that are too long to stand as the placeholder are listed with the facts.
bool ChoicesFitPlaceholder(const OptionDoc& doc) {
  size_t width = 0;
  for (const std::string& choice : doc.choices) width += choice.size() + 1;
  return width > 0 && width <= 24;
}

std::string Escaped(std::string text) {
  for (size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) text.insert(at, "\\");
  return text;
}

}  // namespace

std::string PlaceholderOf(const Option& option) {
  if (!option.doc.placeholder.empty()) return option.doc.placeholder;
  if (option.type == OptionType::kSwitch) return "0|1";
  if (ChoicesFitPlaceholder(option.doc)) return fmt::format("{}", fmt::join(option.doc.choices, "|"));
  switch (option.type) {
    case OptionType::kNumber:
      return "NUMBER";
    case OptionType::kInteger:
      return "N";
    case OptionType::kNumberList:
      return "NUMBER,...";
    case OptionType::kTextList:
      return "NAME,...";
    default:
      return "NAME";
  }
}

std::string FactsOf(const Option& option) {
  std::vector<std::string> facts;
  if (option.doc.required) facts.push_back("required");
  if (!option.doc.unit.empty()) facts.push_back("in " + option.doc.unit);
  if (!option.doc.choices.empty() && !ChoicesFitPlaceholder(option.doc)) {
    facts.push_back(fmt::format("one of {}", fmt::join(option.doc.choices, ", ")));
  }
  if (std::string limits = Limits(option.doc); !limits.empty()) facts.push_back(std::move(limits));
  if (!option.default_text.empty() && !option.doc.required) facts.push_back("default " + option.default_text);
  return fmt::format("{}", fmt::join(facts, "; "));
}

std::string Wrap(std::string_view text, size_t indent, size_t width) {
  std::string result;
  size_t column = indent;
  while (!text.empty()) {
    const size_t blank = text.find(' ');
    const std::string_view word = text.substr(0, blank);
    if (column > indent && column + 1 + word.size() > width) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
    text = blank == std::string_view::npos ? std::string_view() : text.substr(blank + 1);
  }
  return result;
}

std::string WrapCommandLine(std::string_view line) {
  constexpr size_t kIndent = 4;
  std::string wrapped = "  " + Wrap(line, kIndent, kHelpColumns - 2);
  for (size_t at = wrapped.find('\n'); at != std::string::npos; at = wrapped.find('\n', at + 3)) {
    wrapped.insert(at, " \\");
  }
  return wrapped;
}

std::string OptionHelp(const OptionTable& options) {
  std::string text;
  for (const Option& option : options.options()) {
    std::string head = fmt::format("  --{} {}", option.name, PlaceholderOf(option));
    if (head.size() + 1 < kDocColumn) {
      head.resize(kDocColumn, ' ');
    } else {
      head += "\n" + std::string(kDocColumn, ' ');
    }
    std::string doc = option.doc.doc;
    if (const std::string facts = FactsOf(option); !facts.empty()) doc += fmt::format(" [{}]", facts);
    if (!option.doc.aliases.empty()) doc += fmt::format(" (also {})", Aliases(option.doc));
    text += head + Wrap(doc, kDocColumn) + "\n";
  }
  return text;
}

std::string OptionMarkdown(const OptionTable& options) {
  std::string text = "| option | value | default | meaning |\n|---|---|---|---|\n";
  for (const Option& option : options.options()) {
    std::string meaning = option.doc.doc;
    if (!option.doc.unit.empty()) meaning += fmt::format(" In {}.", option.doc.unit);
    if (!option.doc.choices.empty() && !ChoicesFitPlaceholder(option.doc)) {
      meaning += fmt::format(" One of {}.", fmt::join(option.doc.choices, ", "));
    }
    if (const std::string limits = Limits(option.doc); !limits.empty()) meaning += fmt::format(" Limits: {}.", limits);
    if (!option.doc.aliases.empty()) meaning += fmt::format(" Also `{}`.", Aliases(option.doc));
    const std::string standard = option.doc.required           ? "required"
                                 : option.default_text.empty() ? ""
                                                               : "`" + option.default_text + "`";
    text += fmt::format("| `--{}` | {} | {} | {} |\n", option.name, Escaped(PlaceholderOf(option)), Escaped(standard),
                        Escaped(meaning));
  }
  return text;
}

}  // namespace dhs::cli
