// SPDX-License-Identifier: Apache-2.0
#include "mock/options.h"

namespace dhs::mock {

void Bind(MockSurveyOptions& options, OptionTable& table) {
  table.Integer("bricks", &options.num_bricks,
                {.doc = "Spread this many bricks over several patches: one across RA 0, one far south, one at "
                        "Dec 32.375, others apart from them",
                 .unit = "bricks",
                 .min = 0,
                 .max = 300000});
  table.Text("footprint", &options.footprint,
             {.doc = "Take every brick whose centre lies in one of these boxes: RA1,RA2,DEC1,DEC2, more boxes after "
                     "';'; RA1 > RA2 goes through RA 0",
              .unit = "deg",
              .placeholder = "RA1,RA2,DEC1,DEC2[;...]"});
  table.Text("brick-list", &options.brick_list,
             {.doc = "Take the bricks named in the first column of this text or CSV file (gzip is told by content; a "
                     "header line is skipped)",
              .placeholder = "FILE"});
  table.Integer("seed", &options.seed, {.doc = "Seed of every random draw: same seed, same bytes", .min = 0});
  table.Text(
      "release", &options.release,
      {.doc = "Data release whose layout, file names and RELEASE numbers are used", .choices = {"dr8", "dr9", "dr10"}});
  table.Text(
      "out", &options.out,
      {.doc = "Directory to write to; files of an earlier mock are replaced", .placeholder = "DIR", .required = true});
  table.Switch("no-sweeps", &options.no_sweeps,
               {.doc = "Write the bricks file and brick counts drawn from the same model, but no sweeps"});
  table.Switch("hard-cases", &options.hard_cases,
               {.doc = "Also write DIR/hard-cases: one small file for each unusual or damaged kind of input"});
}

Status Check(const MockSurveyOptions& options) {
  const int given =
      (options.num_bricks > 0 ? 1 : 0) + (options.footprint.empty() ? 0 : 1) + (options.brick_list.empty() ? 0 : 1);
  if (given != 1) {
    return UsageError(given == 0
                          ? "mock survey needs one of --bricks N, --footprint RA1,RA2,DEC1,DEC2 and --brick-list "
                            "FILE, for example --bricks 80"
                          : "mock survey takes only one of --bricks, --footprint and --brick-list");
  }
  if (options.out.empty()) return UsageError("mock survey needs --out DIR");
  return Status::OK();
}

void Bind(MockParentOptions& options, OptionTable& table) {
  table.Integer("rows", &options.rows,
                {.doc = "LRGs of the catalog; the default is what the real one has. Bricks and regions follow from it",
                 .unit = "rows",
                 .min = 5'000,
                 .max = 19'687'747});
  table.Integer("files", &options.files,
                {.doc = "Parquet files of the catalog, at least one a region; 0 = as many as the earlier system left, "
                        "188,421 for the whole",
                 .unit = "files",
                 .min = 0,
                 .max = 250'000});
  table.Integer("seed", &options.seed, {.doc = "Seed of every random draw: same seed, same bytes", .min = 0});
  table.Text("out", &options.out,
             {.doc = "Root of the outputs, as --output of the stages; a mock that is there is replaced",
              .placeholder = "DIR",
              .required = true});
}

}  // namespace dhs::mock
