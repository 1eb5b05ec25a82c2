// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "dhs/error.h"

namespace dhs {

/// What one option means. The command line, TOML files, help texts, docs/options.md and `_stage_config.json` are
/// all made from it.
struct OptionDoc {
  std::string doc;                 ///< one sentence, imperative, with null/NaN meaning where it matters
  std::string unit = {};           ///< "deg", "mag", "arcsec", "rows", "bytes"; empty = none
  std::string placeholder = {};    ///< for help: "FILE", "DIR", "LIST"; empty = made from the type
  std::optional<double> min = {};  ///< inclusive
  std::optional<double> max = {};  ///< inclusive
  std::vector<std::string> choices = {};
  std::vector<std::string> aliases = {};  ///< other accepted spellings, e.g. of the earlier system
  bool required = false;
  bool affects_output = true;  ///< false: only speed or memory; left out of the fingerprint
};

enum class OptionType { kNumber, kInteger, kSwitch, kText, kNumberList, kTextList };

/// One option bound to a field of a stage's options struct.
struct Option {
  std::string name;  ///< without dashes, e.g. "max-ebv"
  OptionType type;
  OptionDoc doc;
  std::string default_text;  ///< the field's value when it was bound
  bool given = false;
  std::function<Status(std::string_view)> set;  ///< parses, checks limits, stores; error names the option
  std::function<std::string()> text;            ///< the present value as it would be typed; round-trips exactly
  std::function<nlohmann::json()> json;
};

/// The options of one command, bound to fields that outlive the table. Not thread-safe.
/// Add an option by one call in the stage's `Bind`; nothing else has to know of it.
class OptionTable {
 public:
  void Number(std::string name, double* field, OptionDoc doc);
  void Integer(std::string name, int64_t* field, OptionDoc doc);
  /// 0 or 1 (also true/false); given bare it means 1.
  void Switch(std::string name, bool* field, OptionDoc doc);
  void Text(std::string name, std::string* field, OptionDoc doc);
  /// Comma-separated; spaces around items are ignored.
  void NumberList(std::string name, std::vector<double>* field, OptionDoc doc);
  void TextList(std::string name, std::vector<std::string>* field, OptionDoc doc);

  /// Sets by name or alias. Errors: UsageError for an unknown name (with the nearest ones), a value that does not
  /// parse, or one outside its limits (saying the limits and the value).
  Status Set(std::string_view name, std::string_view text);

  /// UsageError naming every required option that was not given.
  Status CheckRequired() const;

  const Option* Find(std::string_view name_or_alias) const;
  /// True if the option was set, not left at its default.
  bool given(std::string_view name) const;
  const std::vector<Option>& options() const { return options_; }

  /// {"max-ebv": {"value": 0.12, "given": false}, ...} in the order of binding.
  nlohmann::ordered_json ToJson() const;
  /// {"max-ebv": 0.12, ...}: only options with affects_output; what two runs must agree on.
  nlohmann::ordered_json FingerprintJson() const;

 private:
  void Add(Option option);
  std::vector<Option> options_;
};

}  // namespace dhs
