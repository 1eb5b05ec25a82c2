// SPDX-License-Identifier: Apache-2.0
#include "mirror/options.h"

namespace dhs::mirror {

void Bind(MirrorOptions& options, OptionTable& table) {
  table.Text("sweep-index", &options.sweep_index,
             {.doc = "Bring the sweeps listed in this text file, one path or URL a line; the file may be a URL",
              .placeholder = "FILE",
              .aliases = {"sweep-index-s3"},
              .required = true});
  table.Text("to", &options.to,
             {.doc = "Directory to bring them to, each under its base name", .placeholder = "DIR", .required = true});
  table.Text(
      "sha256", &options.sha256,
      {.doc = "Verify each file against this list, as the survey has it beside its sweeps (*.sha256sum); path or "
              "URL",
       .placeholder = "FILE"});
}

}  // namespace dhs::mirror
