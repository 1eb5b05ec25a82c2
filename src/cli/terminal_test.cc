// SPDX-License-Identifier: Apache-2.0
// What a person sees and types: help, sizes, progress, signals.
#include <csignal>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/byte_size.h"
#include "cli/command.h"
#include "cli/help.h"
#include "cli/progress_line.h"
#include "cli/signals.h"
#include "testing/testing.h"

namespace dhs::cli {
namespace {

using ::testing::HasSubstr;

TEST(ByteSize, TakesDecimalAndBinaryUnits) {
  const std::pair<std::string_view, int64_t> good[] = {
      {"1", 1},         {"1024B", 1024},           {"4GiB", int64_t{4} << 30}, {"500 MB", 500'000'000},
      {"1.5kib", 1536}, {"2TB", 2'000'000'000'000}};
  for (const auto& [text, bytes] : good) {
    DHS_ASSERT_OK_AND_ASSIGN(const int64_t found, ParseByteSize(text));
    EXPECT_EQ(found, bytes) << text;
  }
  for (const std::string_view bad : {"", "0", "-1", "x", "1 parsec", "1e99", "inf", "99999999TB", "GiB"}) {
    DHS_EXPECT_ERROR(ParseByteSize(bad), ExitCode::kUsage, "--memory: '" + std::string(bad) + "'");
  }
  EXPECT_GT(DefaultMemoryBytes(), 1 << 20);
}

TEST(Help, ShowsUnitLimitsChoicesDefaultAndAliases) {
  double ebv = 0.12;
  std::string mode = "b";
  OptionTable options;
  options.Number("max-ebv", &ebv, {.doc = "Keep bricks", .unit = "mag", .min = 0, .max = 9, .aliases = {"ebv"}});
  options.Text("mode", &mode, {.doc = "Choose", .choices = {"a", "b"}});
  const std::string text = OptionHelp(options);
  EXPECT_THAT(text, HasSubstr("--max-ebv NUMBER"));
  EXPECT_THAT(text, HasSubstr("Keep bricks [in mag; 0 to 9; default 0.12] (also --ebv)"));
  EXPECT_THAT(text, HasSubstr("--mode a|b"));
  EXPECT_THAT(OptionMarkdown(options), HasSubstr("| `--mode` | a\\|b | `b` | Choose |"));
}

TEST(Help, NoCommandIsWiderThanTheScreen) {
  for (const auto& command : AllCommands()) {
    std::istringstream lines(HelpOf(*command));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), kHelpColumns) << line;
  }
}

TEST(Help, EveryOptionHasASentence) {
  for (const auto& command : AllCommands()) {
    OptionTable options;
    command->BindOptions(options);
    for (const Option& option : options.options()) {
      EXPECT_FALSE(option.doc.doc.empty()) << command->name() << " --" << option.name;
      EXPECT_NE(option.doc.doc.back(), '.') << command->name() << " --" << option.name;
    }
  }
}

TEST(Help, ACommandLineIsBrokenSoThatAShellTakesIt) {
  const std::string wrapped = WrapCommandLine("dhs " + std::string(60, 'x') + " " + std::string(60, 'y'));
  EXPECT_EQ(wrapped, "  dhs " + std::string(60, 'x') + " \\\n    " + std::string(60, 'y'));
}

TEST(ProgressText, SaysWhatIsKnown) {
  Progress progress;
  EXPECT_EQ(ProgressText("scan", progress, 0), "scan: 0 rows");
  progress.rows_done = 3'000'000;
  progress.bytes_done = 500'000'000;
  progress.bytes_total = 1'000'000'000;
  EXPECT_EQ(ProgressText("scan", progress, 2),
            "scan: 50 %, 3,000,000 rows (1.5 M/s), 500.0 MB of 1.0 GB (250.0 MB/s), 2 s left");
  progress.bytes_done = 1'000'000'000;
  EXPECT_EQ(ProgressText("scan", progress, 10),
            "scan: 100 %, 3,000,000 rows (300.0 k/s), 1.0 GB of 1.0 GB (100.0 MB/s)");
}

TEST(Signals, TheFirstOneAsksToStop) {
  const StopToken stop;
  {
    const SignalScope scope(stop);
    EXPECT_FALSE(stop.stop_requested());
    std::raise(SIGTERM);
    EXPECT_TRUE(stop.stop_requested());
    std::raise(SIGPIPE);  // ignored
  }
  EXPECT_TRUE(stop.stop_requested());
}

TEST(SignalsDeathTest, TheSecondOneKills) {
  EXPECT_EXIT(
      {
        const StopToken stop;
        const SignalScope scope(stop);
        std::raise(SIGTERM);
        std::raise(SIGINT);
      },
      ::testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace dhs::cli
