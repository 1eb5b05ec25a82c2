// SPDX-License-Identifier: Apache-2.0
#include "compact/options.h"

#include <fmt/format.h>

namespace dhs::compact {

void Bind(CompactOptions& options, OptionTable& table) {
  table.Text(
      "output", &options.output,
      {.doc = "Root directory of all results", .placeholder = "OUT", .aliases = {"output-s3"}, .required = true});
  table.Text("variant", &options.variant,
             {.doc = "LRG variant of the catalog: rows that fail it are dropped and counted", .placeholder = "NAME"});
  table.Text("input", &options.input,
             {.doc = "Compact this parent catalog, in whatever number of files, partitioned by region_split or by "
                     "region_split and region_id, instead of OUT/phase3c/VARIANT/parent_union_parquet",
              .placeholder = "DIR"});
  table.Integer("num-partitions", &options.num_partitions,
                {.doc = fmt::format("Write about this many files a split; fewer where a file would hold less than {} "
                                    "rows",
                                    kMinRowsPerFile),
                 .unit = "files",
                 .min = 1,
                 .max = 100000});
}

}  // namespace dhs::compact
