// SPDX-License-Identifier: Apache-2.0
#include "pipeline/registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compact/compact_stage.h"
#include "parent/parent_stage.h"
#include "regions/regions_stage.h"
#include "scan/scan_stage.h"
#include "selection/select_stage.h"
#include "validate/validate_stage.h"

namespace dhs::pipeline {

namespace {

using Maker = std::unique_ptr<Stage> (*)();

constexpr Maker kMakers[] = {scan::MakeScanStage,     regions::MakeRegionsStage, selection::MakeSelectStage,
                             parent::MakeParentStage, compact::MakeCompactStage, validate::MakeValidateStage};

}  // namespace

std::vector<std::string> StageNames() {
  std::vector<std::string> names;
  for (const Maker make : kMakers) names.emplace_back(make()->name());
  return names;
}

Result<std::unique_ptr<Stage>> MakeStage(std::string_view name) {
  for (const Maker make : kMakers) {
    if (std::unique_ptr<Stage> stage = make(); stage->name() == name) return stage;
  }
  return UsageError(fmt::format("'{}' is not a stage; the stages are {}.{}", name, fmt::join(StageNames(), ", "),
                                DidYouMean(name, StageNames())));
}

std::vector<BoundStage> MakeAllStages() {
  std::vector<BoundStage> stages;
  for (const Maker make : kMakers) stages.emplace_back(make());
  return stages;
}

}  // namespace dhs::pipeline
