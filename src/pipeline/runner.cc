// SPDX-License-Identifier: Apache-2.0
#include "pipeline/runner.h"

#include <chrono>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "dhs/version.h"
#include "io/files.h"
#include "io/staging.h"
#include "io/url.h"
#include "pipeline/fingerprint.h"
#include "pipeline/json_fields.h"

namespace dhs::pipeline {

namespace {

using Json = nlohmann::ordered_json;

// Long enough that two fingerprints never meet, short enough for a file name.
constexpr size_t kStagingKeyDigits = 16;

// Finished parts are used again by the program that made them only: another version may make other bytes.
std::string StagingKey(const std::string& fingerprint) {
  return io::Sha256Hex(fmt::format("{} {} {}", fingerprint, Version(), Commit())).substr(0, kStagingKeyDigits);
}

// Where io::Staging keeps the parts of a killed attempt.
std::string StagingPath(const std::string& output_dir, const std::string& fingerprint) {
  return io::JoinPath(io::ParentPath(output_dir),
                      fmt::format(".{}.staging-{}", io::BaseName(output_dir), StagingKey(fingerprint)));
}

std::string UtcNow() {
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
}

// The stored configuration of an output, null when there is none.
Result<Json> StoredConfig(Storage& storage, const std::string& directory) {
  const std::string path = io::JoinPath(directory, kStageConfigFile);
  ARROW_ASSIGN_OR_RAISE(const FileInfo info, storage.Stat(path));
  if (info.kind != FileKind::kFile) return Json();
  ARROW_ASSIGN_OR_RAISE(Json stored, io::ReadJson(storage, path));
  if (!stored.is_object()) {
    return DataError({.path = path}, "expected a JSON object; the file was changed since it was written");
  }
  return stored;
}

StageReport ReportFromJson(const Json& stored) {
  StageReport report;
  const Json result = MemberAt(stored, "result");
  for (const Json& figure : MemberAt(result, "figures")) {
    report.figures.push_back({TextAt(figure, "name"), TextAt(figure, "value")});
  }
  for (const Json& warning : MemberAt(result, "warnings")) {
    if (warning.is_string()) report.warnings.push_back(warning.get<std::string>());
  }
  report.rows_read = IntegerAt(result, "rows_read");
  report.bytes_read = IntegerAt(result, "bytes_read");
  report.something_skipped = BoolAt(result, "something_skipped");
  report.check_failed = BoolAt(result, "check_failed");
  return report;
}

Json ResultJson(const StageReport& report) {
  Json figures = Json::array();
  for (const Figure& figure : report.figures) figures.push_back({{"name", figure.name}, {"value", figure.value}});
  return {{"figures", std::move(figures)},
          {"warnings", report.warnings},
          {"rows_read", report.rows_read},
          {"bytes_read", report.bytes_read},
          {"something_skipped", report.something_skipped},
          {"check_failed", report.check_failed}};
}

std::string BlockedByForeignFiles(const std::string& output_dir) {
  return fmt::format(
      "{} exists and holds files that dhs did not make (there is no {}); name another --output, or give --force to "
      "replace the whole folder",
      output_dir, kStageConfigFile);
}

std::string BlockedByOtherRun(const std::string& output_dir, const std::vector<std::string>& differences) {
  return fmt::format(
      "{} is complete but was made differently:\n  {}\nGive --force to make it again, or another --output (or "
      "--release, --variant) to keep both",
      output_dir, fmt::join(differences, "\n  "));
}

// Before anything is read, not when it is to be written.
Status CheckOutputIsLocal(const OptionTable& options) {
  const Option* output = options.Find("output");
  const std::string root = output == nullptr ? "" : TextAt(MemberAt(options.ToJson(), "output"), "value");
  if (!io::IsUrl(root)) return Status::OK();
  return UsageError(fmt::format("--output: '{}' is a URL; name a folder of this machine", root));
}

// Looks at the final name; `decision` has its plan and fingerprint already.
Status LookAtOutput(Storage& storage, const OptionTable& options, const RunSettings& settings,
                    StageDecision* decision) {
  const std::string& output_dir = decision->plan.output_dir;
  const auto conclude = [decision](StageAction action, std::string reason) {
    decision->action = action;
    decision->reason = std::move(reason);
    return Status::OK();
  };
  ARROW_ASSIGN_OR_RAISE(const FileInfo info, storage.Stat(output_dir));
  if (info.kind == FileKind::kFile) {
    return conclude(StageAction::kBlocked,
                    fmt::format("{} is a file, but the output is a folder; name another --output", output_dir));
  }
  if (info.kind == FileKind::kNone) {
    ARROW_ASSIGN_OR_RAISE(const FileInfo parts, storage.Stat(StagingPath(output_dir, decision->fingerprint)));
    if (parts.kind == FileKind::kDirectory) {
      return conclude(StageAction::kResume, "an earlier attempt did not finish; its finished parts are used");
    }
    return conclude(StageAction::kMake, "there is no output yet");
  }
  if (settings.force) return conclude(StageAction::kRemake, "--force: the output that is there is replaced");
  ARROW_ASSIGN_OR_RAISE(const bool complete, io::IsComplete(storage, output_dir));
  ARROW_ASSIGN_OR_RAISE(const Json stored, StoredConfig(storage, output_dir));
  if (stored.is_null()) {
    ARROW_ASSIGN_OR_RAISE(const auto entries, storage.List(output_dir, /*recursive=*/false));
    if (entries.empty()) return conclude(StageAction::kMake, "there is no output yet");
    return conclude(StageAction::kBlocked, BlockedByForeignFiles(output_dir));
  }
  if (!complete) return conclude(StageAction::kRemake, "the output that is there is not complete (no _SUCCESS)");
  if (TextAt(stored, "fingerprint") != decision->fingerprint) {
    return conclude(StageAction::kBlocked,
                    BlockedByOtherRun(output_dir, Differences(stored, options, decision->plan.inputs)));
  }
  if (!settings.skip_if_exists) {
    return conclude(StageAction::kRemake, "--skip-if-exists 0: the output that is there is replaced");
  }
  return conclude(StageAction::kSkip, "complete already, with the same parameters and inputs");
}

Json StageConfigJson(const Stage& stage, const OptionTable& options, const RunContext& context,
                     const RunSettings& settings, const StageDecision& decision, const StageReport& report,
                     double seconds) {
  Json measured = {{"seconds", seconds}};
  if (report.measured.is_object()) measured.update(report.measured);
  return {{"stage", stage.name()},
          {"written_utc", UtcNow()},
          {"dhs_version", Version()},
          {"dhs_commit", Commit()},
          {"output_format", kOutputFormatVersion},
          {"fingerprint", decision.fingerprint},
          {"parameters", options.ToJson()},
          {"idempotency", {{"skip_if_exists", settings.skip_if_exists}, {"force", settings.force}}},
          {"execution", {{"threads", context.num_threads}, {"memory_bytes", context.memory->total_bytes()}}},
          {"inputs", InputsToJson(decision.plan.inputs)},
          {"definitions", report.definitions},
          {"result", ResultJson(report)},
          {"measured", std::move(measured)}};
}

// The account, then the warnings that the command line showed beside it.
std::string ReportText(const StageReport& report) {
  std::string text = report.account;
  if (!text.empty() && text.back() != '\n') text += '\n';
  for (const std::string& warning : report.warnings) text += fmt::format("Warning: {}\n", warning);
  return text;
}

Result<StageOutcome> SkippedOutcome(Storage& storage, const StageDecision& decision) {
  ARROW_ASSIGN_OR_RAISE(const Json stored, StoredConfig(storage, decision.plan.output_dir));
  return StageOutcome{decision.action, decision.reason, decision.plan.output_dir, ReportFromJson(stored), 0};
}

}  // namespace

std::string_view ActionName(StageAction action) {
  switch (action) {
    case StageAction::kMake:
      return "make";
    case StageAction::kResume:
      return "resume";
    case StageAction::kRemake:
      return "remake";
    case StageAction::kSkip:
      return "skip";
    case StageAction::kBlocked:
      return "stop";
  }
  return "";
}

Result<StageDecision> Decide(Stage& stage, const OptionTable& options, RunContext& context,
                             const RunSettings& settings) {
  ARROW_RETURN_NOT_OK(options.CheckRequired());
  ARROW_RETURN_NOT_OK(CheckOutputIsLocal(options));
  StageDecision decision;
  ARROW_ASSIGN_OR_RAISE(decision.plan, stage.Plan(context));
  decision.fingerprint = Fingerprint(stage.name(), options, decision.plan.inputs);
  ARROW_RETURN_NOT_OK(LookAtOutput(*context.storage, options, settings, &decision));
  return decision;
}

Result<StageOutcome> RunStage(Stage& stage, const OptionTable& options, RunContext& context,
                              const RunSettings& settings) {
  const auto start = std::chrono::steady_clock::now();
  context.progress->Reset();
  ARROW_ASSIGN_OR_RAISE(StageDecision decision, Decide(stage, options, context, settings));
  if (decision.action == StageAction::kBlocked) return UsageError(decision.reason);
  Storage& storage = *context.storage;
  if (decision.action == StageAction::kSkip) {
    ARROW_RETURN_NOT_OK(io::RemoveLeftovers(storage, decision.plan.output_dir));
    return SkippedOutcome(storage, decision);
  }

  ARROW_ASSIGN_OR_RAISE(const auto staging,
                        io::Staging::Open(context.storage, decision.plan.output_dir, StagingKey(decision.fingerprint)));
  // Another process may have published between the decision and the lock; Open may have put an older output back.
  StageDecision locked = decision;
  ARROW_RETURN_NOT_OK(LookAtOutput(storage, options, settings, &locked));
  if (locked.action == StageAction::kSkip) {
    ARROW_RETURN_NOT_OK(storage.Remove(staging->path()));
    return SkippedOutcome(storage, locked);
  }
  if (locked.action == StageAction::kBlocked) return UsageError(locked.reason);

  ARROW_RETURN_NOT_OK(context.stop.Check());
  ARROW_ASSIGN_OR_RAISE(StageReport report, stage.Run(context, staging->path()));
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const auto inside = [&staging](const char* name) { return io::JoinPath(staging->path(), name); };
  ARROW_RETURN_NOT_OK(io::WriteJson(storage, inside(kManifestFile), report.manifest));
  ARROW_RETURN_NOT_OK(io::WriteFile(storage, inside(kReportFile), ReportText(report)));
  ARROW_RETURN_NOT_OK(io::WriteJson(storage, inside(kStageConfigFile),
                                    StageConfigJson(stage, options, context, settings, decision, report, seconds)));
  ARROW_RETURN_NOT_OK(context.stop.Check());
  ARROW_RETURN_NOT_OK(staging->Publish());
  return StageOutcome{decision.action, decision.reason, decision.plan.output_dir, std::move(report),
                      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()};
}

}  // namespace dhs::pipeline
