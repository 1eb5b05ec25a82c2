// SPDX-License-Identifier: Apache-2.0
#include "selection/options.h"

namespace dhs::selection {

void Bind(SelectionOptions& options, OptionTable& table) {
  table.Text("output", &options.output,
             {.doc = "Root of all outputs; the stage writes {output}/phase3b/{variant}",
              .placeholder = "DIR",
              .aliases = {"output-s3"},
              .required = true});
  table.Text("variant", &options.variant, {.doc = "LRG variant whose density makes the strata", .placeholder = "NAME"});
  table.Text("regions", &options.regions,
             {.doc = "Output folder of dhs regions; empty = {output}/phase3a/{variant}", .placeholder = "DIR"});
  table.Text("ranking-config", &options.ranking_config,
             {.doc = "Selections to make, as mode:k_top:k_strat,... with the modes n_lrg, density, area_weighted, "
                     "psf_weighted; empty = --ranking-modes, --k-top and --k-stratified apply",
              .placeholder = "LIST"});
  table.TextList("ranking-modes", &options.ranking_modes,
                 {.doc = "Modes when there is no --ranking-config", .placeholder = "LIST"});
  table.Integer("k-top", &options.k_top,
                {.doc = "Best regions of each split and mode when there is no --ranking-config",
                 .unit = "regions",
                 .min = 0,
                 .max = 1e9});
  table.Integer("k-stratified", &options.k_stratified,
                {.doc = "Regions of each split and mode spread over the density bins when there is no --ranking-config",
                 .unit = "regions",
                 .min = 0,
                 .max = 1e9});
  table.Switch("emit-balanced-stratified", &options.emit_balanced_stratified,
               {.doc = "Also make stratified sets with equal weights"});
  table.NumberList("strata-quantiles", &options.strata_quantiles,
                   {.doc = "Quantiles of the regions' density that are the edges of the bins; 0 and 1 are added",
                    .placeholder = "LIST"});
  table.NumberList("strata-weights", &options.strata_weights,
                   {.doc = "Share of each density bin in the custom stratified sets", .placeholder = "LIST"});
  table.TextList("exclude-splits", &options.exclude_splits,
                 {.doc = "Splits from which nothing is selected", .placeholder = "LIST"});
}

}  // namespace dhs::selection
