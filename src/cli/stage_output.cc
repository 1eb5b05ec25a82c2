// SPDX-License-Identifier: Apache-2.0
#include "cli/stage_output.h"

#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace dhs::cli {

namespace {

std::string JsonLine(std::string_view stage, const pipeline::StageOutcome& outcome) {
  nlohmann::ordered_json figures = nlohmann::ordered_json::object();
  for (const Figure& figure : outcome.report.figures) figures[figure.name] = figure.value;
  const nlohmann::ordered_json line = {{"stage", stage},
                                       {"action", pipeline::ActionName(outcome.action)},
                                       {"reason", outcome.reason},
                                       {"output", outcome.output_dir},
                                       {"seconds", outcome.seconds},
                                       {"rows_read", outcome.report.rows_read},
                                       {"bytes_read", outcome.report.bytes_read},
                                       {"figures", std::move(figures)}};
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string TextOf(std::string_view stage, const pipeline::StageOutcome& outcome) {
  if (outcome.action != pipeline::StageAction::kSkip) {
    std::string text = outcome.report.account;
    if (!text.empty() && text.back() != '\n') text += '\n';
    return text + fmt::format("{}: wrote {} in {:.2f} s\n", stage, outcome.output_dir, outcome.seconds);
  }
  std::string text = fmt::format("{}: skipped: {}; --force makes it again\n", stage, outcome.reason);
  for (const Figure& figure : outcome.report.figures) text += fmt::format("  {}: {}\n", figure.name, figure.value);
  return text + fmt::format("  output: {}\n", outcome.output_dir);
}

}  // namespace

void PrintOutcome(Log& log, std::string_view stage, const pipeline::StageOutcome& outcome) {
  log.Account(log.format() == LogFormat::kJson ? JsonLine(stage, outcome) : TextOf(stage, outcome));
  for (const std::string& warning : outcome.report.warnings) log.Warning(warning);
}

ExitCode ExitCodeOfReport(const StageReport& report) {
  if (report.check_failed) return ExitCode::kCheckFailed;
  return report.something_skipped ? ExitCode::kData : ExitCode::kOk;
}

}  // namespace dhs::cli
