// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>
#include <nlohmann/json.hpp>

#include "catalog/columns.h"
#include "parent/region_bricks.h"
#include "validate/duplicates.h"
#include "validate/tally.h"

namespace dhs::validate {

/// One file of a catalog as found on disk.
struct CatalogFile {
  std::string path;  ///< relative to the catalog
  int64_t num_bytes = 0;
  int64_t num_rows = 0;                        ///< read; fewer than in the file if it could not be read to its end
  std::shared_ptr<arrow::Schema> schema = {};  ///< with the columns of its path; null if the footer is unreadable
  std::string error = {};                      ///< why it could not be read; empty = it could
  FileSums sums = {};
};

/// A catalog on disk, apart from what its rows say.
struct Catalog {
  std::string name;     ///< how the report calls it: its path below the output root, or as it was given
  std::string variant;  ///< "v3_color_relaxed"
  const catalog::TableSpec* table = nullptr;  ///< ParentTable or ParentCompactTable
  bool has_success_marker = false;
  nlohmann::ordered_json manifest = {};  ///< null = there is none
  std::vector<CatalogFile> files;        ///< sorted by path
};

/// Fill in the checks that look at more than single rows. `checks` is parallel to AllChecks.
void CheckStructure(const Catalog& catalog, std::vector<CheckCount>* checks);
void CheckSchemas(const Catalog& catalog, std::vector<CheckCount>* checks);
void CheckRepetitions(const Catalog& catalog, const Repetitions& repetitions, std::vector<CheckCount>* checks);
/// Bricks that `dhs regions` has and the catalog has not, told apart. Bricks of the buffer are left out.
struct MissingBricks {
  int64_t not_selected = 0;  ///< of a region and split without any object here
  int64_t without_lrg = 0;   ///< by the brick counts
  int64_t lost = 0;          ///< the brick counts say that there are LRGs
};

/// Bricks, regions and splits against each other and, where they are known, against those of `dhs regions`. `places`
/// sorted, each once; `regions` may be null: then `divides_regions` (the catalog's manifest says that regions are in
/// several splits, as by `dhs regions --split brick`) leaves integrity.region_in_one_split out.
/// Returns the missing bricks where `regions` has counts.
std::optional<MissingBricks> CheckPlaces(const std::vector<parent::PlaceCount>& places,
                                         const parent::RegionBricks* regions, bool divides_regions,
                                         std::vector<CheckCount>* checks);

/// The report, strict JSON (a number that is not finite is null). REQUIRES: `tally` merged over all files, its places
/// sorted and joined, every check filled in.
nlohmann::ordered_json MakeReport(const Catalog& catalog, const std::optional<MissingBricks>& missing,
                                  CatalogTally& tally);

/// The report for a terminal: the verdict and what failed first, then the figures.
std::string ReportText(const nlohmann::ordered_json& report);
/// The report as one self-contained page.
std::string ReportHtml(const nlohmann::ordered_json& report);

}  // namespace dhs::validate
