// SPDX-License-Identifier: Apache-2.0
#include "pipeline/runner.h"

#include <map>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/files.h"
#include "io/staging.h"
#include "pipeline/explain.h"
#include "pipeline/fingerprint.h"
#include "pipeline/toy_stage.h"
#include "testing/faulty_storage.h"
#include "testing/testing.h"

namespace dhs::pipeline {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::ReadBytes;
using testing::WriteBytes;

class RunnerTest : public ::testing::Test {
 protected:
  void SetUp() override { WriteBytes(input_, "21"); }

  struct Try {
    ToyStage stage;
    OptionTable options;
  };
  std::unique_ptr<Try> MakeTry(std::string_view factor = "") {
    auto attempt = std::make_unique<Try>();
    attempt->stage.BindOptions(attempt->options);
    EXPECT_TRUE(attempt->options.Set("output", root_).ok());
    EXPECT_TRUE(attempt->options.Set("input", input_).ok());
    if (!factor.empty()) {
      EXPECT_TRUE(attempt->options.Set("factor", factor).ok());
    }
    return attempt;
  }
  Result<StageOutcome> Run(Try& attempt, RunSettings settings = {}) {
    return RunStage(attempt.stage, attempt.options, context_, settings);
  }
  std::map<std::string, std::string> Files() {
    std::map<std::string, std::string> files;
    for (const FileInfo& info : *LocalStorage()->List(output_, true)) {
      if (info.kind == FileKind::kFile) files[io::BaseName(info.path)] = ReadBytes(info.path);
    }
    return files;
  }
  bool Exists(const std::string& path) { return LocalStorage()->Stat(path)->kind != FileKind::kNone; }

