// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <csignal>
#include <filesystem>
#include <string>

#include <arrow/buffer.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "io/files.h"
#include "io/staging.h"
#include "testing/faulty_storage.h"
#include "testing/testing.h"

namespace dhs::io {
namespace {

using dhs::testing::FaultyStorage;
using dhs::testing::ReadBytes;
using dhs::testing::TempDir;
using dhs::testing::WriteBytes;

FileKind KindOf(const std::string& path) { return LocalStorage()->Stat(path).ValueOrDie().kind; }

TEST(PathTest, JoinsAndSplits) {
  EXPECT_EQ(JoinPath("a", "b"), "a/b");
  EXPECT_EQ(JoinPath("a/", "b"), "a/b");
  EXPECT_EQ(JoinPath("", "b"), "b");
  EXPECT_EQ(ParentPath("a/b/"), "a");
  EXPECT_EQ(ParentPath("b"), ".");
  EXPECT_EQ(ParentPath("/b"), "/");
  EXPECT_EQ(BaseName("https://host/x/sweep.fits?sig=1"), "sweep.fits");
  EXPECT_EQ(BaseName("x/sweep.fits"), "sweep.fits");
}

TEST(LocalStorageTest, ReadsRangesAndStopsAtTheEnd) {
  TempDir dir;
  WriteBytes(dir.File("f"), "0123456789");
  DHS_ASSERT_OK_AND_ASSIGN(auto file, LocalStorage()->OpenInput(dir.File("f")));
  char out[16] = {};
  DHS_ASSERT_OK_AND_ASSIGN(const int64_t got, file->ReadAt(7, 10, out));
  EXPECT_EQ(std::string(out, static_cast<size_t>(got)), "789");
  DHS_ASSERT_OK_AND_ASSIGN(const auto buffer, file->ReadAt(2, 3));
  EXPECT_EQ(buffer->ToString(), "234");
  DHS_ASSERT_OK_AND_ASSIGN(const int64_t none, file->ReadAt(10, 1, out));
  EXPECT_EQ(none, 0);
}

TEST(LocalStorageTest, LendsCachedBytesFromAnyOffset) {
  TempDir dir;
  std::string bytes(3'000'000, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 2654435761u >> 24);
  WriteBytes(dir.File("f"), bytes);
  DHS_ASSERT_OK_AND_ASSIGN(auto file, LocalStorage()->OpenInput(dir.File("f")));
  for (const auto& [offset, size] :
       {std::pair(0, 1), {1, 4096}, {2'097'151, 2}, {2'500'000, 500'000}, {5, 2'999'995}}) {
    const auto lent = file->Lend(offset, size);
    if (lent == nullptr) GTEST_SKIP() << "this file system does not tell what it has cached";
    EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(lent->data()), static_cast<size_t>(size)),
              std::string_view(bytes).substr(static_cast<size_t>(offset), static_cast<size_t>(size)));
    EXPECT_TRUE(lent->intact());
  }
}

TEST(LocalStorageTest, FileCutShortUnderALoanGivesZerosAndIsTold) {
  TempDir dir;
  WriteBytes(dir.File("f"), std::string(1'000'000, 'x'));
  DHS_ASSERT_OK_AND_ASSIGN(auto file, LocalStorage()->OpenInput(dir.File("f")));
  const auto lent = file->Lend(10, 999'990), other = file->Lend(0, 100);
  if (lent == nullptr || other == nullptr) GTEST_SKIP() << "this file system does not tell what it has cached";
  std::filesystem::resize_file(dir.File("f"), 4096);
  EXPECT_EQ(lent->data()[0], 'x');
  EXPECT_TRUE(lent->intact());
  for (const int64_t at : {999'989, 500'000, 4096}) EXPECT_EQ(lent->data()[at], 0);
  EXPECT_FALSE(lent->intact());
  EXPECT_EQ(other->data()[0], 'x');
  EXPECT_TRUE(other->intact());
  EXPECT_EQ(file->Lend(10, 999'990), nullptr);
}

TEST(LocalStorageDeathTest, OtherBusErrorsEndTheProcess) {
  TempDir dir;
  WriteBytes(dir.File("f"), std::string(8192, 'x'));
  DHS_ASSERT_OK_AND_ASSIGN(auto file, LocalStorage()->OpenInput(dir.File("f")));
  if (file->Lend(0, 8192) == nullptr) GTEST_SKIP() << "this file system does not tell what it has cached";
  EXPECT_DEATH((void)::raise(SIGBUS), "");
}

TEST(LocalStorageTest, MissingFileAndDirectoryAreDataErrorsThatNameThePath) {
  TempDir dir;
  DHS_EXPECT_ERROR(LocalStorage()->OpenInput(dir.File("none")), ExitCode::kData, "none: cannot open: No such file");
  DHS_EXPECT_ERROR(LocalStorage()->OpenInput(dir.path()), ExitCode::kData, "Is a directory");
}

TEST(LocalStorageTest, FileDroppedWithoutCloseIsDiscarded) {
  TempDir dir;
  {
    DHS_ASSERT_OK_AND_ASSIGN(auto file, LocalStorage()->OpenOutput(dir.File("f")));
    DHS_ASSERT_OK(file->Write("abc", 3));
  }
  EXPECT_EQ(KindOf(dir.File("f")), FileKind::kNone);
}

TEST(LocalStorageTest, ListsInByteOrder) {
  TempDir dir;
  DHS_ASSERT_OK(LocalStorage()->MakeDirectories(dir.File("b/c")));
  for (const char* name : {"b/c/z", "a", "b/a"}) WriteBytes(dir.File(name), "x");
  DHS_ASSERT_OK_AND_ASSIGN(const auto entries, LocalStorage()->List(dir.path(), true));
  std::string names;
  for (const auto& entry : entries) names += entry.path.substr(dir.path().size()) + " ";
  EXPECT_EQ(names, "/a /b /b/a /b/c /b/c/z ");
}

TEST(LocalStorageTest, LockIsHeldByOneAndLeavesNoFile) {
  TempDir dir;
  {
    DHS_ASSERT_OK_AND_ASSIGN(auto first, LocalStorage()->TryLock(dir.File("lock")));
    ASSERT_NE(first, nullptr);
    DHS_ASSERT_OK_AND_ASSIGN(auto second, LocalStorage()->TryLock(dir.File("lock")));
    EXPECT_EQ(second, nullptr);
  }
  EXPECT_EQ(KindOf(dir.File("lock")), FileKind::kNone);
  DHS_ASSERT_OK_AND_ASSIGN(auto third, LocalStorage()->TryLock(dir.File("lock")));
  EXPECT_NE(third, nullptr);
}

TEST(FilesTest, Sha256MatchesThePublishedVectors) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  TempDir dir;
  const std::string big(9'000'001, 'q');
  WriteBytes(dir.File("big"), big);
  DHS_ASSERT_OK_AND_ASSIGN(const std::string of_file, Sha256OfFile(*LocalStorage(), dir.File("big")));
  EXPECT_EQ(of_file, Sha256Hex(big));
}

TEST(FilesTest, ListFileDropsBlankLinesAndComments) {
  TempDir dir;
  WriteBytes(dir.File("l"), "# head\n\n  a.fits \r\n\t\nb.fits");
  DHS_ASSERT_OK_AND_ASSIGN(const auto lines, ReadListFile(*LocalStorage(), dir.File("l")));
  EXPECT_EQ(lines, (std::vector<std::string>{"a.fits", "b.fits"}));
}

TEST(FilesTest, BadJsonNamesThePathAndTheByte) {
  TempDir dir;
  WriteBytes(dir.File("j"), "{\"a\": }");
  DHS_EXPECT_ERROR(ReadJson(*LocalStorage(), dir.File("j")), ExitCode::kData, "/j: byte 7: not valid JSON");
}

TEST(FilesTest, NanBecomesNullInJson) {
  TempDir dir;
  DHS_ASSERT_OK(WriteJsonAtomic(*LocalStorage(), dir.File("j"), {{"x", std::nan("")}}));
  EXPECT_EQ(ReadBytes(dir.File("j")), "{\n  \"x\": null\n}\n");
}

TEST(FilesTest, AtomicWriteLeavesTheOldFileOnEveryFault) {
  for (const char* fault : {"enospc@create:1", "enospc@write:1", "eio@sync:1", "eio@close:1", "eio@rename:1"}) {
    TempDir dir;
    WriteBytes(dir.File("f"), "old");
    DHS_ASSERT_OK_AND_ASSIGN(auto storage, FaultyStorage(LocalStorage(), fault));
    const Status status = WriteFileAtomic(*storage, dir.File("f"), "new text");
    EXPECT_EQ(ExitCodeOf(status), ExitCode::kEnvironment) << fault;
    EXPECT_EQ(ReadBytes(dir.File("f")), "old") << fault;
    DHS_ASSERT_OK_AND_ASSIGN(const auto entries, LocalStorage()->List(dir.path(), true));
    EXPECT_EQ(entries.size(), 1u) << fault;
  }
}

TEST(FilesTest, ShortReadIsATruncatedFileNotAShortResult) {
  TempDir dir;
  WriteBytes(dir.File("f"), "0123456789");
  DHS_ASSERT_OK_AND_ASSIGN(auto storage, FaultyStorage(LocalStorage(), "short@read:*"));
  DHS_ASSERT_OK_AND_ASSIGN(const std::string bytes, [&]() -> Result<std::string> {
    auto result = ReadWholeFile(*storage, dir.File("f"));
    return result.ok() ? result : Result<std::string>(result.status().message());
  }());
  EXPECT_NE(bytes.find("expected 10 bytes, found 9"), std::string::npos) << bytes;
}

TEST(StagingTest, NothingUnderTheFinalNameUntilPublish) {
  TempDir dir;
  const std::string final_path = dir.File("out/scan");
  DHS_ASSERT_OK_AND_ASSIGN(auto staging, Staging::Open(LocalStorage(), final_path, "k1"));
  WriteBytes(staging->path() + "/a", "x");
  EXPECT_EQ(KindOf(final_path), FileKind::kNone);
  DHS_ASSERT_OK(staging->Publish());
  EXPECT_EQ(ReadBytes(final_path + "/a"), "x");
  DHS_ASSERT_OK_AND_ASSIGN(const bool complete, IsComplete(*LocalStorage(), final_path));
  EXPECT_TRUE(complete);
}

TEST(StagingTest, SameKeyFindsFinishedWorkAndOtherKeysAreSweptAway) {
  TempDir dir;
  const std::string final_path = dir.File("scan");
  {
    DHS_ASSERT_OK_AND_ASSIGN(auto staging, Staging::Open(LocalStorage(), final_path, "k1"));
    WriteBytes(staging->path() + "/part", "kept");
  }
  {
    DHS_ASSERT_OK_AND_ASSIGN(auto staging, Staging::Open(LocalStorage(), final_path, "k1"));
    EXPECT_EQ(ReadBytes(staging->path() + "/part"), "kept");
  }
  DHS_ASSERT_OK_AND_ASSIGN(auto staging, Staging::Open(LocalStorage(), final_path, "k2"));
  EXPECT_EQ(KindOf(dir.File(".scan.staging-k1")), FileKind::kNone);
}

TEST(StagingTest, SecondProcessIsToldSo) {
  TempDir dir;
  DHS_ASSERT_OK_AND_ASSIGN(auto staging, Staging::Open(LocalStorage(), dir.File("scan"), "k"));
  DHS_EXPECT_ERROR(Staging::Open(LocalStorage(), dir.File("scan"), "k"), ExitCode::kEnvironment,
                   "another process is making this output now");
}

TEST(StagingTest, LeftoversOfADeathAfterPublishAreRemovedAndTheOutputStays) {
  TempDir dir;
  for (const char* name : {"scan", ".scan.old", ".scan.staging-k9", ".scan.sibling"}) {
    DHS_ASSERT_OK(LocalStorage()->MakeDirectories(dir.File(name)));
    WriteBytes(dir.File(name) + "/a", name);
  }
  WriteBytes(dir.File(".scan.lock"), "");
  DHS_ASSERT_OK(RemoveLeftovers(*LocalStorage(), dir.File("scan")));
  DHS_ASSERT_OK_AND_ASSIGN(const auto entries, LocalStorage()->List(dir.path(), false));
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(BaseName(entries[0].path), ".scan.sibling");
  EXPECT_EQ(ReadBytes(dir.File("scan/a")), "scan");
}

TEST(StagingTest, ReplacesAnOlderOutputWholeAndRepairsAHalfDoneSwap) {
  for (const char* fault : {"", "eio@rename:1", "eio@rename:2", "eio@remove:2"}) {
    TempDir dir;
    const std::string final_path = dir.File("scan");
    DHS_ASSERT_OK(LocalStorage()->MakeDirectories(final_path));
    WriteBytes(final_path + "/a", "old");
    DHS_ASSERT_OK_AND_ASSIGN(auto storage, FaultyStorage(LocalStorage(), fault));
    {
      DHS_ASSERT_OK_AND_ASSIGN(auto staging, Staging::Open(storage, final_path, "k"));
      WriteBytes(staging->path() + "/a", "new");
      EXPECT_EQ(staging->Publish().ok(), std::string_view(fault).empty()) << fault;
    }
    DHS_ASSERT_OK_AND_ASSIGN(auto staging, Staging::Open(LocalStorage(), final_path, "k"));
    const std::string bytes = ReadBytes(final_path + "/a");
    EXPECT_TRUE(bytes == "old" || bytes == "new") << fault;
    EXPECT_EQ(KindOf(dir.File(".scan.old")), FileKind::kNone) << fault;
    if (bytes == "old") {
      EXPECT_EQ(ReadBytes(staging->path() + "/a"), "new") << fault;
    }
  }
}

}  // namespace
}  // namespace dhs::io
