// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "photometry/compiled_cuts.h"
#include "photometry/magnitude.h"
#include "photometry/variant.h"
#include "scan/books.h"
#include "scan/options.h"
#include "scan/sweep_columns.h"
#include "sky/brick_name.h"
#include "sky/survey_half.h"
#include "sky/tessellation.h"

namespace dhs::scan {

/// What a scan decides, made once from the options.
struct ScanRules {
  /// REQUIRES: Check(options) is OK.
  static ScanRules From(const ScanOptions& options);

  photometry::Variant candidate;
  photometry::CompiledCuts candidate_cuts;
  photometry::CompiledCuts loosest_cuts;  ///< of all built-in variants
  bool use_mw_correction = false;
  bool emit_mw_corrected_mags = true;
  std::vector<std::string> extra_columns = {};
  bool whole_sky = true;  ///< the four limits below exclude nothing
  double ra_min_deg = 0, ra_max_deg = 360, dec_min_deg = -90, dec_max_deg = 90;

  /// Inclusive; where ra_min > ra_max the range passes through RA 0.
  bool InFootprint(double ra_deg, double dec_deg) const {
    const bool in_ra = ra_min_deg <= ra_max_deg ? ra_deg >= ra_min_deg && ra_deg <= ra_max_deg
                                                : ra_deg >= ra_min_deg || ra_deg <= ra_max_deg;
    return in_ra && dec_deg >= dec_min_deg && dec_deg <= dec_max_deg;
  }
};

/// Counts of one brick: of one sweep, or of a part of it.
struct BrickTally {
  sky::BrickName name = {};
  int64_t n_gal = 0;
  std::array<int64_t, photometry::kNumBuiltinVariants> n_lrg = {};

  void Add(const BrickTally& other);
};

/// A row that passes the candidate variant.
struct Candidate {
  sky::BrickName brick;
  int64_t objid;
  int64_t row;  ///< in its sweep; tells rows with equal names and ids apart
  double ra_deg, dec_deg;
  photometry::StoredPhotometry raw;
  photometry::StoredPhotometry corrected;  ///< NaN where a transmission is absent
  std::optional<int64_t> maskbits;
  std::string type;  ///< normalised
  uint8_t flags;     ///< bit i: passes built-in variant i
};

/// Candidates, and beside each the cells of the extra columns as they lie in the file, one after the other.
struct CandidateChunk {
  std::vector<Candidate> candidates;
  std::vector<uint8_t> extra_cells;  ///< candidates.size() x SweepColumns::carried_bytes()
};

/// What a block of rows gave. Bricks come as runs, a name possibly more than once.
struct SweepTally {
  Books books;
  std::vector<BrickTally> bricks;
  CandidateChunk kept;
  std::vector<BadRow> bad_rows;  ///< the first kMaxListedBadRows of the block

  void Clear();
};

/// Tests rows in place and decodes only those that may matter. One per thread; remembers the brick of the last row.
class RowScanner {
 public:
  /// `only_half`: leave out the bricks that count for the other half of the survey.
  RowScanner(const ScanRules* rules, const SweepColumns& columns, std::optional<sky::SurveyHalf> only_half = {})
      : rules_(rules), columns_(columns), only_half_(only_half) {}

  /// Scans `count` rows of raw FITS bytes; `first_row` is the number of the first one in its sweep. Adds to `tally`.
  /// `photoz_rows`: the same rows of the photo-z companion, where columns of it are carried. The result of a sweep does
  /// not depend on how it is cut into calls.
  void Scan(const uint8_t* rows, int64_t first_row, int64_t count, SweepTally* tally,
            const uint8_t* photoz_rows = nullptr);

 private:
  /// The brick of the present run of rows. Where it is not known to be sound at once, the bounds are empty.
  struct CurrentBrick {
    sky::BrickName name = {};
    bool exists = false;
    bool resolved_away = false;    ///< it counts for the other half of the survey
    sky::BrickBounds bounds = {};  ///< of the brick, if it exists
    double ra1 = 1, ra2 = 0, dec1 = 1, dec2 = 0;
  };
  void EnterBrick(sky::BrickName name);
  std::optional<Bad> JudgePosition(double ra_deg, double dec_deg) const;
  void ListBadRow(Bad check, int64_t row, double ra_deg, double dec_deg, SweepTally* tally) const;
  /// Everything about a row that may pass some variant.
  void ScanSurvivor(const uint8_t* row, int64_t row_number, double ra_deg, double dec_deg, BrickTally* brick,
                    SweepTally* tally) const;
  Candidate DecodeCandidate(const uint8_t* row, int64_t row_number, double ra_deg, double dec_deg, uint8_t flags) const;

  const ScanRules* rules_;
  SweepColumns columns_;
  std::optional<sky::SurveyHalf> only_half_;
  const uint8_t* photoz_rows_ = nullptr;  // of the present call
  int64_t first_row_ = 0;                 // the same
  CurrentBrick brick_;
  bool in_brick_ = false;
};

}  // namespace dhs::scan