  testing::TempDir temp_;
  std::string root_ = temp_.File("out");
  std::string output_ = root_ + "/toy";
  std::string input_ = temp_.File("n.txt");
  Progress progress_;
  base::MemoryBudget memory_{1 << 20};
  RunContext context_{LocalStorage(), {}, &progress_, &memory_, 2};
};

TEST_F(RunnerTest, PublishesTheOutputWithItsBooks) {
  auto attempt = MakeTry();
  DHS_ASSERT_OK_AND_ASSIGN(const StageOutcome outcome, Run(*attempt));
  EXPECT_EQ(outcome.action, StageAction::kMake);
  EXPECT_EQ(outcome.output_dir, output_);
  auto files = Files();
  EXPECT_EQ(files["result.txt"], "42.000000");
  EXPECT_EQ(files["_report.txt"], "the result is 42.000000\n");
  EXPECT_EQ(files.count("_SUCCESS"), 1u);
  const auto manifest = nlohmann::ordered_json::parse(files["_manifest.json"]);
  EXPECT_EQ(manifest["result"], 42.0);
  const auto config = nlohmann::ordered_json::parse(files["_stage_config.json"]);
  EXPECT_EQ(config["stage"], "toy");
  EXPECT_EQ(config["parameters"]["input"]["given"], true);
  EXPECT_EQ(config["parameters"]["factor"]["given"], false);
  EXPECT_EQ(config["parameters"]["factor"]["value"], 2.0);
  EXPECT_EQ(config["inputs"][0]["sha256"], io::Sha256Hex("21"));
  EXPECT_EQ(config["fingerprint"].get<std::string>().size(), 64u);
  EXPECT_GT(config["measured"]["seconds"].get<double>(), 0);
}

TEST_F(RunnerTest, SkipsACompleteOutputAndRemembersItsFigures) {
  auto first = MakeTry();
  first->stage.change_report = [](StageReport& report) {
    report.something_skipped = true;
    report.warnings = {"a warning"};
  };
  DHS_ASSERT_OK(Run(*first).status());
  auto before = Files();
  EXPECT_EQ(before["_report.txt"], "the result is 42.000000\nWarning: a warning\n");
  auto second = MakeTry();
  DHS_ASSERT_OK_AND_ASSIGN(const StageOutcome outcome, Run(*second));
  EXPECT_EQ(outcome.action, StageAction::kSkip);
  EXPECT_EQ(second->stage.num_runs, 0);
  ASSERT_EQ(outcome.report.figures.size(), 2u);
  EXPECT_EQ(outcome.report.figures[1].value, "42.000000");
  EXPECT_TRUE(outcome.report.something_skipped);
  EXPECT_EQ(outcome.report.warnings, std::vector<std::string>{"a warning"});
  EXPECT_EQ(Files(), before);
}

TEST_F(RunnerTest, StopsAndSaysWhichOptionDiffers) {
  DHS_ASSERT_OK(Run(*MakeTry()).status());
  const auto before = Files();
  auto other = MakeTry("3");
  const Status status = Run(*other).status();
  DHS_EXPECT_ERROR(status, ExitCode::kUsage, "option factor: was 2.0, now 3.0");
  EXPECT_THAT(status.message(), HasSubstr("--force"));
  EXPECT_THAT(status.message(), Not(HasSubstr("input")));
  EXPECT_EQ(Files(), before);
  EXPECT_EQ(other->stage.num_runs, 0);
}

TEST_F(RunnerTest, StopsAndSaysWhichInputChanged) {
  DHS_ASSERT_OK(Run(*MakeTry()).status());
  WriteBytes(input_, "22");
  const Status status = Run(*MakeTry()).status();
  DHS_EXPECT_ERROR(status, ExitCode::kUsage, "input number " + input_ + ": contents changed");
  EXPECT_THAT(status.message(), Not(HasSubstr("option")));
}

TEST_F(RunnerTest, AnInputThatMovedIsTheSameInput) {
  DHS_ASSERT_OK(Run(*MakeTry()).status());
  input_ = temp_.File("moved.txt");
  WriteBytes(input_, "21");
  DHS_ASSERT_OK_AND_ASSIGN(const StageOutcome outcome, Run(*MakeTry()));
  EXPECT_EQ(outcome.action, StageAction::kSkip);
}

TEST_F(RunnerTest, ForceReplacesTheOutput) {
  DHS_ASSERT_OK(Run(*MakeTry()).status());
  DHS_ASSERT_OK_AND_ASSIGN(const StageOutcome outcome, Run(*MakeTry("3"), {.force = true}));
  EXPECT_EQ(outcome.action, StageAction::kRemake);
  EXPECT_EQ(Files()["result.txt"], "63.000000");
  EXPECT_EQ(LocalStorage()->List(root_, false)->size(), 1u) << "something was left beside the output";
}

TEST_F(RunnerTest, WithoutSkippingEqualOutputsAreMadeAgainToTheSameBytes) {
  DHS_ASSERT_OK(Run(*MakeTry()).status());
  auto before = Files();
  auto second = MakeTry();
  DHS_ASSERT_OK_AND_ASSIGN(const StageOutcome outcome, Run(*second, {.skip_if_exists = false}));
  EXPECT_EQ(outcome.action, StageAction::kRemake);
  EXPECT_EQ(second->stage.num_runs, 1);
  auto after = Files();
  before.erase("_stage_config.json");
  after.erase("_stage_config.json");
  EXPECT_EQ(after, before);
  DHS_EXPECT_ERROR(Run(*MakeTry("3"), {.skip_if_exists = false}), ExitCode::kUsage, "--force");
}

TEST_F(RunnerTest, OptionsThatOnlyChangeSpeedDoNotMatter) {
  DHS_ASSERT_OK(Run(*MakeTry()).status());
  auto second = MakeTry();
  DHS_ASSERT_OK(second->options.Set("chunk", "99"));
  context_.num_threads = 7;
  DHS_ASSERT_OK_AND_ASSIGN(const StageOutcome outcome, Run(*second));
  EXPECT_EQ(outcome.action, StageAction::kSkip);
}

TEST_F(RunnerTest, AnOutputWithoutSuccessIsMadeAgain) {
  DHS_ASSERT_OK(Run(*MakeTry()).status());
  DHS_ASSERT_OK(LocalStorage()->Remove(output_ + "/_SUCCESS"));
  DHS_ASSERT_OK_AND_ASSIGN(const StageOutcome outcome, Run(*MakeTry()));
  EXPECT_EQ(outcome.action, StageAction::kRemake);
  EXPECT_TRUE(Exists(output_ + "/_SUCCESS"));
}

TEST_F(RunnerTest, DoesNotTouchFilesOfOthersUnlessForced) {
  DHS_ASSERT_OK(LocalStorage()->MakeDirectories(output_));
  WriteBytes(output_ + "/thesis.txt", "years of work");
  WriteBytes(output_ + "/_SUCCESS", "");
  DHS_EXPECT_ERROR(Run(*MakeTry()), ExitCode::kUsage, "files that dhs did not make");
  EXPECT_EQ(ReadBytes(output_ + "/thesis.txt"), "years of work");
  DHS_ASSERT_OK(Run(*MakeTry(), {.force = true}).status());
  EXPECT_FALSE(Exists(output_ + "/thesis.txt"));
}

TEST_F(RunnerTest, RefusesAFileInTheOutputsPlaceEvenWhenForced) {
  DHS_ASSERT_OK(LocalStorage()->MakeDirectories(root_));
  WriteBytes(output_, "a file");
  DHS_EXPECT_ERROR(Run(*MakeTry(), {.force = true}), ExitCode::kUsage, "is a file");
  EXPECT_EQ(ReadBytes(output_), "a file");
}

TEST_F(RunnerTest, AFailedStagePublishesNothingAndKeepsItsParts) {
  auto failing = MakeTry();
  failing->stage.before_end = [] { return DataError({.path = "x.fits"}, "bad bytes"); };
  DHS_EXPECT_ERROR(Run(*failing), ExitCode::kData, "x.fits: bad bytes");
  EXPECT_FALSE(Exists(output_));
  auto again = MakeTry();
  DHS_ASSERT_OK_AND_ASSIGN(const StageOutcome outcome, Run(*again));
  EXPECT_EQ(outcome.action, StageAction::kResume);
  EXPECT_TRUE(again->stage.found_part);
  EXPECT_EQ(Files()["result.txt"], "42.000000");
}

TEST_F(RunnerTest, PartsOfOtherParametersAreNotUsed) {
  auto failing = MakeTry();
  failing->stage.before_end = [] { return DataError({}, "bad"); };
  DHS_EXPECT_ERROR(Run(*failing), ExitCode::kData, "bad");
  auto other = MakeTry("3");
  DHS_ASSERT_OK_AND_ASSIGN(const StageOutcome outcome, Run(*other));
  EXPECT_EQ(outcome.action, StageAction::kMake);
  EXPECT_FALSE(other->stage.found_part);
}

TEST_F(RunnerTest, AnInterruptedStageKeepsWhatIsThere) {
  DHS_ASSERT_OK(Run(*MakeTry()).status());
  auto second = MakeTry("3");
  second->stage.before_end = [this] {
    context_.stop.RequestStop();
    return context_.stop.Check();
  };
  DHS_EXPECT_ERROR(Run(*second, {.force = true}), ExitCode::kInterrupted, "interrupted");
  EXPECT_EQ(Files()["result.txt"], "42.000000");
}

TEST_F(RunnerTest, AStopThatComesLateStillPublishesNothing) {
  auto attempt = MakeTry();
  attempt->stage.change_report = [this](StageReport&) { context_.stop.RequestStop(); };
  DHS_EXPECT_ERROR(Run(*attempt), ExitCode::kInterrupted, "interrupted");
  EXPECT_FALSE(Exists(output_));
}

TEST_F(RunnerTest, MissingRequiredOptionsAreNamed) {
  Try attempt;
  attempt.stage.BindOptions(attempt.options);
  DHS_EXPECT_ERROR(Run(attempt), ExitCode::kUsage, "--output");
}

TEST_F(RunnerTest, DecidingWritesNothing) {
  auto attempt = MakeTry();
  DHS_ASSERT_OK_AND_ASSIGN(const StageDecision decision, Decide(attempt->stage, attempt->options, context_, {}));
  EXPECT_EQ(decision.action, StageAction::kMake);
  EXPECT_FALSE(Exists(root_));
  const std::string text = ExplainText("toy", attempt->options, decision);
  EXPECT_THAT(text, HasSubstr("toy: would run: there is no output yet"));
  EXPECT_THAT(text, HasSubstr("number: " + input_ + " (2 B)"));
  EXPECT_THAT(text, HasSubstr("1 rows"));
  EXPECT_THAT(text, HasSubstr("makes     result.txt"));
  EXPECT_THAT(text, HasSubstr("note      a note of the plan"));
}

TEST_F(RunnerTest, AnEditedStageConfigIsAnErrorNotACrash) {
  DHS_ASSERT_OK(Run(*MakeTry()).status());
  for (const std::string text :
       {"[]", "{\"fingerprint\": 7, \"inputs\": 3, \"parameters\": [], \"result\": 1}", "{}"}) {
    WriteBytes(output_ + "/_stage_config.json", text);
    EXPECT_FALSE(Run(*MakeTry()).ok()) << text;
  }
  WriteBytes(output_ + "/_stage_config.json", "{\"fing");
  DHS_EXPECT_ERROR(Run(*MakeTry()), ExitCode::kData, "_stage_config.json");
}

// Every write, sync, rename, ... of a run fails once: nothing may stand under the final name but a whole output, and
// the next run ends with the same bytes.
TEST_F(RunnerTest, ResumesToTheSameBytesAfterAFailureOfAnyStep) {
  DHS_ASSERT_OK(Run(*MakeTry()).status());
  auto want = Files();
  want.erase("_stage_config.json");
  const std::string counted_root = temp_.File("counted");
  DHS_ASSERT_OK_AND_ASSIGN(context_.storage, testing::FaultyStorage(LocalStorage(), ""));
  root_ = counted_root;
  DHS_ASSERT_OK(Run(*MakeTry()).status());
  const std::string counts = testing::FaultyStorageCounts(*context_.storage);
  const size_t at = counts.find("any=");
  ASSERT_NE(at, std::string::npos) << counts;
  const int num_steps = std::stoi(counts.substr(at + 4));
  ASSERT_GT(num_steps, 20);
  for (int step = 1; step <= num_steps; ++step) {
    root_ = temp_.File(fmt::format("step{}", step));
    output_ = root_ + "/toy";
    DHS_ASSERT_OK_AND_ASSIGN(context_.storage, testing::FaultyStorage(LocalStorage(), fmt::format("eio@any:{}", step)));
    const Status status = Run(*MakeTry()).status();
    if (Exists(output_)) {
      EXPECT_TRUE(Exists(output_ + "/_SUCCESS")) << step;
    }
    context_.storage = LocalStorage();
    DHS_ASSERT_OK(Run(*MakeTry()).status());
    auto found = Files();
    found.erase("_stage_config.json");
    EXPECT_EQ(found, want) << step << ": " << status.ToString();
  }
}

TEST(Fingerprint, SaysWhenThereAreManyDifferences) {
  ToyStage stage;
  OptionTable options;
  stage.BindOptions(options);
  std::vector<StageInput> was, now;
  for (int i = 0; i < 20; ++i) was.push_back({"sweep", fmt::format("s{}.fits", i), 100, 5});
  now = was;
  for (StageInput& input : now) input.size_bytes = 101;
  nlohmann::ordered_json stored = {{"output_format", 1}, {"inputs", InputsToJson(was)}};
  stored["parameters"] = options.ToJson();
  const auto lines = Differences(stored, options, now, 4);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0], "input sweep s0.fits: size was 100 bytes, now 101");
  EXPECT_EQ(lines[3], "and 17 more");
  std::swap(was[0], was[1]);
  stored["inputs"] = InputsToJson(was);
  was.pop_back();
  EXPECT_NE(Fingerprint("toy", options, was), Fingerprint("toy", options, now));
}

