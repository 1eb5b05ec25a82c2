// SPDX-License-Identifier: Apache-2.0
#include "cli/parse_args.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "testing/testing.h"

namespace dhs::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

class ParseArgsTest : public ::testing::Test {
 protected:
  ParseArgsTest() {
    table_.Number("max-ebv", &number_, {.doc = "", .aliases = {"ebv"}});
    table_.Text("output", &text_, {.doc = ""});
    table_.Text("set", &text_, {.doc = ""});
    common_.Switch("force", &flag_, {.doc = ""});
    common_.Switch("quiet", &flag_, {.doc = ""});
  }
  Result<ParsedArgs> Parse(const std::vector<std::string>& args) {
    return ParseArgs(args, {&table_, &common_}, {"set"});
  }

  double number_ = 0;
  std::string text_;
  bool flag_ = false;
  OptionTable table_, common_;
};

TEST_F(ParseArgsTest, TakesBothSpellingsOfAValueAndAliases) {
  DHS_ASSERT_OK_AND_ASSIGN(const ParsedArgs parsed, Parse({"--output=a=b", "--ebv", "0.1"}));
  EXPECT_THAT(parsed.options, ElementsAre(Pair("output", "a=b"), Pair("max-ebv", "0.1")));
}

TEST_F(ParseArgsTest, ABareSwitchMeansOneAndSwallowsNothing) {
  DHS_ASSERT_OK_AND_ASSIGN(const ParsedArgs parsed, Parse({"--force", "config.toml", "--quiet", "0"}));
  EXPECT_THAT(parsed.options, ElementsAre(Pair("force", "1"), Pair("quiet", "0")));
  EXPECT_THAT(parsed.positionals, ElementsAre("config.toml"));
}

TEST_F(ParseArgsTest, NegativeNumbersAreValues) {
  DHS_ASSERT_OK_AND_ASSIGN(const ParsedArgs parsed, Parse({"--max-ebv", "-5", "--output=-x"}));
  EXPECT_THAT(parsed.options, ElementsAre(Pair("max-ebv", "-5"), Pair("output", "-x")));
}

TEST_F(ParseArgsTest, OnlyRepeatableOptionsMayComeTwice) {
  DHS_ASSERT_OK_AND_ASSIGN(const ParsedArgs parsed, Parse({"--set", "a=1", "--set=b=2"}));
  EXPECT_THAT(parsed.options, ElementsAre(Pair("set", "a=1"), Pair("set", "b=2")));
  DHS_EXPECT_ERROR(Parse({"--output", "a", "--output", "b"}), ExitCode::kUsage, "--output is given 2 times");
  DHS_EXPECT_ERROR(Parse({"--max-ebv", "1", "--ebv", "2"}), ExitCode::kUsage, "--max-ebv is given 2 times");
}

TEST_F(ParseArgsTest, UnknownOptionsAndMissingValuesAreErrors) {
  DHS_EXPECT_ERROR(Parse({"--ouptut=x"}), ExitCode::kUsage, "unknown option '--ouptut'. Did you mean '--output'");
  DHS_EXPECT_ERROR(Parse({"-o", "x"}), ExitCode::kUsage, "unknown option '-o'");
  DHS_EXPECT_ERROR(Parse({"--output"}), ExitCode::kUsage, "--output needs a value");
  DHS_EXPECT_ERROR(Parse({"--output", "--force"}), ExitCode::kUsage, "--output needs a value");
}

TEST_F(ParseArgsTest, HelpWinsOverMistakes) {
  DHS_ASSERT_OK_AND_ASSIGN(const ParsedArgs parsed, Parse({"--nonsense", "--help"}));
  EXPECT_TRUE(parsed.help);
}

RC_GTEST_FIXTURE_PROP(ParseArgsTest, NoWordsCrashIt, (std::vector<std::string> words)) {
  const Result<ParsedArgs> parsed = Parse(words);
  RC_ASSERT(parsed.ok() || ExitCodeOf(parsed.status()) == ExitCode::kUsage);
}

}  // namespace
}  // namespace dhs::cli
