// SPDX-License-Identifier: Apache-2.0
#include "dhs/option_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace dhs {

namespace {

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> items;
  if (Trim(text).empty()) return items;
  while (true) {
    const size_t comma = text.find(',');
    items.emplace_back(Trim(text.substr(0, comma)));
    if (comma == std::string_view::npos) return items;
    text.remove_prefix(comma + 1);
  }
}

Status BadValue(const std::string& name, std::string_view text, std::string_view expected) {
  return UsageError(fmt::format("--{}: '{}' is not {}", name, text, expected));
}

Status CheckLimits(const std::string& name, std::string_view text, double value, const OptionDoc& doc) {
  if (doc.min && doc.max && (value < *doc.min || value > *doc.max)) {
    return UsageError(fmt::format("--{}: {} is outside {} to {}", name, text, *doc.min, *doc.max));
  }
  if (doc.min && value < *doc.min) {
    return UsageError(fmt::format("--{}: {} is below the least value {}", name, text, *doc.min));
  }
  if (doc.max && value > *doc.max) {
    return UsageError(fmt::format("--{}: {} is above the greatest value {}", name, text, *doc.max));
  }
  return Status::OK();
}

Status CheckChoice(const std::string& name, std::string_view text, const OptionDoc& doc) {
  if (doc.choices.empty() || std::find(doc.choices.begin(), doc.choices.end(), text) != doc.choices.end()) {
    return Status::OK();
  }
  return UsageError(fmt::format("--{}: '{}' is not one of {}.{}", name, text, fmt::join(doc.choices, ", "),
                                DidYouMean(text, doc.choices)));
}

Result<double> ParseNumber(const std::string& name, std::string_view text, const OptionDoc& doc) {
  const std::string_view trimmed = Trim(text);
  double value = 0;
  const auto [end, error] = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), value);
  if (trimmed.empty() || error != std::errc() || end != trimmed.data() + trimmed.size() || !std::isfinite(value)) {
    return BadValue(name, text, "a finite number");
  }
  ARROW_RETURN_NOT_OK(CheckLimits(name, trimmed, value, doc));
  return value;
}

Result<int64_t> ParseInteger(const std::string& name, std::string_view text, const OptionDoc& doc) {
  const std::string_view trimmed = Trim(text);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), value);
  if (trimmed.empty() || error != std::errc() || end != trimmed.data() + trimmed.size()) {
    return BadValue(name, text, "a whole number");
  }
  ARROW_RETURN_NOT_OK(CheckLimits(name, trimmed, static_cast<double>(value), doc));
  return value;
}

}  // namespace

void OptionTable::Add(Option option) {
  option.default_text = option.text();
  options_.push_back(std::move(option));
}

void OptionTable::Number(std::string name, double* field, OptionDoc doc) {
  auto set = [name, field, doc](std::string_view text) -> Status {
    ARROW_ASSIGN_OR_RAISE(*field, ParseNumber(name, text, doc));
    return Status::OK();
  };
  Add({name, OptionType::kNumber, doc, "", false, set, [field] { return fmt::format("{}", *field); },
       [field] { return nlohmann::json(*field); }});
}

void OptionTable::Integer(std::string name, int64_t* field, OptionDoc doc) {
  auto set = [name, field, doc](std::string_view text) -> Status {
    ARROW_ASSIGN_OR_RAISE(*field, ParseInteger(name, text, doc));
    return Status::OK();
  };
  Add({name, OptionType::kInteger, doc, "", false, set, [field] { return fmt::format("{}", *field); },
       [field] { return nlohmann::json(*field); }});
}

void OptionTable::Switch(std::string name, bool* field, OptionDoc doc) {
  auto set = [name, field](std::string_view text) -> Status {
    const std::string_view value = Trim(text);
    if (value == "1" || value == "true" || value.empty()) {
      *field = true;
    } else if (value == "0" || value == "false") {
      *field = false;
    } else {
      return BadValue(name, text, "0 or 1");
    }
    return Status::OK();
  };
  Add({name, OptionType::kSwitch, doc, "", false, set, [field] { return std::string(*field ? "1" : "0"); },
       [field] { return nlohmann::json(*field); }});
}

