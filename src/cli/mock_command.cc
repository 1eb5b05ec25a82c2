// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "cli/command.h"
#include "cli/progress_line.h"
#include "mock/options.h"
#include "mock/parent_catalog.h"
#include "mock/survey.h"

namespace dhs::cli {

namespace {

class MockSurveyCommand : public Command {
 public:
  std::string_view name() const override { return "mock survey"; }
  std::string_view summary() const override {
    return "Make a realistic mock survey: sweeps, bricks file, index, checksums and the truth";
  }
  std::string_view example() const override { return "dhs mock survey --bricks 80 --seed 1 --out mock"; }
  CommonGroup common_group() const override { return CommonGroup::kWork; }
  void BindOptions(OptionTable& options) override { mock::Bind(options_, options); }

  Result<ExitCode> Run(Invocation& invocation) override {
    ARROW_RETURN_NOT_OK(mock::Check(options_));
    ARROW_ASSIGN_OR_RAISE(const auto workshop,
                          Workshop::Open(invocation.common, {}, invocation.storage, invocation.stop));
    mock::MockReport report;
    {
      const ProgressLine progress("mock survey", *workshop->context().progress, invocation.log);
      ARROW_ASSIGN_OR_RAISE(report, mock::WriteMockSurvey(workshop->context(), options_));
    }
    invocation.log.Account(report.account);
    return ExitCode::kOk;
  }

 private:
  mock::MockSurveyOptions options_;
};

class MockParentCommand : public Command {
 public:
  std::string_view name() const override { return "mock parent"; }
  std::string_view summary() const override {
    return "Make a parent catalog as the earlier system left it, with the size and the figures of the real one";
  }
  std::string_view example() const override { return "dhs mock parent --rows 1000000 --out mock"; }
  CommonGroup common_group() const override { return CommonGroup::kWork; }
  void BindOptions(OptionTable& options) override { mock::Bind(options_, options); }

  Result<ExitCode> Run(Invocation& invocation) override {
    ARROW_ASSIGN_OR_RAISE(const auto workshop,
                          Workshop::Open(invocation.common, {}, invocation.storage, invocation.stop));
    mock::MockReport report;
    {
      const ProgressLine progress("mock parent", *workshop->context().progress, invocation.log);
      ARROW_ASSIGN_OR_RAISE(report, mock::WriteMockParent(workshop->context(), options_));
    }
    invocation.log.Account(report.account);
    return ExitCode::kOk;
  }

 private:
  mock::MockParentOptions options_;
};

}  // namespace

std::unique_ptr<Command> MakeMockParentCommand() { return std::make_unique<MockParentCommand>(); }
std::unique_ptr<Command> MakeMockSurveyCommand() { return std::make_unique<MockSurveyCommand>(); }

}  // namespace dhs::cli
