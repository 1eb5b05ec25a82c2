// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dhs/error.h"

namespace dhs::regions {

/// One column that a stage reads and the names it may have in a table made elsewhere, preferred first.
struct ColumnRequest {
  std::string field;
  std::vector<std::string> accepted;
  bool required = true;
  std::string needed_by = {};  ///< why it is required, for the message: "the quality cuts"
  /// Those of `accepted` that stand in for the field but are another quantity, as a centroid is no centre: their values
  /// may differ from those of the column that is used.
  std::vector<std::string> stand_ins = {};
};

struct ColumnChoice {
  std::map<std::string, std::string> name_of;  ///< field -> the table's own spelling; absent optional fields are not in
  std::map<std::string, std::vector<std::string>> others_of = {};  ///< field -> further columns that could be it
  std::set<std::string> stand_ins = {};                            ///< columns that bear a name of a stand-in
  std::vector<std::string> notes = {};                             ///< one for each field in `others_of`
};

/// Finds the requested columns without regard to case and to blanks around a name. DataError for a column that comes
/// twice under the same spelling; DataError naming every missing required field, the names it may
/// have, the nearest ones that are there, and all that are there.
Result<ColumnChoice> ChooseColumns(const std::string& path, const std::vector<std::string>& available,
                                   const std::vector<ColumnRequest>& requests);

/// What may be in a table of brick counts (SPEC 2): brickname, ra, dec, area_deg2, n_gal, and n_lrg_<variant> for each
/// built-in variant.
std::vector<ColumnRequest> CountColumns();

std::string ToLower(std::string_view text);

/// Without blanks, tabs and NULs at both ends.
std::string_view TrimBlanks(std::string_view text);

}  // namespace dhs::regions
