// SPDX-License-Identifier: Apache-2.0
#include "scan/options.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "catalog/columns.h"
#include "scan/candidate_table.h"

namespace dhs::scan {

namespace {

std::vector<std::string> VariantNames() {
  std::vector<std::string> names;
  for (const photometry::Variant& variant : photometry::BuiltinVariants()) names.push_back(variant.name);
  return names;
}

void BindOutput(ScanOptions& options, OptionTable& table) {
  table.Text("output", &options.output,
             {.doc = "Write below this root, into scan/RELEASE/",
              .placeholder = "DIR",
              .aliases = {"output-s3"},
              .required = true,
              .affects_output = false});
  table.Text("release", &options.release, {.doc = "Name the data release; a folder of the output is called so"});
}

void BindSweepList(ScanOptions& options, OptionTable& table, bool required) {
  table.Text("sweep-index", &options.sweep_index,
             {.doc = "Read the sweeps listed in this text file, one path or URL a line ('#' starts a comment line); "
                     "relative ones count from the file's folder; the file itself may be a URL",
              .placeholder = "FILE",
              .aliases = {"sweep-index-s3"},
              .required = required});
  table.Text("on-missing", &options.on_missing,
             {.doc = "Stop at a listed sweep that does not exist, or skip it, name it in the manifest and end with "
                     "exit code 3",
              .choices = {"error", "skip"}});
  table.Text("on-bad-sweep", &options.on_bad_sweep,
             {.doc = "Stop at a sweep that is truncated or corrupt, or skip it, name it in the manifest and end with "
                     "exit code 3",
              .choices = {"error", "skip"}});
}

void BindRows(ScanOptions& options, OptionTable& table) {
  table.Switch(
      "use-mw-correction", &options.use_mw_correction,
      {.doc = "Decide cuts and flags on magnitudes corrected for Galactic extinction; needs MW_TRANSMISSION_*"});
  table.Switch("emit-mw-corrected-mags", &options.emit_mw_corrected_mags,
               {.doc = "Fill the *_mw columns of the candidates; 0 leaves them null"});
  table.TextList("extra-columns", &options.extra_columns,
                 {.doc = "Carry these further scalar columns of the sweeps into the catalog, each under its lower-case "
                         "name and with its own type, e.g. RELEASE,EBV,PSFDEPTH_R",
                  .placeholder = "LIST"});
  table.Text(
      "photo-z", &options.photo_z,
      {.doc = "Join the photometric redshifts of the sweeps' companions, PREFIX/sweep-*-pz.fits, row by row, and "
              "carry them into the catalog under their lower-case names; -99 becomes null",
       .placeholder = "PREFIX"});
  table.Number("ra-min", &options.ra_min_deg,
               {.doc = "Keep sources with RA from here on (inclusive); above ra-max the range passes through RA 0",
                .unit = "deg",
                .min = 0.0,
                .max = 360.0});
  table.Number("ra-max", &options.ra_max_deg,
               {.doc = "Keep sources with RA up to here (inclusive)", .unit = "deg", .min = 0.0, .max = 360.0});
  table.Number("dec-min", &options.dec_min_deg,
               {.doc = "Keep sources with Dec from here on (inclusive)", .unit = "deg", .min = -90.0, .max = 90.0});
  table.Number("dec-max", &options.dec_max_deg,
               {.doc = "Keep sources with Dec up to here (inclusive)", .unit = "deg", .min = -90.0, .max = 90.0});
  table.Integer("chunk-size", &options.chunk_size,
                {.doc = "Hand out at most this many rows at a time to a thread",
                 .unit = "rows",
                 .min = 1,
                 .affects_output = false});
}

}  // namespace

void BindSweepSource(ScanOptions& options, OptionTable& table) {
  BindSweepList(options, table, /*required=*/false);
  BindRows(options, table);
}

void Bind(ScanOptions& options, OptionTable& table) {
  BindSweepList(options, table, /*required=*/true);
  BindOutput(options, table);
  table.Text("candidate-variant", &options.candidate_variant,
             {.doc = "Keep the sources that pass the cuts of this variant as candidates", .choices = VariantNames()});
  BindRows(options, table);
  table.Integer("sweep-partitions", &options.sweep_partitions,
                {.doc = "Cut the list of sweeps into this many tasks, done one after the other",
                 .min = 1,
                 .affects_output = false});
}

Status Check(const ScanOptions& options) {
  ARROW_RETURN_NOT_OK(photometry::FindVariant(options.candidate_variant).status());
  if (options.release.empty() || options.release.find('/') != std::string::npos || options.release.starts_with('.')) {
    return UsageError(fmt::format("--release: '{}' cannot be the name of a folder", options.release));
  }
  if (options.use_mw_correction && !options.emit_mw_corrected_mags) {
    return UsageError(
        "--use-mw-correction 1 decides on the corrected magnitudes, which --emit-mw-corrected-mags 0 leaves out: "
        "nobody "
        "could check the flags. Leave one of the two out");
  }
  std::set<std::string> extra;
  for (const std::string& name : options.extra_columns) {
    const std::string stored = ExtraColumnName(name);
    const auto& taken = catalog::ParentCompactTable().columns;
    if (std::find(taken.begin(), taken.end(), stored) != taken.end()) {
      return UsageError(fmt::format("--extra-columns: the catalog has a column '{}' already", stored));
    }
    if (!extra.insert(stored).second) return UsageError(fmt::format("--extra-columns: '{}' is named twice", stored));
  }
  if (options.dec_min_deg > options.dec_max_deg) {
    return UsageError(fmt::format("--dec-min {} is above --dec-max {}", options.dec_min_deg, options.dec_max_deg));
  }
  return Status::OK();
}

}  // namespace dhs::scan
