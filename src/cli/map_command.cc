// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "cli/command.h"
#include "map/map.h"
#include "map/options.h"

namespace dhs::cli {

namespace {

class MapCommand : public Command {
 public:
  std::string_view name() const override { return "map"; }
  std::string_view summary() const override {
    return "Draw a sky map of the regions by split, or of any column of a brick table";
  }
  std::string_view example() const override { return "dhs map --output OUT --out regions.svg"; }
  void BindOptions(OptionTable& options) override { map::Bind(options_, options); }

  Result<ExitCode> Run(Invocation& invocation) override {
    ARROW_ASSIGN_OR_RAISE(const std::string account, map::WriteMap(*invocation.storage, options_));
    invocation.log.Account(account);
    return ExitCode::kOk;
  }

 private:
  map::MapOptions options_;
};

}  // namespace

std::unique_ptr<Command> MakeMapCommand() { return std::make_unique<MapCommand>(); }

}  // namespace dhs::cli
