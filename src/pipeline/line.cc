// SPDX-License-Identifier: Apache-2.0
#include "pipeline/line.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "pipeline/explain.h"

namespace dhs::pipeline {

namespace {

constexpr size_t kAccountColumns = 100;
constexpr size_t kFigureIndent = 11;

Result<size_t> FindStage(std::string_view option, std::string_view name, const std::vector<BoundStage>& stages) {
  std::vector<std::string> names;
  for (size_t i = 0; i < stages.size(); ++i) {
    if (stages[i].name() == name) return i;
    names.emplace_back(stages[i].name());
  }
  return UsageError(fmt::format("--{}: '{}' is not a stage; the stages are {}.{}", option, name, fmt::join(names, ", "),
                                DidYouMean(name, names)));
}

std::string_view DoneWord(StageAction action) {
  switch (action) {
    case StageAction::kSkip:
      return "skipped";
    case StageAction::kResume:
      return "resumed";
    case StageAction::kRemake:
      return "remade";
    default:
      return "made";
  }
}

std::string Headline(const FinishedStage& stage) {
  const StageOutcome& outcome = stage.outcome;
  if (outcome.action == StageAction::kSkip) {
    return fmt::format("{:<9}  skipped: {}\n", stage.name, outcome.reason);
  }
  std::string line = fmt::format("{:<9}  {} in {:.2f} s", stage.name, DoneWord(outcome.action), outcome.seconds);
  const StageReport& report = outcome.report;
  if (report.rows_read > 0 && outcome.seconds > 0) {
    const auto per_second = [&](int64_t amount) {
      return static_cast<int64_t>(static_cast<double>(amount) / outcome.seconds);
    };
    line +=
        fmt::format(": {} rows, {} rows/s", FormatCount(report.rows_read), FormatCount(per_second(report.rows_read)));
    if (report.bytes_read > 0) {
      line += fmt::format(", {}, {}/s", FormatBytes(report.bytes_read), FormatBytes(per_second(report.bytes_read)));
    }
  }
  return line + "\n";
}

// "rows read 5, kept 3" broken at commas.
std::string FigureLines(const std::vector<Figure>& figures) {
  const std::string indent(kFigureIndent, ' ');
  std::string text, line;
  for (const Figure& figure : figures) {
    const std::string item = fmt::format("{} {}", figure.name, figure.value);
    if (!line.empty() && kFigureIndent + line.size() + 2 + item.size() > kAccountColumns) {
      text += indent + line + ",\n";
      line.clear();
    }
    line += (line.empty() ? "" : ", ") + item;
  }
  return line.empty() ? text : text + indent + line + "\n";
}

std::string FigureOf(const StageReport& report, std::string_view name) {
  for (const Figure& figure : report.figures) {
    if (figure.name == name) return figure.value;
  }
  return "";
}

// The books of the first stage that counts rejected rows: no row is lost in silence.
std::string BooksLine(const std::vector<FinishedStage>& finished) {
  for (const FinishedStage& stage : finished) {
    const StageReport& report = stage.outcome.report;
    const std::string rejected = FigureOf(report, "rows rejected");
    if (rejected.empty()) continue;
    return fmt::format("{:<9}  {} rows read = {} kept + {} rejected by cuts + {} bad\n", "books",
                       FigureOf(report, "rows read"), FigureOf(report, "rows kept"), rejected,
                       FigureOf(report, "bad rows"));
  }
  return "";
}

std::string LookNextLine(const FinishedStage& last) {
  const std::string& output = last.outcome.output_dir;
  if (last.name == "validate") return fmt::format("{:<9}  {}/validation_report.html\n", "look next", output);
  return fmt::format("{:<9}  dhs info {}\n", "look next", output);
}

}  // namespace

Status CutLine(std::string_view from, std::string_view to, std::vector<BoundStage>* stages) {
  size_t first = 0;
  size_t last = stages->size() - 1;
  if (!from.empty()) {
    ARROW_ASSIGN_OR_RAISE(first, FindStage("from", from, *stages));
  }
  if (!to.empty()) {
    ARROW_ASSIGN_OR_RAISE(last, FindStage("to", to, *stages));
  }
  if (first > last) return UsageError(fmt::format("--from {} comes after --to {}", from, to));
  stages->erase(stages->begin() + static_cast<ptrdiff_t>(last) + 1, stages->end());
  stages->erase(stages->begin(), stages->begin() + static_cast<ptrdiff_t>(first));
  return Status::OK();
}

Status RunLine(std::vector<BoundStage>& stages, RunContext& context, const RunSettings& settings,
               LineObserver& observer, std::vector<FinishedStage>* finished) {
  for (BoundStage& stage : stages) {
    const std::string name(stage.name());
    observer.StageBegins(name);
    Result<StageOutcome> outcome = RunStage(*stage.stage, *stage.options, context, settings);
    if (!outcome.ok()) return WithContext(outcome.status(), name);
    observer.StageEnded(name, *outcome);
    finished->push_back({name, *std::move(outcome)});
  }
  return Status::OK();
}

Result<std::string> ExplainLine(std::vector<BoundStage>& stages, RunContext& context, const RunSettings& settings) {
  std::string text;
  std::string first_made;  // the first stage of the line that would write something
  for (BoundStage& stage : stages) {
    Result<StageDecision> decision = Decide(*stage.stage, *stage.options, context, settings);
    if (!decision.ok()) {
      if (first_made.empty() || ExitCodeOf(decision.status()) != ExitCode::kData) {
        return WithContext(decision.status(), stage.name());
      }
      text += fmt::format("{}: waits for what {} makes\n  now       {}\n", stage.name(), first_made,
                          decision.status().message());
      continue;
    }
    text += ExplainText(stage.name(), *stage.options, *decision);
    const bool writes = decision->action != StageAction::kSkip && decision->action != StageAction::kBlocked;
    if (!first_made.empty() && !writes) {
      text += fmt::format("  note      this is so as things are now; what {} makes may change it\n", first_made);
    }
    if (writes && first_made.empty()) first_made = stage.name();
  }
  return text;
}

std::string LineAccount(const std::vector<FinishedStage>& finished) {
  std::string text;
  double seconds = 0;
  size_t num_warnings = 0;
  for (const FinishedStage& stage : finished) {
    text += Headline(stage) + FigureLines(stage.outcome.report.figures);
    seconds += stage.outcome.seconds;
    num_warnings += stage.outcome.report.warnings.size();
  }
  text += "\n" + BooksLine(finished);
  text += fmt::format("{:<9}  {:.2f} s\n", "total", seconds);
  if (num_warnings > 0) text += fmt::format("{:<9}  {}, in the _report.txt of the stages\n", "warnings", num_warnings);
  for (size_t i = 0; i < finished.size(); ++i) {
    text += fmt::format("{:<9}  {}\n", i == 0 ? "outputs" : "", finished[i].outcome.output_dir);
  }
  return finished.empty() ? text : text + LookNextLine(finished.back());
}

ExitCode LineExitCode(const std::vector<FinishedStage>& finished) {
  const auto any = [&finished](bool StageReport::* flag) {
    return std::any_of(finished.begin(), finished.end(), [flag](auto& stage) { return stage.outcome.report.*flag; });
  };
  if (any(&StageReport::check_failed)) return ExitCode::kCheckFailed;
  return any(&StageReport::something_skipped) ? ExitCode::kData : ExitCode::kOk;
}

}  // namespace dhs::pipeline
