// SPDX-License-Identifier: Apache-2.0
#include "mock/bricks_file.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <fmt/format.h>

#include "base/thread_pool.h"
#include "mock/population.h"

namespace dhs::mock {
namespace {

using fits::StoreBigEndian;

constexpr std::array<char, kNumOptical> kLetters = {'g', 'r', 'i', 'z'};
constexpr double kPixelArcsec = 0.262;

int HistogramBins(Release release) { return release == Release::kDr10 ? 11 : 6; }

fits::RowLayout MakeLayout(Release release) {
  std::vector<fits::ColumnDef> columns;
  const auto add = [&](std::string name, std::string tform) { columns.push_back({std::move(name), std::move(tform)}); };
  const auto bands = [&](std::string_view prefix, const std::string& tform) {
    for (size_t band = 0; band < kNumOptical; ++band) {
      if (HasBand(release, static_cast<int>(band))) add(fmt::format("{}_{}", prefix, kLetters[band]), tform);
    }
  };
  add("brickname", "8A");
  add("ra", "D");
  add("dec", "D");
  bands("nexp", "I");
  bands("nexphist", fmt::format("{}J", HistogramBins(release)));
  for (const char* name : {"nobjs", "npsf", "nsimp", "nrex", "nexp", "ndev", "ncomp", "nser", "ndup"}) add(name, "J");
  bands("psfsize", "E");
  bands("psfdepth", "E");
  bands("galdepth", "E");
  add("ebv", "E");
  bands("trans", "E");
  bands("cosky", "E");
  bands("ext", "E");
  add("wise_nobs", "4I");
  add("trans_wise", "4E");
  for (const char* name : {"ext_w1", "ext_w2", "ext_w3", "ext_w4"}) add(name, "E");
  add("brickid", "J");
  for (const char* name : {"ra1", "ra2", "dec1", "dec2", "area"}) add(name, "D");
  add("survey_primary", "L");
  add("in_desi", "L");
  Result<fits::RowLayout> layout = fits::RowLayout::Make(std::move(columns));
  return layout.ok() ? *std::move(layout) : fits::RowLayout();  // the names and types above are constants
}

/// Puts cells one after the other.
class RowCursor {
 public:
  explicit RowCursor(char* row) : at_(row) {}
  template <typename T>
  void Put(T value) {
    StoreBigEndian(at_, value);
    at_ += sizeof value;
  }
  void PutName(const std::string& name) { at_ = std::copy_n(name.data(), 8, at_); }

