// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "io/fetch_pool.h"
#include "io/files.h"
#include "io/http_client.h"
#include "io/http_storage.h"
#include "io/url.h"
#include "testing/testing.h"

namespace dhs::io {
namespace {

std::string Resolved(const std::string& list, const std::string& line) {
  const auto path = ResolveListed(list, line);
  return path.ok() ? *path : "error: " + path.status().message();
}

TEST(UrlTest, TellsUrlsFromPaths) {
  EXPECT_TRUE(IsUrl("http://h/x"));
  EXPECT_TRUE(IsUrl("s3://bucket/x"));
  EXPECT_FALSE(IsUrl("/a/b"));
  EXPECT_FALSE(IsUrl("://x"));
  EXPECT_FALSE(IsUrl("dir/with://inside"));
  EXPECT_TRUE(IsHttpUrl("HTTPS://h"));
  EXPECT_FALSE(IsHttpUrl("s3://h"));
}

TEST(UrlTest, OneSpellingForOneFile) {
  for (const char* same : {"https://host/a/c.fits?s=1", "HTTPS://Host:443/a/./b/../c.fits?s=1#part"}) {
    DHS_ASSERT_OK_AND_ASSIGN(const std::string normal, NormalUrl(same));
    EXPECT_EQ(normal, "https://host/a/c.fits?s=1");
  }
  DHS_ASSERT_OK_AND_ASSIGN(const std::string blank, NormalUrl("http://host:8080/a b"));
  EXPECT_EQ(blank, "http://host:8080/a%20b");
}

TEST(UrlTest, RefusesWhatCannotBeRead) {
  DHS_EXPECT_ERROR(NormalUrl("ftp://host/x"), ExitCode::kData, "'ftp' is no scheme that is read");
  DHS_EXPECT_ERROR(NormalUrl("https:///x.fits"), ExitCode::kData, "it has no host");
  DHS_EXPECT_ERROR(NormalUrl("https://"), ExitCode::kData, "not a URL that can be read");
  DHS_EXPECT_ERROR(NormalUrl("https://host:port/x"), ExitCode::kData, "not a URL that can be read");
  const auto secret = NormalUrl("https://me:secret@host/x");
  DHS_EXPECT_ERROR(secret, ExitCode::kData, "must not hold a user name or password");
  EXPECT_EQ(secret.status().message().find("secret"), std::string::npos);
}

TEST(UrlTest, LinesCountFromThePlaceOfTheirList) {
  EXPECT_EQ(Resolved("dir/index.txt", "a.fits"), "dir/a.fits");
  EXPECT_EQ(Resolved("index.txt", "a.fits"), "./a.fits");
  EXPECT_EQ(Resolved("dir/index.txt", "/data/a.fits"), "/data/a.fits");
  EXPECT_EQ(Resolved("dir/index.txt", "http://host/a.fits"), "http://host/a.fits");
  const std::string index = "https://host/dr10/list/index.txt?sig=1";
  EXPECT_EQ(Resolved(index, "a.fits"), "https://host/dr10/list/a.fits");
  EXPECT_EQ(Resolved(index, "../south/a.fits?sig=2"), "https://host/dr10/south/a.fits?sig=2");
  EXPECT_EQ(Resolved(index, "/a.fits"), "https://host/a.fits");
  EXPECT_EQ(Resolved(index, "http://other/a.fits"), "http://other/a.fits");
  EXPECT_EQ(Resolved(index, "s3://bucket/a.fits").substr(0, 6), "error:");
}

TEST(UrlTest, BaseNamesHaveNoQuery) {
  EXPECT_EQ(BaseName("https://host/x/sweep.fits.gz?sig=a/b&x=1"), "sweep.fits.gz");
  EXPECT_EQ(BaseName("https://host/x/sweep.fits"), "sweep.fits");
  EXPECT_EQ(BaseName("dir/what?.fits"), "what?.fits");
}

TEST(HttpIdentityTest, DiffersBySizeThenEtagThenDate) {
  const HttpIdentity was{10, "\"a\"", "Mon"};
  DHS_EXPECT_ERROR(CheckSameFile("u", was, {11, "\"a\"", "Mon"}), ExitCode::kData, "its size was 10 bytes, now 11");
  DHS_EXPECT_ERROR(CheckSameFile("u", was, {10, "\"b\"", "Mon"}), ExitCode::kData, "its ETag was \"a\", now \"b\"");
  DHS_EXPECT_ERROR(CheckSameFile("u", was, {10, "", "Tue"}), ExitCode::kData, "its date was Mon, now Tue");
  DHS_EXPECT_ERROR(CheckSameFile("u", was, {10, "W/\"a\"", "Mon"}), ExitCode::kData, "its ETag was");
  DHS_ASSERT_OK(CheckSameFile("u", was, {10, "\"a\"", "Tue"}));
  DHS_ASSERT_OK(CheckSameFile("u", was, {-1, "", ""}));
}

TEST(HttpOptionsTest, EnvironmentSaysHowPatient) {
  ASSERT_EQ(::setenv("DHS_HTTP_TRIES", "3", 1), 0);
  DHS_ASSERT_OK_AND_ASSIGN(const HttpOptions options, HttpOptions::FromEnvironment());
  EXPECT_EQ(options.max_tries, 3);
  EXPECT_EQ(options.timeout_s, HttpOptions().timeout_s);
  for (const char* wrong : {"0", "101", "3x", "-1", "many"}) {
    ASSERT_EQ(::setenv("DHS_HTTP_TRIES", wrong, 1), 0);
    DHS_EXPECT_ERROR(HttpOptions::FromEnvironment(), ExitCode::kUsage,
                     "DHS_HTTP_TRIES: expected a whole number from 1 to 100, found '" + std::string(wrong) + "'");
  }
  ASSERT_EQ(::unsetenv("DHS_HTTP_TRIES"), 0);
}

TEST(FetchPoolTest, MemoryAheadIsBoundedAndComesBack) {
  FetchPool pool;
  std::vector<std::unique_ptr<FetchPool::Buffer>> held;
  for (int i = 0; i < FetchPool::kMaxBlocksAhead; ++i) {
    held.push_back(pool.TakeIfFree());
    ASSERT_NE(held.back(), nullptr);
  }
  EXPECT_EQ(pool.TakeIfFree(), nullptr);
  const auto waited_for = pool.Take();  // never refused
  ASSERT_NE(waited_for, nullptr);
  held.resize(held.size() - 2);
  EXPECT_NE(pool.TakeIfFree(), nullptr);
}

TEST(HttpStorageTest, WritesNothing) {
  const auto storage = HttpStorage({});
  DHS_EXPECT_ERROR(storage->OpenOutput("http://h/x"), ExitCode::kUsage, "nothing is written to web servers");
  DHS_EXPECT_ERROR(storage->MakeDirectories("http://h/x"), ExitCode::kUsage, "nothing is written to web servers");
  DHS_EXPECT_ERROR(storage->TryLock("http://h/x"), ExitCode::kUsage, "nothing is written to web servers");
  DHS_EXPECT_ERROR(storage->List("http://h/x", true), ExitCode::kUsage, "does not list its files");
}

TEST(StorageBySchemeTest, GoesByTheScheme) {
  testing::TempDir dir;
  testing::WriteBytes(dir.File("f"), "abc");
  const auto storage = StorageByScheme();
  DHS_ASSERT_OK_AND_ASSIGN(const FileInfo info, storage->Stat(dir.File("f")));
  EXPECT_EQ(info.size_bytes, 3);
  DHS_EXPECT_ERROR(storage->OpenInput("gopher://h/x"), ExitCode::kData, "'gopher' is no scheme that is read");
  DHS_EXPECT_ERROR(storage->Rename(dir.File("f"), "http://h/x"), ExitCode::kUsage, "lies elsewhere");
}

}  // namespace
}  // namespace dhs::io
