// SPDX-License-Identifier: Apache-2.0
#include "validate/options.h"

namespace dhs::validate {

void Bind(ValidateOptions& options, OptionTable& table) {
  table.Text(
      "output", &options.output,
      {.doc = "Root directory of all results", .placeholder = "OUT", .aliases = {"output-s3"}, .required = true});
  table.Text("variant", &options.variant,
             {.doc = "LRG variant of the catalog: every row must pass it", .placeholder = "NAME"});
  table.Text(
      "input", &options.input,
      {.doc = "Check this parent or compacted catalog, instead of the compacted one below OUT if it is complete, "
              "else the parent catalog below OUT",
       .placeholder = "DIR"});
}

}  // namespace dhs::validate
