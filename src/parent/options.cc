// SPDX-License-Identifier: Apache-2.0
#include "parent/options.h"

#include <fmt/format.h>

namespace dhs::parent {

void Bind(ParentOptions& options, OptionTable& table) {
  table.Text(
      "output", &options.output,
      {.doc = "Root directory of all results", .placeholder = "OUT", .aliases = {"output-s3"}, .required = true});
  table.Text("variant", &options.variant,
             {.doc = "LRG variant: rows whose flag of it is true make the catalog", .placeholder = "NAME"});
  table.Text("release", &options.release,
             {.doc = "Data release: the scan OUT/scan/NAME gives the candidates", .placeholder = "NAME"});
  table.Text("candidates", &options.candidates,
             {.doc = "Take the candidates of this scan (its directory, or the candidates/ in it) instead of OUT's own",
              .placeholder = "DIR"});
  scan::BindSweepSource(options.sweeps, table);
  table.Text("selections", &options.selections,
             {.doc = "Take the region selections from this directory instead of OUT/phase3b/VARIANT",
              .placeholder = "DIR",
              .aliases = {"region-selection-s3"}});
  table.Text("parent-output-mode", &options.mode,
             {.doc = "Each LRG once, or once for each selection set that holds its region, with selection_set_id and "
                     "region_rank",
              .choices = {"union", kPerSelectionSet}});
  table.Text("partition-by", &options.partition_by,
             {.doc = "Folders of the catalog; with region_id the many small ones of the earlier system",
              .choices = {"region_split", kSplitAndRegion}});
  table.TextList(
      "only-selection-sets", &options.only_selection_sets,
      {.doc = "Take the regions of these selection sets alone, e.g. topk_density_k100", .placeholder = "LIST"});
  table.TextList("exclude-splits", &options.exclude_splits,
                 {.doc = "Leave out the regions of these splits", .choices = {"train", "val", "test"}});
  table.Integer("max-selected-regions", &options.max_selected_regions,
                {.doc = "Take the first so many regions by name of their split, then id; 0 = no limit",
                 .unit = "regions",
                 .min = 0});
  table.Integer("max-selected-bricks", &options.max_selected_bricks,
                {.doc = "Stop before reading candidates if more bricks than this are selected; 0 = no limit",
                 .unit = "bricks",
                 .min = 0});
  table.Integer("output-partitions", &options.output_partitions,
                {.doc = "Write so many files into each folder; 0 = one for every 500,000 rows",
                 .unit = "files",
                 .min = 0,
                 .max = 100'000});
}

Status Check(const ParentOptions& options, const OptionTable& table) {
  if (!options.sweeps.sweep_index.empty()) {
    if (table.given("candidates")) {
      return UsageError("--candidates and --sweep-index name two sources of the same rows; give one of them");
    }
    return Status::OK();
  }
  for (const char* name : {"on-missing", "on-bad-sweep", "use-mw-correction", "emit-mw-corrected-mags", "extra-columns",
                           "photo-z", "ra-min", "ra-max", "dec-min", "dec-max"}) {
    if (!table.given(name)) continue;
    return UsageError(
        fmt::format("--{} is about reading sweeps: give --sweep-index with it, or give it to `dhs scan`, "
                    "whose candidates are read here",
                    name));
  }
  return Status::OK();
}

}  // namespace dhs::parent
