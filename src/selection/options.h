// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dhs/option_table.h"
#include "photometry/variant.h"

namespace dhs::selection {

struct SelectionOptions {
  std::string output;
  std::string variant = std::string(photometry::kDefaultVariantName);
  std::string regions;         ///< folder of stage 3a; empty = {output}/phase3a/{variant}
  std::string ranking_config;  ///< empty = ranking_modes, k_top and k_stratified apply
  std::vector<std::string> ranking_modes = {"n_lrg", "density", "area_weighted", "psf_weighted"};
  int64_t k_top = 100;
  int64_t k_stratified = 0;
  bool emit_balanced_stratified = true;
  std::vector<double> strata_quantiles = {0.0, 0.5, 0.9, 1.0};
  std::vector<double> strata_weights = {0.2, 0.4, 0.4};
  std::vector<std::string> exclude_splits;
};

void Bind(SelectionOptions& options, OptionTable& table);

}  // namespace dhs::selection
