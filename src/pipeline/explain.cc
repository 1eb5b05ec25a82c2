// SPDX-License-Identifier: Apache-2.0
#include "pipeline/explain.h"

#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace dhs::pipeline {

namespace {

std::string Headline(const StageDecision& decision) {
  switch (decision.action) {
    case StageAction::kMake:
      return "would run: " + decision.reason;
    case StageAction::kResume:
      return "would go on: " + decision.reason;
    case StageAction::kRemake:
      return "would run again: " + decision.reason;
    case StageAction::kSkip:
      return "would be skipped: " + decision.reason;
    case StageAction::kBlocked:
      return "would stop: " + decision.reason;
  }
  return "";
}

// One line per role in the order of first appearance: many sweeps are told as a number and their bytes.
std::string InputLines(const std::vector<StageInput>& inputs) {
  struct Role {
    std::string name;
    std::string first_path;
    int64_t num_inputs = 0;
    int64_t size_bytes = 0;
  };
  std::vector<Role> roles;
  std::map<std::string, size_t> index;
  for (const StageInput& input : inputs) {
    const auto [found, is_new] = index.emplace(input.role, roles.size());
    if (is_new) roles.push_back({input.role, input.path});
    Role& role = roles[found->second];
    ++role.num_inputs;
    role.size_bytes += input.size_bytes;
  }
  std::string text;
  for (const Role& role : roles) {
    const std::string size = role.size_bytes > 0 ? fmt::format(" ({})", FormatBytes(role.size_bytes)) : "";
    const std::string more = role.num_inputs > 1 ? fmt::format(" and {} more", FormatCount(role.num_inputs - 1)) : "";
    text += fmt::format("  reads     {}: {}{}{}\n", role.name, role.first_path, more, size);
  }
  return text;
}

std::string Indented(std::string text) {
  for (size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 3)) text.insert(at + 1, "  ");
  return text;
}

}  // namespace

std::string ExplainText(std::string_view stage, const OptionTable& options, const StageDecision& decision) {
  std::string text = fmt::format("{}: {}\n", stage, Indented(Headline(decision)));
  text += InputLines(decision.plan.inputs);
  if (decision.plan.num_rows >= 0 || decision.plan.num_bytes >= 0) {
    std::string estimate;
    if (decision.plan.num_rows >= 0) estimate = FormatCount(decision.plan.num_rows) + " rows";
    if (decision.plan.num_bytes >= 0) {
      estimate += (estimate.empty() ? "" : ", ") + FormatBytes(decision.plan.num_bytes);
    }
    text += fmt::format("  amount    {}\n", estimate);
  }
  for (const Option& option : options.options()) {
    if (option.given) text += fmt::format("  option    --{} {}\n", option.name, option.text());
  }
  text += fmt::format("  output    {}\n", decision.plan.output_dir);
  for (const std::string& path : decision.plan.makes) text += fmt::format("  makes     {}\n", path);
  for (const std::string& note : decision.plan.notes) text += fmt::format("  note      {}\n", note);
  return text;
}

}  // namespace dhs::pipeline
