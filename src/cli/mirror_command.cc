// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "cli/command.h"
#include "cli/progress_line.h"
#include "mirror/mirror.h"
#include "mirror/options.h"

namespace dhs::cli {

namespace {

class MirrorCommand : public Command {
 public:
  std::string_view name() const override { return "mirror"; }
  std::string_view summary() const override { return "Bring the sweeps of an index to this machine, verified"; }
  std::string_view example() const override {
    return "dhs mirror --sweep-index urls.txt --to sweeps --sha256 legacysurvey_dr10_south_sweep_10.1.sha256sum";
  }
  CommonGroup common_group() const override { return CommonGroup::kWork; }
  void BindOptions(OptionTable& options) override { mirror::Bind(options_, options); }

  Result<ExitCode> Run(Invocation& invocation) override {
    ARROW_ASSIGN_OR_RAISE(const auto workshop,
                          Workshop::Open(invocation.common, {}, invocation.storage, invocation.stop));
    mirror::MirrorReport report;
    {
      const ProgressLine progress("mirror", *workshop->context().progress, invocation.log);
      ARROW_ASSIGN_OR_RAISE(report, mirror::MirrorSweeps(workshop->context(), options_));
    }
    invocation.log.Account(report.account);
    if (report.num_unreachable > 0) return ExitCode::kEnvironment;
    return report.num_failed > 0 ? ExitCode::kData : ExitCode::kOk;
  }

 private:
  mirror::MirrorOptions options_;
};

}  // namespace

std::unique_ptr<Command> MakeMirrorCommand() { return std::make_unique<MirrorCommand>(); }

}  // namespace dhs::cli