 private:
  char* at_;
};

// Pixels of the unique area by exposures: most at the median, a fifth each one above and below, all at 0 without
// images.
void PutHistogram(RowCursor& row, int num_bins, int median, double area_deg2) {
  const auto pixels = static_cast<int32_t>(area_deg2 * 3600 * 3600 / (kPixelArcsec * kPixelArcsec));
  for (int bin = 0; bin < num_bins; ++bin) {
    const auto reach = [&](int exposures) { return std::min(exposures, num_bins - 1) == bin; };
    int32_t count = 0;
    if (median == 0) {
      count = bin == 0 ? pixels : 0;
    } else {
      const int32_t side = pixels / 5;
      count = (reach(median) ? pixels - 2 * side : 0) + (reach(median - 1) ? side : 0) + (reach(median + 1) ? side : 0);
    }
    row.Put(count);
  }
}

void PutBrick(Release release, const BrickConditions& c, const std::array<int64_t, kNumTypes>& by_type, char* bytes) {
  RowCursor row(bytes);
  int64_t num_objects = 0;
  for (const int64_t count : by_type) num_objects += count;
  const bool empty = num_objects == 0;
  const auto bands = [&](auto&& put) {
    for (size_t band = 0; band < kNumOptical; ++band) {
      if (HasBand(release, static_cast<int>(band))) put(band);
    }
  };
  const auto count = [&](SourceType type) { row.Put(static_cast<int32_t>(by_type[static_cast<size_t>(type)])); };
  const auto median = [&](double value) { row.Put(empty ? 0.0F : static_cast<float>(value)); };
  const double ra_deg = sky::CenterRaDeg(c.brick), dec_deg = sky::CenterDecDeg(c.brick);

  row.PutName(sky::NameOf(c.brick).ToString());
  row.Put(ra_deg);
  row.Put(dec_deg);
  bands([&](size_t band) { row.Put(c.nexp[band]); });
  bands([&](size_t band) { PutHistogram(row, HistogramBins(release), c.nexp[band], c.area_deg2); });
  row.Put(static_cast<int32_t>(num_objects));
  count(SourceType::kPsf);
  row.Put(int32_t{0});
  count(SourceType::kRex);
  count(SourceType::kExp);
  count(SourceType::kDev);
  const auto sersic = static_cast<int32_t>(by_type[static_cast<size_t>(SourceType::kSer)]);
  row.Put(release == Release::kDr8 ? sersic : int32_t{0});
  row.Put(release == Release::kDr8 ? int32_t{0} : sersic);
  count(SourceType::kDup);
  bands([&](size_t band) { median(c.psfsize_arcsec[band]); });
  bands([&](size_t band) { median(c.psfdepth_mag[band]); });
  bands([&](size_t band) { median(c.galdepth_mag[band]); });
  median(c.ebv);
  const auto transmission = [&](size_t band) { return std::pow(10.0, -0.4 * kExtinction[band] * c.ebv); };
  bands([&](size_t band) { median(transmission(band)); });
  bands([&](size_t band) { median(c.psfdepth_mag[band] > 0 ? 0.002 * (1.5 - c.psfsize_arcsec[band]) : 0); });
  bands([&](size_t band) { median(kExtinction[band] * c.ebv); });
  for (const int nobs : {160, 160, 18, 18}) row.Put(static_cast<int16_t>(nobs));
  for (size_t band = kW1; band <= kW4; ++band) median(transmission(band));
  for (size_t band = kW1; band <= kW4; ++band) median(kExtinction[band] * c.ebv);
  row.Put(c.brick_id);
  row.Put(c.bounds.ra1_deg);
  row.Put(c.bounds.ra2_deg);
  row.Put(c.bounds.dec1_deg);
  row.Put(c.bounds.dec2_deg);
  // The flat formula of legacyanalysis/brick-summary.py, as in the real files: larger than the true area by <= 8e-7.
  const double mid_dec = (c.bounds.dec1_deg + c.bounds.dec2_deg) / 2 * std::numbers::pi / 180;
  row.Put((c.bounds.ra2_deg - c.bounds.ra1_deg) * (c.bounds.dec2_deg - c.bounds.dec1_deg) * std::cos(mid_dec));
  const bool north = dec_deg >= 32.375 && c.north_galactic;
  row.Put(north ? 'F' : 'T');
  row.Put(dec_deg > -20 && dec_deg < 85 ? 'T' : 'F');
}

}  // namespace

std::string BricksFileName(Release release) { return fmt::format("survey-bricks-{}-south.fits.gz", NameOf(release)); }

const fits::RowLayout& BricksLayout(Release release) {
  static const fits::RowLayout dr10 = MakeLayout(Release::kDr10), before = MakeLayout(Release::kDr9);
  return release == Release::kDr10 ? dr10 : before;
}

Status WriteBricksFile(RunContext& context, const std::string& path, Release release,
                       std::span<const BrickConditions> conditions,
                       std::span<const std::array<int64_t, kNumTypes>> by_type) {
  std::vector<size_t> listed;
  for (size_t i = 0; i < conditions.size(); ++i) {
    if (conditions[i].in_bricks_file) listed.push_back(i);
  }
  const fits::RowLayout& layout = BricksLayout(release);
  const auto row_bytes = static_cast<size_t>(layout.row_bytes());
  std::string rows(listed.size() * row_bytes, '\0');
  constexpr size_t kBlock = 4096;
  ARROW_RETURN_NOT_OK(
      base::ParallelFor(context.num_threads, static_cast<int64_t>((listed.size() + kBlock - 1) / kBlock), context.stop,
                        [&](int, int64_t block) {
                          const size_t start = static_cast<size_t>(block) * kBlock;
                          for (size_t k = start; k < std::min(start + kBlock, listed.size()); ++k) {
                            PutBrick(release, conditions[listed[k]], by_type[listed[k]], rows.data() + k * row_bytes);
                          }
                          return Status::OK();
                        }));
  fits::TableWriterOptions options;
  options.gzip = true;
  options.gzip_level = listed.size() > 20000 ? 1 : 6;  // 137 MB of the whole footprint: 0.6 s against 4 s
  const std::string partial = path + ".part";
  ARROW_ASSIGN_OR_RAISE(const auto writer, fits::TableWriter::Open(*context.storage, partial, layout,
                                                                   static_cast<int64_t>(listed.size()), options));
  ARROW_RETURN_NOT_OK(writer->Append(rows));
  ARROW_RETURN_NOT_OK(writer->Close());
  return context.storage->Rename(partial, path);
}

std::array<int64_t, kNumTypes> ExpectedTypes(uint64_t seed, const BrickConditions& conditions) {
  const Population p = DrawPopulation(seed, conditions);
  // Mean shares of REX, EXP, DEV, SER among LRGs to z = 21.5 and among other galaxies.
  constexpr std::array<double, 4> kLrgShares = {0.44, 0.18, 0.29, 0.09}, kGalaxyShares = {0.784, 0.150, 0.0365, 0.0295};
  const auto num_lrg = static_cast<double>(p.num_lrg[0] + p.num_lrg[1] + p.num_lrg[2]);
  std::array<int64_t, kNumTypes> by_type{};
  by_type[static_cast<size_t>(SourceType::kPsf)] = p.num_stars;
  by_type[static_cast<size_t>(SourceType::kDup)] = p.num_dup;
  for (size_t t = 0; t < 4; ++t) {
    by_type[t + 1] = std::llround(num_lrg * kLrgShares[t] + static_cast<double>(p.num_galaxies) * kGalaxyShares[t]);
  }
  return by_type;
}

}  // namespace dhs::mock