TEST(Fingerprint, TellsAddedRemovedAndReorderedInputs) {
  ToyStage stage;
  OptionTable options;
  stage.BindOptions(options);
  const std::vector<StageInput> was = {{"sweep", "a", 1, 1}, {"sweep", "b", 1, 1}};
  nlohmann::ordered_json stored = {{"output_format", 1}, {"inputs", InputsToJson(was)}};
  stored["parameters"] = options.ToJson();
  EXPECT_THAT(Differences(stored, options, {{"sweep", "a", 1, 1}, {"sweep", "c", 1, 1}}),
              ::testing::ElementsAre("input sweep b: was used, now is not", "input sweep c: is new"));
  EXPECT_THAT(Differences(stored, options, {{"sweep", "b", 1, 1}, {"sweep", "a", 1, 1}}),
              ::testing::ElementsAre("inputs: the same in another order"));
  EXPECT_THAT(Differences(stored, options, {{"sweep", "a", 1, 1}, {"sweep", "b", 1, 9}}),
              ::testing::ElementsAre("input sweep b: modification time changed"));
  EXPECT_EQ(Fingerprint("toy", options, was).size(), 64u);
  EXPECT_NE(Fingerprint("toy", options, was), Fingerprint("tea", options, was));
}

}  // namespace
}  // namespace dhs::pipeline
