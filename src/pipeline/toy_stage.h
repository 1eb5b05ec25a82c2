// SPDX-License-Identifier: Apache-2.0
// For tests only: the smallest stage that does all a stage does.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "io/files.h"
#include "stage/stage.h"

namespace dhs::pipeline {

/// Doubles the number in its input file. What happens in Run can be changed from outside.
class ToyStage : public Stage {
 public:
  std::string output;
  std::string input;
  double factor = 2;
  int64_t chunk = 10;
  std::string stage_name = "toy";
  int num_runs = 0;
  bool found_part = false;  ///< Run found the part that an attempt before it had finished
  std::function<Status()> before_end = [] { return Status::OK(); };
  std::function<void(StageReport&)> change_report = [](StageReport&) {};

  std::string_view name() const override { return stage_name; }
  std::string_view summary() const override { return "Double a number"; }
  std::string_view example() const override { return "dhs toy --input n.txt --output out"; }
  void BindOptions(OptionTable& table) override {
    table.Text("output", &output, {.doc = "Root", .placeholder = "OUT", .required = true});
    table.Text("input", &input, {.doc = "A number", .placeholder = "FILE", .aliases = {"input-s3"}});
    table.Number("factor", &factor, {.doc = "Multiply by this", .min = 0});
    table.Integer("chunk", &chunk, {.doc = "Only speed", .affects_output = false});
  }
  Result<StagePlan> Plan(RunContext& context) override {
    StagePlan plan;
    plan.output_dir = io::JoinPath(output, stage_name);
    ARROW_ASSIGN_OR_RAISE(StageInput entry, FileInput(*context.storage, "number", input));
    plan.inputs.push_back(std::move(entry));
    plan.num_rows = 1;
    plan.makes = {"result.txt"};
    plan.notes = {"a note of the plan"};
    return plan;
  }
  Result<StageReport> Run(RunContext& context, const std::string& staging_dir) override {
    ++num_runs;
    Storage& storage = *context.storage;
    const std::string part = io::JoinPath(staging_dir, "part.txt");
    ARROW_ASSIGN_OR_RAISE(const FileInfo info, storage.Stat(part));
    found_part = info.kind == FileKind::kFile;
    ARROW_ASSIGN_OR_RAISE(const std::string text, io::ReadWholeFile(storage, input));
    ARROW_RETURN_NOT_OK(io::WriteFileAtomic(storage, part, text));
    ARROW_RETURN_NOT_OK(before_end());
    const double result = std::stod(text) * factor;
    ARROW_RETURN_NOT_OK(io::WriteFileAtomic(storage, io::JoinPath(staging_dir, "result.txt"), std::to_string(result)));
    context.progress->rows_done += 1;
    StageReport report;
    report.manifest = {{"result", result}};
    report.figures = {{"rows read", "1"}, {"result", std::to_string(result)}};
    report.account = "the result is " + std::to_string(result);
    report.rows_read = 1;
    change_report(report);
    return report;
  }
};

}  // namespace dhs::pipeline
