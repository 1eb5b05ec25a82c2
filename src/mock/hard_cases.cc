// SPDX-License-Identifier: Apache-2.0
#include "mock/hard_cases.h"

#include <cstring>
#include <functional>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "io/files.h"
#include "mock/row_encoder.h"
#include "mock/sweep_files.h"

namespace dhs::mock {
namespace {

constexpr int64_t kNumRows = 400;

/// Rows of one layout, and the file around them.
struct Sweep {
  fits::RowLayout layout;
  std::string rows;
  fits::TableWriterOptions header;

  int64_t num_rows() const { return static_cast<int64_t>(rows.size()) / layout.row_bytes(); }
  char* Row(int64_t index) { return rows.data() + index * layout.row_bytes(); }
  char* Cell(int64_t row, std::string_view column) { return Row(row) + layout.OffsetOf(column).value_or(0); }

  std::string Bytes() const {
    std::string bytes = fits::ComposeTableHeader(layout, num_rows(), header) + rows;
    bytes.resize((bytes.size() + 2879) / 2880 * 2880, '\0');
    return bytes;
  }
};

struct Case {
  std::string file;
  int exit_code;  // of `dhs scan`
  std::string meaning;
  std::string bytes;
};

using Wanted = std::function<bool(const Source&, const Tally&)>;

/// The first rows, in OBJID order, of one ordinary brick that `wanted` asks for.
Sweep FirstRows(uint64_t seed, Release release, int64_t max_rows, const Wanted& wanted) {
  const BrickConditions conditions = ConditionsOf(seed, sky::BrickAt(150.1, 2.2), release, 0);
  Sweep sweep{
      .layout = SweepLayout(release), .rows = {}, .header = SweepHeader(seed, release, BoxOf(release, 150.1, 2.2))};
  BrickSources sources(seed, conditions, release);
  RowEncoder encoder(release);
  encoder.StartBrick(seed, conditions);
  std::string row(static_cast<size_t>(encoder.row_bytes()), '\0');
  for (int64_t objid = 0; objid < sources.size() && sweep.num_rows() < max_rows; ++objid) {
    const Source source = sources.Next();
    Tally tally;
    tally.Count(source.type, source.flux_nmgy);
    if (!wanted(source, tally)) continue;
    encoder.Encode(source, static_cast<int32_t>(objid), row.data());
    sweep.rows += row;
  }
  return sweep;
}

Sweep AnyRows(uint64_t seed, Release release) {
  return FirstRows(seed, release, kNumRows, [](const Source&, const Tally&) { return true; });
}

/// The header card of `keyword` in the table HDU gets another integer.
std::string WithCard(std::string bytes, std::string_view keyword, int64_t value) {
  const size_t at = bytes.find(fmt::format("{:<8}= ", keyword), 2880);
  if (at != std::string::npos) bytes.replace(at, 30, fmt::format("{:<8}= {:>20}", keyword, value));
  return bytes;
}

std::string WithoutColumn(Sweep sweep, std::string_view name) {
  std::vector<fits::ColumnDef> columns;
  std::string rows;
  const auto offset = static_cast<size_t>(sweep.layout.OffsetOf(name).value_or(0));
  for (const fits::ColumnDef& column : sweep.layout.columns()) {
    if (column.name != name) columns.push_back(column);
  }
  for (int64_t i = 0; i < sweep.num_rows(); ++i) {
    rows.append(sweep.Row(i), static_cast<size_t>(sweep.layout.row_bytes()));
    rows.erase(rows.size() - static_cast<size_t>(sweep.layout.row_bytes()) + offset, 4);
  }
  Result<fits::RowLayout> layout = fits::RowLayout::Make(std::move(columns));
  if (!layout.ok()) return {};
  return Sweep{*std::move(layout), std::move(rows), sweep.header}.Bytes();
}

std::string WithColumnType(Sweep sweep, std::string_view name, const std::string& tform) {
  std::vector<fits::ColumnDef> columns = sweep.layout.columns();
  for (fits::ColumnDef& column : columns) {
    if (column.name == name) column.tform = tform;
  }
  Result<fits::RowLayout> layout = fits::RowLayout::Make(std::move(columns));
  if (!layout.ok()) return {};
  return Sweep{*std::move(layout), std::move(sweep.rows), sweep.header}.Bytes();
}

std::string WithLongHeader(Sweep sweep) {
  fits::HeaderBuilder& cards = sweep.header.extension_cards;
  cards.Text("LONGSTRN", "OGIP 1.0", "The OGIP Long String Convention may be used.");
  for (int i = 0; i < 280; ++i) {
    cards.Text(
        fmt::format("FILE{:04d}", i),
        fmt::format("decam/CP/V5.2.2LS/CP2014{:04d}/c4d_14{:04d}_{:06d}_ooi_r_ls10.fits.fz: it's the {}th of the "
                    "images that were merged into this catalog",
                    i, i, i * 37, i));
  }
  return sweep.Bytes();
}

std::string WithNanRchisq(Sweep sweep) {
  for (int64_t i = 0; i < sweep.num_rows(); i += 3) {
    fits::StoreBigEndian(sweep.Cell(i, "RCHISQ_R"), std::numeric_limits<float>::quiet_NaN());
    fits::StoreBigEndian(sweep.Cell(i, "DCHISQ"), std::numeric_limits<float>::quiet_NaN());
  }
  return sweep.Bytes();
}

std::string WithNegativeFluxes(Sweep sweep) {
  constexpr const char* kColumns[] = {"FLUX_G", "FLUX_R", "FLUX_Z", "FLUX_W1"};
  for (int64_t i = 0; i < sweep.num_rows(); ++i) {
    fits::StoreBigEndian(sweep.Cell(i, kColumns[i % 4]), -0.25F * static_cast<float>(i % 7));
  }
  return sweep.Bytes();
}

std::string WithZeroPositions(Sweep sweep) {
  for (int64_t i = 0; i < sweep.num_rows(); i += 50) {
    fits::StoreBigEndian(sweep.Cell(i, "RA"), 0.0);
    fits::StoreBigEndian(sweep.Cell(i, "DEC"), 0.0);
  }
  return sweep.Bytes();
}

/// Row-parallel photo-z table of `sweep` with its rows in the wrong order, as a broken download or sort leaves it.
Result<std::string> ShuffledPhotoZ(Sweep sweep) {
  std::vector<fits::ColumnDef> columns = {
      {"RELEASE", "I"}, {"BRICKID", "J"}, {"OBJID", "J"}, {"Z_SPEC", "E"}, {"SURVEY", "12A"}};
  for (const char* suffix : {"", "_I"}) {
    for (const char* name : {"MEAN", "MEDIAN", "STD", "L68", "U68", "L95", "U95"}) {
      columns.push_back({fmt::format("Z_PHOT_{}{}", name, suffix), "E"});
    }
    columns.push_back({fmt::format("TRAINING{}", suffix), "L"});
    columns.push_back({fmt::format("KFOLD{}", suffix), "I"});
  }
  ARROW_ASSIGN_OR_RAISE(const fits::RowLayout layout, fits::RowLayout::Make(std::move(columns)));
  Sweep table{layout, std::string(static_cast<size_t>(sweep.num_rows() * layout.row_bytes()), '\0'), {}};
  table.header.extname = "PHOTO-Z";
  for (int64_t i = 0; i < sweep.num_rows(); ++i) {
    const int64_t from = (i * 7 + 3) % sweep.num_rows();                    // 7 and the 400 rows have no common factor
    std::memcpy(table.Cell(i, "RELEASE"), sweep.Cell(from, "RELEASE"), 6);  // RELEASE and BRICKID lie together
    std::memcpy(table.Cell(i, "OBJID"), sweep.Cell(from, "OBJID"), 4);
    std::memset(table.Cell(i, "SURVEY"), ' ', 12);
    fits::StoreBigEndian(table.Cell(i, "Z_SPEC"), -99.0F);
    for (const char* suffix : {"", "_I"}) {
      char* values = table.Cell(i, fmt::format("Z_PHOT_MEAN{}", suffix));
      for (int k = 0; k < 7; ++k) {
        const float z = i % 5 == 0 ? -99.0F : 0.3F + 0.001F * static_cast<float>(i) + 0.01F * static_cast<float>(k);
        fits::StoreBigEndian(values + 4 * k, z);
      }
      *table.Cell(i, fmt::format("TRAINING{}", suffix)) = 'F';
      fits::StoreBigEndian(table.Cell(i, fmt::format("KFOLD{}", suffix)),
                           static_cast<int16_t>(i % 5 == 0 ? -99 : i % 10));
    }
  }
  return table.Bytes();
}

std::string PrimaryOnly() {
  fits::HeaderBuilder cards;
  cards.Logical("SIMPLE", true);
  cards.Integer("BITPIX", 16);
  cards.Integer("NAXIS", 2);
  cards.Integer("NAXIS1", 40);
  cards.Integer("NAXIS2", 36);
  return cards.Finish() + std::string(2880, '\0');
}

std::string WithoutEnd(const Sweep& sweep) {
  std::string header = fits::ComposeTableHeader(sweep.layout, sweep.num_rows(), sweep.header);
  header.resize(header.rfind("END     "));
  header.resize(header.size() / 2880 * 2880);
  return header;
}

std::vector<Case> GoodCases(uint64_t seed) {
  const Sweep plain = AnyRows(seed, Release::kDr10);
  const auto failing = [](const Source&, const Tally& tally) { return tally.n_lrg.back() == 0; };
  const auto dup = [](const Source& source, const Tally&) { return source.type == SourceType::kDup; };
  Sweep one_dup = FirstRows(seed, Release::kDr10, 1, dup);
  if (one_dup.rows.empty()) {  // a brick has one such row on average: make one of any row
    one_dup = FirstRows(seed, Release::kDr10, 1, [](const Source&, const Tally&) { return true; });
    std::memcpy(one_dup.Cell(0, "TYPE"), "DUP", 3);
    std::memset(one_dup.Cell(0, "FLUX_G"), 0, 32);
  }
  std::string flipped = plain.Bytes();
  flipped[flipped.size() - 2880 - 1000] = static_cast<char>(flipped[flipped.size() - 2880 - 1000] ^ 0x10);
  std::vector<Case> cases;
  cases.push_back({"zero-rows.fits", 0, "a table without rows", Sweep{plain.layout, {}, plain.header}.Bytes()});
  cases.push_back({"no-survivors.fits", 0, "no row passes any variant",
                   FirstRows(seed, Release::kDr10, kNumRows, failing).Bytes()});
  cases.push_back({"one-dup-row.fits", 0, "one row, TYPE DUP, without flux", one_dup.Bytes()});
  cases.push_back(
      {"dr9-layout.fits", 0, "115 columns, MASKBITS int16, RELEASE 9010", AnyRows(seed, Release::kDr9).Bytes()});
  cases.push_back(
      {"dr8-layout.fits", 0, "120 columns, TYPE 4A, COMP instead of SER", AnyRows(seed, Release::kDr8).Bytes()});
  cases.push_back({"long-header.fits", 0, "more than 600 cards, strings continued over cards", WithLongHeader(plain)});
  cases.push_back({"nan-rchisq.fits", 0, "NaN in RCHISQ_R and DCHISQ of every third row", WithNanRchisq(plain)});
  cases.push_back({"negative-fluxes.fits", 0, "a flux of every row is zero or negative", WithNegativeFluxes(plain)});
  cases.push_back(
      {"zero-position.fits", 0, "RA = Dec = 0 in every 50th row, as bailed-out bricks had", WithZeroPositions(plain)});
  cases.push_back({"flipped-byte.fits", 0,
                   "one bit flipped in the data: readable, but flipped-byte.sha256sum (of the "
                   "file as it was) does not match",
                   flipped});
  cases.push_back({"photoz-shuffled.fits", 0,
                   "its companion photoz-shuffled-pz.fits has the same rows in another order", plain.Bytes()});
  return cases;
}

std::vector<Case> BadCases(uint64_t seed) {
  const Sweep plain = AnyRows(seed, Release::kDr10);
  const std::string bytes = plain.Bytes();
  const int64_t row_bytes = plain.layout.row_bytes();
  std::vector<Case> cases;
  cases.push_back({"truncated.fits", 3, "ends in the middle of a row", bytes.substr(0, bytes.size() * 6 / 10)});
  cases.push_back({"missing-column.fits", 3, "no FLUX_W1", WithoutColumn(plain, "FLUX_W1")});
  cases.push_back({"wrong-type.fits", 3, "BRICKNAME is a number: TFORM 1D instead of 8A",
                   WithColumnType(plain, "BRICKNAME", "1D")});
  cases.push_back(
      {"wrong-flux-type.fits", 3, "FLUX_Z is text: TFORM 4A instead of E", WithColumnType(plain, "FLUX_Z", "4A")});
  std::string noise;
  for (uint64_t i = 0; i < 2000; ++i) noise += static_cast<char>(Mix(seed + i) & 0xFF);
  cases.push_back({"not-fits.fits", 3, "random bytes", std::move(noise)});
  cases.push_back({"text.fits", 3, "a text file", "This is a text file, not a sweep.\nIt has two lines.\n"});
  cases.push_back({"empty.fits", 3, "no bytes at all", ""});
  cases.push_back({"no-end.fits", 3, "the table header has no END card", WithoutEnd(plain)});
  cases.push_back({"no-bintable.fits", 3, "an image and no table", PrimaryOnly()});
  cases.push_back({"naxis1-mismatch.fits", 3, "NAXIS1 is one byte less than the columns",
                   WithCard(bytes, "NAXIS1", row_bytes - 1)});
  cases.push_back({"negative-naxis2.fits", 3, "NAXIS2 is -5", WithCard(bytes, "NAXIS2", -5)});
  cases.push_back(
      {"huge-naxis2.fits", 3, "NAXIS2 times NAXIS1 overflows 64 bits", WithCard(bytes, "NAXIS2", 9000000000000000000)});
  return cases;
}

Status AddGzipCases(uint64_t seed, std::vector<Case>& cases) {
  ARROW_ASSIGN_OR_RAISE(const std::string packed, fits::GzipCompress(AnyRows(seed, Release::kDr10).Bytes()));
  std::string bad_crc = packed;
  bad_crc[bad_crc.size() - 6] = static_cast<char>(bad_crc[bad_crc.size() - 6] ^ 0x01);
  cases.push_back({"plain.fits.gz", 0, "gzip", packed});
  cases.push_back({"truncated.fits.gz", 3, "gzip that ends early", packed.substr(0, packed.size() * 6 / 10)});
  cases.push_back({"bad-crc.fits.gz", 3, "gzip whose checksum does not match", bad_crc});
  return Status::OK();
}

std::string Readme(const std::vector<Case>& cases) {
  std::string text =
      "Unusual and damaged inputs. For each: dhs scan --sweep-index index-CASE.txt --output OUT ends with this exit "
      "code\n"
      "(0 = every row accounted for, 3 = refused with the place of the damage).\n\n";
  text += fmt::format("{:<24} {:>4}  {}\n", "file", "exit", "meaning");
  for (const Case& one : cases) text += fmt::format("{:<24} {:>4}  {}\n", one.file, one.exit_code, one.meaning);
  text += fmt::format("{:<24} {:>4}  {}\n", "(absent) missing.fits", 3, "listed in index-missing.txt, does not exist");
  return text;
}

}  // namespace

Status WriteHardCases(RunContext& context, uint64_t seed, const std::string& directory) {
  Storage& storage = *context.storage;
  ARROW_RETURN_NOT_OK(storage.MakeDirectories(directory));
  std::vector<Case> cases = GoodCases(seed);
  for (Case& bad : BadCases(seed)) cases.push_back(std::move(bad));
  ARROW_RETURN_NOT_OK(AddGzipCases(seed, cases));
  const auto write = [&](const std::string& name, std::string_view bytes) {
    return io::WriteFileAtomic(storage, io::JoinPath(directory, name), bytes);
  };
  for (const Case& one : cases) {
    ARROW_RETURN_NOT_OK(context.stop.Check());
    ARROW_RETURN_NOT_OK(write(one.file, one.bytes));
    // "truncated.fits" and "truncated.fits.gz" need lists of different names.
    const bool gzip = one.file.ends_with(".gz");
    const std::string stem = one.file.substr(0, one.file.find(".fits"));
    ARROW_RETURN_NOT_OK(write(fmt::format("index-{}{}.txt", stem, gzip ? "-gz" : ""), one.file + "\n"));
  }
  ARROW_RETURN_NOT_OK(write("index-missing.txt", "missing.fits\n"));
  const Sweep plain = AnyRows(seed, Release::kDr10);
  ARROW_RETURN_NOT_OK(
      write("flipped-byte.sha256sum", fmt::format("{}  flipped-byte.fits\n", io::Sha256Hex(plain.Bytes()))));
  ARROW_ASSIGN_OR_RAISE(const std::string photo_z, ShuffledPhotoZ(plain));
  ARROW_RETURN_NOT_OK(write("photoz-shuffled-pz.fits", photo_z));
  return write("README.txt", Readme(cases));
}

}  // namespace dhs::mock
