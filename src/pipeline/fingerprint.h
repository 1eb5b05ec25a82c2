// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "dhs/option_table.h"
#include "stage/stage.h"

namespace dhs::pipeline {

/// What decides whether two runs of a stage must give the same bytes: SHA-256 (64 hexadecimal digits) over the stage's
/// name, the output format's version, every option with `affects_output` that is no path (path_option.h) and every
/// input. An input is told by its SHA-256 where the plan has one, else by path, size, modification time and, from a web
/// server, ETag. The order of inputs counts.
std::string Fingerprint(std::string_view stage, const OptionTable& options, const std::vector<StageInput>& inputs);

/// One object per input, as `_stage_config.json` keeps them.
nlohmann::ordered_json InputsToJson(const std::vector<StageInput>& inputs);

/// Says, one difference a line, how the run recorded in `stored` (a `_stage_config.json`) differs from the present one:
/// "option max-ebv: was 0.12, now 0.1", "input bricks b.fits: contents changed". At most `max_lines`, the last one
/// saying how many more there are. Never empty: fingerprints that differ for no visible reason are said to.
std::vector<std::string> Differences(const nlohmann::ordered_json& stored, const OptionTable& options,
                                     const std::vector<StageInput>& inputs, size_t max_lines = 8);

}  // namespace dhs::pipeline
