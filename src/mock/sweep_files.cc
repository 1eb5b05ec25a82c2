// SPDX-License-Identifier: Apache-2.0
#include "mock/sweep_files.h"

#include <algorithm>
#include <cmath>
#include <future>
#include <map>
#include <memory>
#include <mutex>

#include <fmt/format.h>

#include "base/thread_pool.h"
#include "io/files.h"
#include "mock/random.h"
#include "mock/row_encoder.h"

namespace dhs::mock {
namespace {

constexpr uint64_t kShuffleStream = 9;
constexpr size_t kGroupBricks =
    16;  // 60 MB of rows: the two threads of a small machine stay busy while one group is written

// Rows of a group of bricks that are ready to be written.
struct Group {
  std::vector<std::string> rows;
  std::vector<Tally> tallies;
};

// One per thread.
struct Worker {
  explicit Worker(Release release) : encoder(release) {}
  RowEncoder encoder;
};

void EncodeBrick(uint64_t seed, Release release, const BrickConditions& conditions, const SweepBox& box, Worker& worker,
                 std::string& rows, Tally& tally) {
  BrickSources sources(seed, conditions, release);
  worker.encoder.StartBrick(seed, conditions);
  const auto row_bytes = static_cast<size_t>(worker.encoder.row_bytes());
  const int64_t num_objects = sources.size();
  rows.resize(static_cast<size_t>(num_objects) * row_bytes);
  char* row = rows.data();
  for (int64_t objid = 0; objid < num_objects; ++objid) {
    const Source source = sources.Next();
    if (!box.Holds(source.ra_deg, source.dec_deg)) continue;
    worker.encoder.Encode(source, static_cast<int32_t>(objid), row);
    tally.Count(source.type, source.flux_nmgy);
    row += row_bytes;
  }
  rows.resize(static_cast<size_t>(row - rows.data()));
}

Status AppendGroup(fits::TableWriter& writer, const Group& group, Progress* progress) {
  for (size_t i = 0; i < group.rows.size(); ++i) {
    ARROW_RETURN_NOT_OK(writer.Append(group.rows[i]));
    progress->rows_done += group.tallies[i].num_rows;
    progress->bytes_done += static_cast<int64_t>(group.rows[i].size());
  }
  return Status::OK();
}

// Encodes group after group on all threads while the one before is written.
Status WriteRows(RunContext& context, uint64_t seed, Release release, std::span<const BrickConditions> conditions,
                 SweepFile& file, std::vector<Worker>& workers, fits::TableWriter& writer, std::vector<Tally>& bricks) {
  Group ready, writing;
  std::future<Status> pending;
  Status status;
  for (size_t start = 0; start < file.bricks.size() && status.ok(); start += kGroupBricks) {
    const size_t count = std::min(kGroupBricks, file.bricks.size() - start);
    ready.rows.resize(count);
    ready.tallies.assign(count, Tally());
    status = base::ParallelFor(context.num_threads, static_cast<int64_t>(count), context.stop,
                               [&](int worker, int64_t index) {
                                 const auto i = static_cast<size_t>(index);
                                 EncodeBrick(seed, release, conditions[file.bricks[start + i]], file.box,
                                             workers[static_cast<size_t>(worker)], ready.rows[i], ready.tallies[i]);
                                 return Status::OK();
                               });
    if (pending.valid()) status &= pending.get();
    if (!status.ok()) break;
    for (size_t i = 0; i < count; ++i) {
      file.tally += ready.tallies[i];
      bricks[file.bricks[start + i]] += ready.tallies[i];
    }
    std::swap(ready, writing);
    pending = std::async(std::launch::async, [&] { return AppendGroup(writer, writing, context.progress); });
  }
  if (pending.valid()) status &= pending.get();
  return status;
}

}  // namespace

std::string SweepName(const SweepBox& box) {
  const auto dec = [](int deg) { return fmt::format("{}{:03d}", deg < 0 ? 'm' : 'p', std::abs(deg)); };
  return fmt::format("sweep-{:03d}{}-{:03d}{}.fits", box.ra1_deg, dec(box.dec1_deg), box.ra2_deg, dec(box.dec2_deg));
}

SweepBox BoxOf(Release release, double ra_deg, double dec_deg) {
  const int width = release == Release::kDr10 ? 5 : 10;
  const int col = std::clamp(static_cast<int>(ra_deg / width), 0, 360 / width - 1);
  const int row = std::clamp(static_cast<int>((dec_deg + 90) / 5), 0, 35);
  return {col * width, (col + 1) * width, -90 + 5 * row, -85 + 5 * row};
}

std::string ChecksumFileName(Release release) {
  const char* version = release == Release::kDr10 ? "10.1" : release == Release::kDr9 ? "9.0" : "8.0";
  return fmt::format("legacysurvey_{}_south_sweep_{}.sha256sum", NameOf(release), version);
}

Result<std::vector<SweepFile>> PlanSweeps(RunContext& context, uint64_t seed, Release release,
                                          std::span<const BrickConditions> conditions) {
  // Name -> box, and rows by brick. The map keeps files in name order whichever thread came first.
  struct Part {
    size_t brick;
    int64_t num_rows;
  };
  std::map<std::string, std::pair<SweepBox, std::vector<Part>>> parts;
  std::mutex mutex;
  ARROW_RETURN_NOT_OK(base::ParallelFor(
      context.num_threads, static_cast<int64_t>(conditions.size()), context.stop, [&](int, int64_t index) {
        const auto brick = static_cast<size_t>(index);
        const BrickPositions positions = DrawPositions(seed, conditions[brick]);
        std::vector<std::pair<SweepBox, int64_t>> boxes;
        for (size_t i = 0; i < positions.ra_deg.size(); ++i) {
          const double ra = positions.ra_deg[i], dec = positions.dec_deg[i];
          auto box = std::find_if(boxes.begin(), boxes.end(), [&](const auto& b) { return b.first.Holds(ra, dec); });
          if (box == boxes.end()) box = boxes.insert(boxes.end(), {BoxOf(release, ra, dec), 0});
          ++box->second;
        }
        const std::lock_guard<std::mutex> lock(mutex);
        for (const auto& [box, num_rows] : boxes) {
          auto& [kept_box, bricks] = parts[SweepName(box)];
          kept_box = box;
          bricks.push_back({brick, num_rows});
        }
        return Status::OK();
      }));
  std::vector<SweepFile> files;
  for (auto& [name, content] : parts) {
    auto& [box, bricks] = content;
    std::sort(bricks.begin(), bricks.end(), [](const Part& a, const Part& b) { return a.brick < b.brick; });
    SweepFile file{.box = box, .bricks = {}};
    for (const Part& part : bricks) {
      file.bricks.push_back(part.brick);
      file.num_rows += part.num_rows;
    }
    Rng rng(seed, static_cast<uint64_t>(box.ra1_deg * 1000 + box.dec1_deg + 90), kShuffleStream);
    for (size_t i = file.bricks.size(); i > 1; --i) std::swap(file.bricks[i - 1], file.bricks[rng.Below(i)]);
    files.push_back(std::move(file));
  }
  return files;
}

Result<std::vector<Tally>> WriteSweeps(RunContext& context, uint64_t seed, Release release,
                                       std::span<const BrickConditions> conditions, const std::string& directory,
                                       std::vector<SweepFile>& files) {
  std::vector<Tally> bricks(conditions.size());
  std::vector<Worker> workers(static_cast<size_t>(std::max(1, context.num_threads)), Worker(release));
  const fits::RowLayout& layout = SweepLayout(release);
  for (const SweepFile& file : files) {
    context.progress->rows_total += file.num_rows;
    context.progress->bytes_total += file.num_rows * layout.row_bytes();
  }
  for (SweepFile& file : files) {
    const std::string partial = io::JoinPath(directory, "." + file.name() + ".part");
    ARROW_ASSIGN_OR_RAISE(const auto writer, fits::TableWriter::Open(*context.storage, partial, layout, file.num_rows,
                                                                     SweepHeader(seed, release, file.box)));
    ARROW_RETURN_NOT_OK(WriteRows(context, seed, release, conditions, file, workers, *writer, bricks));
    ARROW_RETURN_NOT_OK(writer->Close());
    ARROW_RETURN_NOT_OK(context.storage->Rename(partial, io::JoinPath(directory, file.name())));
  }
  ARROW_RETURN_NOT_OK(
      base::ParallelFor(context.num_threads, static_cast<int64_t>(files.size()), context.stop, [&](int, int64_t index) {
        SweepFile& file = files[static_cast<size_t>(index)];
        return io::Sha256OfFile(*context.storage, io::JoinPath(directory, file.name())).Value(&file.sha256);
      }));
  return bricks;
}

fits::TableWriterOptions SweepHeader(uint64_t seed, Release release, const SweepBox& box) {
  fits::TableWriterOptions options;
  options.extname = "SWEEP";
  fits::HeaderBuilder& cards = options.primary_cards;
  cards.Text("ORIGIN", "dhs mock survey", "simulated, not observed");
  cards.Integer("MOCKSEED", static_cast<int64_t>(seed), "seed of the simulation");
  cards.Text("LEGPIPEV",
             release == Release::kDr10  ? "DR10.0.12"
             : release == Release::kDr9 ? "DR9.6.9"
                                        : "DR8.2.1",
             "layout follows this legacypipe version");
  cards.Text("SURVEYV", fmt::format("legacysurvey-{}", NameOf(release)));
  cards.Text("SURVEYDR", NameOf(release).substr(2));
  cards.Text("OBSTYPE", "object");
  cards.Text("PROCTYPE", "tile");
  cards.Text("PRODTYPE", "catalog");
  constexpr const char* kDependencies[] = {"numpy",  "scipy",  "wcslib", "astropy", "photutils",     "ceres", "tractor",
                                           "fitsio", "unwise", "gaia",   "tycho2",  "largegalaxies", "dust",  "mkl"};
  for (int i = 0; i < static_cast<int>(std::size(kDependencies)); ++i) {
    cards.Text(fmt::format("DEPNAM{:02d}", i), kDependencies[i]);
    cards.Text(fmt::format("DEPVER{:02d}", i), "mock");
  }
  constexpr const char* kBits[] = {"NPRIMARY",  "BRIGHT",    "SATUR_G", "SATUR_R",   "SATUR_Z", "ALLMASK_G",
                                   "ALLMASK_R", "ALLMASK_Z", "WISEM1",  "WISEM2",    "BAILOUT", "MEDIUM",
                                   "GALAXY",    "CLUSTER",   "SATUR_I", "ALLMASK_I", "SUB_BLOB"};
  const int num_bits = release == Release::kDr10 ? 17 : 14;
  for (int bit = 0; bit < num_bits; ++bit) {
    cards.Text(fmt::format("MBITN{}", bit), kBits[bit], fmt::format("MASKBITS bit {} (0x{:x})", bit, 1 << bit));
  }
  constexpr double kWiseVegaToAb[4] = {2.699, 3.339, 5.174, 6.620};
  for (int i = 0; i < 4; ++i) {
    cards.Real(fmt::format("WISEAB{}", i + 1), kWiseVegaToAb[i],
               fmt::format("WISE Vega to AB conv for band {}", i + 1));
  }
  cards.Integer("RAMIN", box.ra1_deg, "[deg] box of this file: RAMIN <= RA < RAMAX");
  cards.Integer("RAMAX", box.ra2_deg);
  cards.Integer("DECMIN", box.dec1_deg, "[deg] DECMIN <= Dec < DECMAX");
  cards.Integer("DECMAX", box.dec2_deg);
  return options;
}

}  // namespace dhs::mock