void OptionTable::Text(std::string name, std::string* field, OptionDoc doc) {
  auto set = [name, field, doc](std::string_view text) -> Status {
    ARROW_RETURN_NOT_OK(CheckChoice(name, text, doc));
    *field = std::string(text);
    return Status::OK();
  };
  Add({name, OptionType::kText, doc, "", false, set, [field] { return *field; },
       [field] { return nlohmann::json(*field); }});
}

void OptionTable::NumberList(std::string name, std::vector<double>* field, OptionDoc doc) {
  auto set = [name, field, doc](std::string_view text) -> Status {
    std::vector<double> values;
    for (const std::string& item : SplitList(text)) {
      ARROW_ASSIGN_OR_RAISE(const double value, ParseNumber(name, item, doc));
      values.push_back(value);
    }
    *field = std::move(values);
    return Status::OK();
  };
  Add({name, OptionType::kNumberList, doc, "", false, set,
       [field] { return fmt::format("{}", fmt::join(*field, ",")); }, [field] { return nlohmann::json(*field); }});
}

void OptionTable::TextList(std::string name, std::vector<std::string>* field, OptionDoc doc) {
  auto set = [name, field, doc](std::string_view text) -> Status {
    std::vector<std::string> values = SplitList(text);
    for (const std::string& item : values) {
      if (item.empty()) return UsageError(fmt::format("--{}: '{}' has an empty item", name, text));
      ARROW_RETURN_NOT_OK(CheckChoice(name, item, doc));
    }
    *field = std::move(values);
    return Status::OK();
  };
  Add({name, OptionType::kTextList, doc, "", false, set, [field] { return fmt::format("{}", fmt::join(*field, ",")); },
       [field] { return nlohmann::json(*field); }});
}

Status OptionTable::Set(std::string_view name, std::string_view text) {
  for (Option& option : options_) {
    if (option.name != name &&
        std::find(option.doc.aliases.begin(), option.doc.aliases.end(), name) == option.doc.aliases.end()) {
      continue;
    }
    ARROW_RETURN_NOT_OK(option.set(text));
    option.given = true;
    return Status::OK();
  }
  std::vector<std::string> names;
  for (const Option& option : options_) names.push_back(option.name);
  return UsageError(fmt::format("unknown option '{}'.{}", name, DidYouMean(name, names)));
}

Status OptionTable::CheckRequired() const {
  std::vector<std::string> missing;
  for (const Option& option : options_) {
    if (option.doc.required && !option.given) missing.push_back("--" + option.name);
  }
  if (missing.empty()) return Status::OK();
  return UsageError(fmt::format("{} must be given", fmt::join(missing, ", ")));
}

const Option* OptionTable::Find(std::string_view name_or_alias) const {
  for (const Option& option : options_) {
    if (option.name == name_or_alias ||
        std::find(option.doc.aliases.begin(), option.doc.aliases.end(), name_or_alias) != option.doc.aliases.end()) {
      return &option;
    }
  }
  return nullptr;
}

bool OptionTable::given(std::string_view name) const {
  const Option* option = Find(name);
  return option != nullptr && option->given;
}

nlohmann::ordered_json OptionTable::ToJson() const {
  nlohmann::ordered_json result = nlohmann::ordered_json::object();
  for (const Option& option : options_) {
    result[option.name] = {{"value", option.json()}, {"given", option.given}};
  }
  return result;
}

nlohmann::ordered_json OptionTable::FingerprintJson() const {
  nlohmann::ordered_json result = nlohmann::ordered_json::object();
  for (const Option& option : options_) {
    if (option.doc.affects_output) result[option.name] = option.json();
  }
  return result;
}

}  // namespace dhs
