// SPDX-License-Identifier: Apache-2.0
#include "regions/options.h"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "regions/column_names.h"
#include "regions/tiling.h"

namespace dhs::regions {

namespace {

// In the order of SplitMethod.
constexpr std::array<const char*, 3> kMethodNames = {"hash", "brick", "balanced"};

void BindInputs(RegionsOptions& o, OptionTable& table) {
  table.Text("output", &o.output,
             {.doc = "Root of all outputs; the stage writes {output}/phase3a/{variant}",
              .placeholder = "DIR",
              .aliases = {"output-s3"},
              .required = true});
  table.Text("variant", &o.variant, {.doc = "LRG variant that the scores follow", .placeholder = "NAME"});
  table.Text("release", &o.release, {.doc = "Release whose scan is read when --counts is not given"});
  table.Text("counts", &o.counts,
             {.doc = "Brick counts: Parquet, FITS or CSV; empty = {output}/scan/{release}/brick_counts.parquet",
              .placeholder = "FILE",
              .aliases = {"phase2-results-s3"}});
  table.Text("bricks", &o.bricks,
             {.doc = "Survey bricks file with the quality columns: FITS (plain or gzip), Parquet or CSV",
              .placeholder = "FILE",
              .aliases = {"bricks-fits-s3"},
              .required = true});
  table.TextList(
      "bricks-fits-columns", &o.bricks_columns,
      {.doc = "Columns to take from the bricks file; empty = every known one that is there", .placeholder = "LIST"});
}

void BindQuality(RegionsOptions& o, OptionTable& table) {
  table.Number("max-ebv", &o.quality.max_ebv_mag,
               {.doc = "Keep bricks with ebv at most this; null fails", .unit = "mag", .min = 0.0});
  table.Number("max-psf-r-arcsec", &o.quality.max_psf_r_arcsec,
               {.doc = "Keep bricks with psfsize_r at most this; null fails", .unit = "arcsec", .min = 0.0});
  table.Number(
      "min-psfdepth-r", &o.quality.min_psfdepth_r_mag,
      {.doc = "Keep bricks with psfdepth_r at least this; null fails", .unit = "mag", .min = 0.0, .max = 40.0});
}

void BindRegions(RegionsOptions& o, OptionTable& table) {
  table.Text("adjacency", &o.adjacency,
             {.doc = "How neighbours are found: grid = centres close to each other (the three options below; no cos "
                     "Dec, breaks at RA 0), tessellation = bricks that share an edge by their true bounds",
              .choices = {kGridAdjacency, kTessellationAdjacency}});
  table.Number("adj-cell-size", &o.grid.cell_deg,
               {.doc = "Size of the buckets in RA and Dec within which neighbours are sought",
                .unit = "deg",
                .min = 0.01,
                .max = 5.0});
  table.Number("adj-dec-eps", &o.grid.dec_eps_deg,
               {.doc = "Greatest distance in Dec of adjacent brick centres", .unit = "deg", .min = 0.0});
  table.Number("adj-ra-eps", &o.grid.ra_eps_deg,
               {.doc = "Greatest distance in RA of adjacent brick centres, the shorter way round, without cos Dec",
                .unit = "deg",
                .min = 0.0});
  table.Text("tiling", &o.tiling,
             {.doc = "Cut components larger than a limit into compact connected tiles, which then are the regions: "
                     "none, healpix:NSIDE (the limit is a pixel) or area:DEG2 (the limit in square degrees)",
              .placeholder = "TILING"});
}

void BindSplit(RegionsOptions& o, OptionTable& table) {
  table.Text("split", &o.split.method,
             {.doc = "How splits are assigned: by the hash of a region's number, by the hash of each brick's name, or "
                     "such that the areas meet their fractions and the conditions are alike",
              .choices = {kMethodNames.begin(), kMethodNames.end()}});
  table.Text("split-from", &o.split.from,
             {.doc = "Keep an earlier assignment for the regions (with --split brick: the bricks) that have one: the "
                     "folder of an earlier stage 3a, or a table of brickname and split",
              .placeholder = "FILE"});
  table.Integer("split-seed", &o.split.seed,
                {.doc = "Seed of the hash that decides splits; varies a balanced split as well",
                 .min = std::numeric_limits<int32_t>::min(),
                 .max = std::numeric_limits<int32_t>::max()});
  table.Number("test-frac", &o.split.test_frac,
               {.doc = "Fraction in test: of regions; with --split brick of bricks, with balanced of area",
                .min = 0.0,
                .max = 1.0});
  table.Number("val-frac", &o.split.val_frac, {.doc = "Fraction in val, likewise", .min = 0.0, .max = 1.0});
  table.Number("split-buffer-deg", &o.split_buffer_deg,
               {.doc = "Put bricks closer than this to a brick of another split into the buffer, which is in no split; "
                       "great-circle distance between the areas of the bricks; 0 = no buffer",
                .unit = "deg",
                .min = 0.0,
                .max = kMaxSplitBufferDeg});
}

void BindScores(RegionsOptions& o, OptionTable& table) {
  table.Switch(
      "what-if", &o.what_if,
      {.doc = "Compare ways to split (hash, brick, balanced; tiles of several sizes; buffers) in one table and "
              "write nothing",
       .affects_output = false});
  table.Number("psf-ref", &o.score.psf_ref_arcsec,
               {.doc = "PSF size at which w_psf starts to fall below 1", .unit = "arcsec"});
  table.Number("psf-sigma", &o.score.psf_sigma_arcsec,
               {.doc = "PSF size over which w_psf falls by a factor e", .unit = "arcsec", .min = 1e-6});
  table.Number("depth-ref", &o.score.depth_ref_mag, {.doc = "Depth in r at which w_depth is 1/2", .unit = "mag"});
  table.Number("depth-sigma", &o.score.depth_sigma_mag,
               {.doc = "Width of the rise of w_depth", .unit = "mag", .min = 1e-6});
  table.Number("ebv-k", &o.score.ebv_k, {.doc = "Slope of w_ebv = exp(-k ebv)", .unit = "1/mag"});
  table.Number("area-weighted-alpha", &o.score.area_weighted_alpha,
               {.doc = "Exponent of the area in score_area_weighted"});
}

// The quality cuts cannot do without their columns.
Status CheckBricksColumns(const std::vector<std::string>& columns) {
  if (columns.empty()) return Status::OK();
  std::vector<std::string> left_out;
  for (const char* needed : {"ebv", "psfsize_r", "psfdepth_r"}) {
    const bool taken =
        std::any_of(columns.begin(), columns.end(), [&](const std::string& name) { return ToLower(name) == needed; });
    if (!taken) left_out.emplace_back(needed);
  }
  if (left_out.empty()) return Status::OK();
  return UsageError(
      fmt::format("--bricks-fits-columns leaves out {}, which the quality cuts need", fmt::join(left_out, ", ")));
}

}  // namespace

void Bind(RegionsOptions& options, OptionTable& table) {
  BindInputs(options, table);
  BindQuality(options, table);
  BindRegions(options, table);
  BindSplit(options, table);
  BindScores(options, table);
}

SplitMethod MethodOf(const SplitOptions& options) {
  const auto found = std::find(kMethodNames.begin(), kMethodNames.end(), options.method);
  return static_cast<SplitMethod>(found - kMethodNames.begin());
}

Status Check(const RegionsOptions& options) {
  ARROW_RETURN_NOT_OK(photometry::FindVariant(options.variant).status());
  ARROW_RETURN_NOT_OK(ParseTiling(options.tiling).status());
  const double sum = options.split.test_frac + options.split.val_frac;
  if (sum > 1.0) {
    return UsageError(
        fmt::format("--test-frac {} and --val-frac {} add up to {}; expected at most 1, the rest is train",
                    options.split.test_frac, options.split.val_frac, sum));
  }
  return CheckBricksColumns(options.bricks_columns);
}

}  // namespace dhs::regions
