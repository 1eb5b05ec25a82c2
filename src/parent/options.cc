// SPDX-License-Identifier: Apache-2.0
#include "parent/options.h"

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
  table.Text("selections", &options.selections,
             {.doc = "Take the region selections from this directory instead of OUT/phase3b/VARIANT",
              .placeholder = "DIR",
              .aliases = {"region-selection-s3"}});
  table.TextList("exclude-splits", &options.exclude_splits,
                 {.doc = "Leave out the regions of these splits", .choices = {"train", "val", "test"}});
  table.Integer("max-selected-bricks", &options.max_selected_bricks,
                {.doc = "Stop before reading candidates if more bricks than this are selected; 0 = no limit",
                 .unit = "bricks",
                 .min = 0});
}

}  // namespace dhs::parent
