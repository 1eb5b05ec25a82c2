// SPDX-License-Identifier: Apache-2.0
#include "pipeline/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/line.h"
#include "pipeline/path_option.h"
#include "pipeline/registry.h"
#include "pipeline/toy_stage.h"
#include "testing/testing.h"

namespace dhs::pipeline {
namespace {

using testing::WriteBytes;

class ConfigTest : public ::testing::Test {
 protected:
  ConfigTest() {
    for (const std::string name : {"one", "two"}) {
      auto stage = std::make_unique<ToyStage>();
      stage->stage_name = name;
      stages_.emplace_back(std::move(stage));
    }
  }
  Result<ConfigFile> Read(const std::string& text) {
    WriteBytes(path_, text);
    return ReadConfig(*LocalStorage(), path_);
  }
  Status Apply(const std::string& text) {
    ARROW_ASSIGN_OR_RAISE(const ConfigFile config, Read(text));
    return ApplyRunConfig(config, stages_, &run_);
  }
  ToyStage& stage(size_t i) { return static_cast<ToyStage&>(*stages_[i].stage); }

  testing::TempDir temp_;
  std::string path_ = temp_.File("run.toml");
  std::vector<BoundStage> stages_;
  RunKeys run_;
};

TEST_F(ConfigTest, SharedKeysReachEveryStageAndTablesTheirOwn) {
  DHS_ASSERT_OK(Apply("output = '/out'\nthreads = 3\nmemory = '1GiB'\n[two]\nfactor = 5\ninput = '/n.txt'\n"));
  EXPECT_EQ(stage(0).output, "/out");
  EXPECT_EQ(stage(1).output, "/out");
  EXPECT_EQ(stage(0).factor, 2);
  EXPECT_EQ(stage(1).factor, 5);
  EXPECT_EQ(run_.threads, "3");
  EXPECT_EQ(run_.memory, "1GiB");
}

TEST_F(ConfigTest, RelativePathsStartAtTheFilesFolder) {
  DHS_ASSERT_OK(Apply("output = 'out'\n[one]\ninput-s3 = 'in/n.txt'\n[two]\ninput = 's3://bucket/n.txt'\n"));
  EXPECT_EQ(stage(0).output, temp_.path() + "/out");
  EXPECT_EQ(stage(0).input, temp_.path() + "/in/n.txt");
  EXPECT_EQ(stage(1).input, "s3://bucket/n.txt");
}

TEST_F(ConfigTest, ATableWinsOverASharedKeyWhereverItStands) {
  DHS_ASSERT_OK(Apply("output = '/all'\n[one]\noutput = '/mine'\n"));
  EXPECT_EQ(stage(0).output, "/mine");
  EXPECT_EQ(stage(1).output, "/all");
}

TEST_F(ConfigTest, UnknownNamesAreErrorsWithLineAndNearestNames) {
  DHS_EXPECT_ERROR(Apply("\noutptu = 'x'\n"), ExitCode::kUsage, ":2: unknown key 'outptu'");
  DHS_EXPECT_ERROR(Apply("outptu = 'x'\n"), ExitCode::kUsage, "Did you mean 'output'");
  DHS_EXPECT_ERROR(Apply("[one]\nfactor = 1\nfactro = 1\n"), ExitCode::kUsage, ":3: unknown option 'factro'");
  DHS_EXPECT_ERROR(Apply("[one]\n[tow]\n"), ExitCode::kUsage, ":2: [tow] is not a stage; the stages are one, two. Did");
  DHS_EXPECT_ERROR(Apply("[one]\nfactor = -1\n"), ExitCode::kUsage, ":2: --factor: -1 is below");
  DHS_EXPECT_ERROR(Apply("[one]\nfactor = 'many'\n"), ExitCode::kUsage, ":2: --factor: 'many' is not");
}

TEST_F(ConfigTest, BadTomlIsAnErrorWithItsLine) {
  DHS_EXPECT_ERROR(Apply("a = 1\nb = = 2\n"), ExitCode::kUsage, "run.toml:2: not valid TOML");
  DHS_EXPECT_ERROR(Apply("output = 1979-05-27\n"), ExitCode::kUsage, ":1: 'output' must be");
  DHS_EXPECT_ERROR(Apply("[one]\n[one.deep]\nx = 1\n"), ExitCode::kUsage, "'deep' must be");
  DHS_EXPECT_ERROR(Apply("[one]\nfactor = [[1]]\n"), ExitCode::kUsage, "may hold numbers and strings only");
  DHS_EXPECT_ERROR(Apply("output = 'a'\noutput = 'b'\n"), ExitCode::kUsage, ":2: not valid TOML");
  DHS_EXPECT_ERROR(ReadConfig(*LocalStorage(), temp_.File("none.toml")), ExitCode::kData, "none.toml");
}

TEST_F(ConfigTest, ValuesBecomeTheTextThatOptionsTake) {
  DHS_ASSERT_OK_AND_ASSIGN(const ConfigFile config,
                           Read("z = [0, 0.5, 1]\ny = true\nx = 'a b'\nw = 0.1\nv = 2147483648\nu = ['p', 'q']\n"));
  std::vector<std::string> texts;
  for (const ConfigEntry& entry : config.entries) texts.push_back(entry.key + "=" + entry.text);
  EXPECT_THAT(texts, ::testing::ElementsAre("z=0,0.5,1", "y=1", "x=a b", "w=0.1", "v=2147483648", "u=p,q"));
}

TEST_F(ConfigTest, OverridesWinAndAreChecked) {
  DHS_ASSERT_OK(ApplyOverride("two.factor=7", stages_));
  DHS_ASSERT_OK(ApplyOverride("one.input=a=b.c", stages_));
  EXPECT_EQ(stage(1).factor, 7);
  EXPECT_EQ(stage(0).input, "a=b.c");
  DHS_EXPECT_ERROR(ApplyOverride("factor=7", stages_), ExitCode::kUsage, "not of the form stage.option=value");
  DHS_EXPECT_ERROR(ApplyOverride("two.factor", stages_), ExitCode::kUsage, "not of the form stage.option=value");
  DHS_EXPECT_ERROR(ApplyOverride("tow.factor=7", stages_), ExitCode::kUsage, "Did you mean 'two'");
  DHS_EXPECT_ERROR(ApplyOverride("two.fctor=7", stages_), ExitCode::kUsage, "Did you mean 'factor'");
}

TEST_F(ConfigTest, ACommandTakesItsOptionsFromAFlatFileOrARunFile) {
  OptionTable& options = *stages_[0].options;
  DHS_ASSERT_OK_AND_ASSIGN(ConfigFile config, Read("factor = 4\noutput = '/o'\n"));
  DHS_ASSERT_OK(options.Set("output", "/given"));
  DHS_ASSERT_OK(ApplyCommandConfig(config, "one", options, {"one", "two"}, &run_));
  EXPECT_EQ(stage(0).factor, 4);
  EXPECT_EQ(stage(0).output, "/given") << "the command line wins";
  DHS_ASSERT_OK_AND_ASSIGN(config, Read("output = '/o'\n[one]\nchunk = 3\n[two]\nwhatever = 3\n"));
  DHS_ASSERT_OK(ApplyCommandConfig(config, "one", options, {"one", "two"}, &run_));
  EXPECT_EQ(stage(0).chunk, 3);
  DHS_ASSERT_OK_AND_ASSIGN(config, Read("fctor = 4\n"));
  DHS_EXPECT_ERROR(ApplyCommandConfig(config, "one", options, {"one", "two"}, &run_), ExitCode::kUsage,
                   "Did you mean 'factor'");
  DHS_ASSERT_OK_AND_ASSIGN(config, Read("[three]\n"));
  DHS_EXPECT_ERROR(ApplyCommandConfig(config, "one", options, {"one", "two"}, &run_), ExitCode::kUsage,
                   "[three] is not a stage");
}

TEST_F(ConfigTest, CutsTheLine) {
  DHS_EXPECT_ERROR(CutLine("two", "one", &stages_), ExitCode::kUsage, "--from two comes after --to one");
  DHS_EXPECT_ERROR(CutLine("tow", "", &stages_), ExitCode::kUsage, "Did you mean 'two'");
  DHS_ASSERT_OK(CutLine("", "one", &stages_));
  ASSERT_EQ(stages_.size(), 1u);
  EXPECT_EQ(stages_[0].name(), "one");
}

class Silent : public LineObserver {
 public:
  void StageBegins(std::string_view name) override { begun.emplace_back(name); }
  void StageEnded(std::string_view, const StageOutcome&) override {}
  std::vector<std::string> begun;
};

TEST_F(ConfigTest, ALineStopsAtTheFirstErrorAndNamesTheStage) {
  WriteBytes(temp_.File("n.txt"), "1");
  DHS_ASSERT_OK(Apply("output = 'out'\n[one]\ninput = 'n.txt'\n[two]\ninput = 'none.txt'\n"));
  Progress progress;
  base::MemoryBudget memory(1000);
  RunContext context{LocalStorage(), {}, &progress, &memory, 1};
  DHS_ASSERT_OK_AND_ASSIGN(const std::string text, ExplainLine(stages_, context, {}));
  EXPECT_THAT(text, ::testing::HasSubstr("one: would run"));
  EXPECT_THAT(text, ::testing::HasSubstr("two: waits for what one makes"));
  Silent observer;
  std::vector<FinishedStage> finished;
  DHS_EXPECT_ERROR(RunLine(stages_, context, {}, observer, &finished), ExitCode::kData, "two: ");
  EXPECT_THAT(observer.begun, ::testing::ElementsAre("one", "two"));
  ASSERT_EQ(finished.size(), 1u);
  EXPECT_EQ(LineExitCode(finished), ExitCode::kOk);
  const std::string account = LineAccount(finished);
  EXPECT_THAT(account, ::testing::HasSubstr("one        made in "));
  EXPECT_THAT(account, ::testing::HasSubstr("rows read 1, result 2.000000"));
  EXPECT_THAT(account, ::testing::HasSubstr("dhs info " + temp_.path() + "/out/one"));
  finished[0].outcome.report.something_skipped = true;
  EXPECT_EQ(LineExitCode(finished), ExitCode::kData);
  finished[0].outcome.report.check_failed = true;
  EXPECT_EQ(LineExitCode(finished), ExitCode::kCheckFailed);
}

TEST(Registry, StagesComeInOrderAndBindTheirOptions) {
  EXPECT_THAT(StageNames(), ::testing::ElementsAre("scan", "regions", "select", "parent", "compact", "validate"));
  for (const BoundStage& stage : MakeAllStages()) {
    EXPECT_NE(stage.options->Find("output"), nullptr) << stage.name();
    EXPECT_TRUE(IsPathOption(*stage.options->Find("output"))) << stage.name();
    EXPECT_FALSE(stage.stage->summary().empty());
    EXPECT_TRUE(stage.stage->example().starts_with("dhs " + std::string(stage.name()))) << stage.stage->example();
  }
  DHS_EXPECT_ERROR(MakeStage("slect"), ExitCode::kUsage, "Did you mean 'select'");
}

}  // namespace
}  // namespace dhs::pipeline
