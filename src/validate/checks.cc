// SPDX-License-Identifier: Apache-2.0
#include "validate/checks.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include <fmt/format.h>

namespace dhs::validate {
namespace {

// SPEC 9: plausible ranges and tolerances.
constexpr float kMinMag = 10.0F, kMaxMag = 30.0F, kMinColour = -5.0F, kMaxColour = 10.0F;
constexpr double kColourTolerance = 0.001;
constexpr double kCorrectionTolerance = 0.01;
// `dhs scan` counts a position outside its brick by more than this as a bad row; the same limit holds here.
constexpr double kBrickToleranceDeg = 1.0 / 3600.0;

constexpr Column kRawMags[] = {kGmag, kRmag, kZmag, kW1mag};

bool Outside(float value, float low, float high) { return value < low || value > high; }

// NaN is the business of data_quality.nan: any comparison with it is no violation here.
bool Differs(float stored, float a, float b) {
  return std::abs(static_cast<double>(stored) - (static_cast<double>(a) - static_cast<double>(b))) > kColourTolerance;
}

bool OutsideBrick(const Row& row) {
  if (!row.brick || !std::isfinite(row.ra) || !std::isfinite(row.dec)) return false;
  if (row.dec < row.bounds.dec1_deg - kBrickToleranceDeg || row.dec > row.bounds.dec2_deg + kBrickToleranceDeg) {
    return true;
  }
  // The tolerance is an angle on the sky; near a pole it spans all of RA.
  const double cos_dec = std::cos(row.dec * (std::acos(-1.0) / 180.0));
  const double tolerance = cos_dec > kBrickToleranceDeg / 180.0 ? kBrickToleranceDeg / cos_dec : 360.0;
  const double half_width = (row.bounds.ra2_deg - row.bounds.ra1_deg) / 2.0;
  const double center = (row.bounds.ra1_deg + row.bounds.ra2_deg) / 2.0;
  return std::abs(std::remainder(row.ra - center, 360.0)) > half_width + tolerance;
}

std::string DescribeMags(const Row& row, float low, float high, std::span<const Column> columns) {
  std::string text;
  for (const Column column : columns) {
    if (Outside(row.value(column), low, high)) text += fmt::format("{} {} ", ColumnName(column), row.value(column));
  }
  return text + fmt::format("(limits {} to {} mag)", low, high);
}

constexpr Column kColours[] = {kRz, kZw1};
constexpr ColumnSet kFlagColumns = Columns({kFlagV1, kFlagV2, kFlagV3, kFlagV4, kFlagV5});
constexpr ColumnSet kCutColumns = Columns({kZmag, kRz, kZw1, kType});

std::string DescribeCuts(const Row& row) {
  std::string text;
  for (const Column column : row.cut_columns) text += fmt::format("{} {}, ", ColumnName(column), row.value(column));
  return text + fmt::format("type {}", row.type);
}

std::string DescribeFlags(const Row& row) {
  std::string text;
  for (size_t v = 0; v < row.flags.size(); ++v) {
    if (row.flags[v] == row.recomputed[v]) continue;
    text += fmt::format("{} is {} but {} give {}; ", photometry::BuiltinVariants()[v].FlagColumn(), row.flags[v],
                        DescribeCuts(row), row.recomputed[v]);
  }
  text.resize(text.size() - 2);
  return text;
}

bool CorrectedFainter(const Row& row, int band) {
  const double raw = row.value(static_cast<Column>(kGmag + band));
  const double corrected = row.value(static_cast<Column>(kGmagMw + band));
  return corrected > raw + kCorrectionTolerance;
}

std::string DescribePosition(const Row& row) {
  return fmt::format("ra {} dec {}, brick spans {} to {} and {} to {} deg", row.ra, row.dec, row.bounds.ra1_deg,
                     row.bounds.ra2_deg, row.bounds.dec1_deg, row.bounds.dec2_deg);
}

using enum Section;
using enum Severity;
using R = const Row&;
using C = const RowContext&;

const CheckSpec kChecks[] = {
    {"structure.success_marker", kStructure, kError, "The catalog holds _SUCCESS, the mark of a finished output."},
    {"structure.not_empty", kStructure, kError, "The catalog has at least one row."},
    {"structure.files_readable", kStructure, kError, "Every file is a whole, readable Parquet file."},
    {"structure.no_empty_files", kStructure, kWarning, "No file is without rows."},
    {"structure.rows_match_manifest", kStructure, kError, "As many rows are found as the manifest says were written."},
    {"structure.files_match_manifest", kStructure, kError,
     "The files found are those of the manifest, with the same rows and bytes."},

    {"schema.missing_columns", kSchema, kError, "Every column of the dictionary is in every file (or in its path)."},
    {"schema.column_types", kSchema, kError, "Every column has the type of the dictionary."},
    {"schema.extra_columns", kSchema, kWarning,
     "No file has a column that the dictionary of this table lacks and that does not say where it comes from."},
    {"schema.nullability", kSchema, kWarning, "Columns that are never null are declared so."},

    {"data_quality.null", kDataQuality, kError, "No value is null in a column that is never null."},
    {"data_quality.nan", kDataQuality, kError,
     "No value is infinite, or NaN in a column that is never NaN (gmag and the corrected columns may be)."},
    {"data_quality.ra_range", kDataQuality, kError, "0 <= ra <= 360 deg.", Columns({kRa}),
     [](R r, C) { return r.ra < 0.0 || r.ra > 360.0; }, [](R r, C) { return fmt::format("ra {}", r.ra); }},
    {"data_quality.dec_range", kDataQuality, kError, "-90 <= dec <= 90 deg.", Columns({kDec}),
     [](R r, C) { return r.dec < -90.0 || r.dec > 90.0; }, [](R r, C) { return fmt::format("dec {}", r.dec); }},
    {"data_quality.magnitude_range", kDataQuality, kWarning, "Magnitudes lie between 10 and 30 (NaN left out).", 0,
     [](R r, C) {
       return std::any_of(std::begin(kRawMags), std::end(kRawMags),
                          [&](Column c) { return Outside(r.value(c), kMinMag, kMaxMag); });
     },
     [](R r, C) { return DescribeMags(r, kMinMag, kMaxMag, kRawMags); }},
    {"data_quality.colour_range", kDataQuality, kWarning, "Colours lie between -5 and 10 (NaN left out).", 0,
     [](R r, C) {
       return std::any_of(std::begin(kColours), std::end(kColours),
                          [&](Column c) { return Outside(r.value(c), kMinColour, kMaxColour); });
     },
     [](R r, C) { return DescribeMags(r, kMinColour, kMaxColour, kColours); }},
    {"data_quality.rz_consistent", kDataQuality, kError, "rz = rmag - zmag within 0.001 mag.",
     Columns({kRz, kRmag, kZmag}), [](R r, C) { return Differs(r.value(kRz), r.value(kRmag), r.value(kZmag)); },
     [](R r, C) { return fmt::format("rz {}, rmag {} - zmag {}", r.value(kRz), r.value(kRmag), r.value(kZmag)); }},
    {"data_quality.zw1_consistent", kDataQuality, kError, "zw1 = zmag - w1mag within 0.001 mag.",
     Columns({kZw1, kZmag, kW1mag}), [](R r, C) { return Differs(r.value(kZw1), r.value(kZmag), r.value(kW1mag)); },
     [](R r, C) { return fmt::format("zw1 {}, zmag {} - w1mag {}", r.value(kZw1), r.value(kZmag), r.value(kW1mag)); }},

    {"flags.recomputed", kFlags, kError, "Each flag is what the stored columns give by the rule of the variants.",
     kFlagColumns | kCutColumns, [](R r, C) { return r.flags != r.recomputed; },
     [](R r, C) { return DescribeFlags(r); }},
    {"flags.hierarchy", kFlags, kError, "Stored flags are nested: v1 within v2 within v3 within v4 within v5.",
     kFlagColumns, [](R r, C) { return !std::is_sorted(r.flags.begin(), r.flags.end()); },
     [](R r, C) {
       return fmt::format("v1..v5 = {:d} {:d} {:d} {:d} {:d}", r.flags[0], r.flags[1], r.flags[2], r.flags[3],
                          r.flags[4]);
     }},
    {"flags.parent_variant", kFlags, kError, "Every row passes the variant of the catalog by its stored columns.",
     kCutColumns, [](R r, C c) { return !r.recomputed[static_cast<size_t>(c.variant)]; },
     [](R r, C) { return DescribeCuts(r); }},
    {"flags.gmag_valid", kFlags, kError, "gmag_valid is true exactly where gmag is neither null nor NaN.",
     Columns({kGmagValid}), [](R r, C) { return r.gmag_valid == std::isnan(r.value(kGmag)); },
     [](R r, C) { return fmt::format("gmag_valid {}, gmag {}", r.gmag_valid, r.value(kGmag)); }},

    {"mw_correction.not_fainter", kMwCorrection, kError,
     "Corrected magnitudes are at most 0.01 mag fainter than raw ones (pairs with NaN or null left out).", 0,
     [](R r, C) {
       return CorrectedFainter(r, 0) || CorrectedFainter(r, 1) || CorrectedFainter(r, 2) || CorrectedFainter(r, 3);
     },
     [](R r, C) {
       std::string text;
       for (int b = 0; b < 4; ++b) {
         if (!CorrectedFainter(r, b)) continue;
         const auto raw = static_cast<Column>(kGmag + b), corrected = static_cast<Column>(kGmagMw + b);
         text += fmt::format("{} {}, {} {} ", ColumnName(corrected), r.value(corrected), ColumnName(raw), r.value(raw));
       }
       return text;
     }},

    {"integrity.duplicate_rows", kIntegrity, kError, "No row occurs twice with the same values in all columns."},
    {"integrity.duplicate_keys", kIntegrity, kError, "(brickname, objid) occurs once."},
    {"integrity.brick_name_pattern", kIntegrity, kError, "Brick names are like 1126p222: \\d{4}[pm]\\d{3}.",
     Columns({kBrickname}), [](R r, C) { return !r.brick_name_ok; },
     [](R r, C) { return fmt::format("'{}'", r.brickname); }},
    {"integrity.brick_exists", kIntegrity, kError, "Each brick name is one of the 662,174 of the tessellation.",
     Columns({kBrickname}), [](R r, C) { return r.brick_name_ok && !r.brick; },
     [](R r, C) { return fmt::format("'{}'", r.brickname); }},
    {"integrity.inside_brick", kIntegrity, kError, "Each object lies inside its brick's bounds, within 1 arcsec.",
     Columns({kBrickname, kRa, kDec}), [](R r, C) { return OutsideBrick(r); },
     [](R r, C) { return DescribePosition(r); }},
    {"integrity.split_values", kIntegrity, kError, "region_split is train, val or test.", Columns({kRegionSplit}),
     [](R r, C) { return r.region_split != "train" && r.region_split != "val" && r.region_split != "test"; },
     [](R r, C) { return fmt::format("'{}'", r.region_split); }},
    {"integrity.no_psf", kIntegrity, kError, "No object is a point source (TYPE PSF).", Columns({kType}),
     [](R r, C) { return photometry::IsPointSource(photometry::NormalizeType(r.type)); },
     [](R r, C) { return fmt::format("'{}'", r.type); }},
    {"integrity.type_normalized", kIntegrity, kError, "type is trimmed and upper case.", Columns({kType}),
     [](R r, C) { return photometry::NormalizeType(r.type) != r.type; },
     [](R r, C) { return fmt::format("'{}'", r.type); }},
    {"integrity.region_id_valid", kIntegrity, kError, "region_id is 0 or more.", Columns({kRegionId}),
     [](R r, C) { return r.region_id < 0; }, [](R r, C) { return fmt::format("region_id {}", r.region_id); }},
    {"integrity.brick_in_one_region", kIntegrity, kError, "All objects of a brick are in one region."},
    {"integrity.brick_in_one_split", kIntegrity, kError, "All objects of a brick are in one split."},
    {"integrity.region_in_one_split", kIntegrity, kError,
     "All objects of a region are in one split, unless dhs regions gave its bricks splits of their own."},

    {"cross_stage.brick_in_regions", kCrossStage, kError, "Each brick is one that dhs regions kept."},
    {"cross_stage.region_of_brick", kCrossStage, kError, "Each object has the region that dhs regions gave its brick."},
    {"cross_stage.split_of_brick", kCrossStage, kError, "Each object has the split that dhs regions gave its brick."},
    {"cross_stage.not_in_buffer", kCrossStage, kError, "No object lies in a brick of the buffer between splits."},
    {"cross_stage.no_brick_lost", kCrossStage, kError,
     "Each brick with LRGs, of a region and split that has objects here, has objects here."},
    {"cross_stage.objects_of_brick", kCrossStage, kWarning,
     "Each brick has as many objects as the brick counts say it has LRGs of the variant."},
};

auto OrderOf(const Finding& f) { return std::tie(f.file, f.row); }

}  // namespace

std::string_view SectionName(Section section) {
  switch (section) {
    case kStructure:
      return "structure";
    case kSchema:
      return "schema";
    case kDataQuality:
      return "data_quality";
    case kFlags:
      return "flags";
    case kMwCorrection:
      return "mw_correction";
    case kCoverage:
      return "coverage";
    case kIntegrity:
      return "integrity";
    case kCrossStage:
      return "cross_stage";
  }
  return "";
}

std::span<const CheckSpec> AllChecks() { return kChecks; }

size_t CheckIndex(std::string_view id) {
  const auto found =
      std::find_if(std::begin(kChecks), std::end(kChecks), [&](const CheckSpec& c) { return c.id == id; });
  return static_cast<size_t>(found - std::begin(kChecks));
}

void CheckCount::Add(Finding finding) {
  ++violations;
  if (findings.size() < kMaxFindings) findings.push_back(std::move(finding));
}

void CheckCount::Merge(const CheckCount& other) {
  ran = ran || other.ran;
  violations += other.violations;
  findings.insert(findings.end(), other.findings.begin(), other.findings.end());
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return OrderOf(a) < OrderOf(b); });
  if (findings.size() > kMaxFindings) findings.resize(kMaxFindings);
}

}  // namespace dhs::validate
