// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/late_library.h"
#include "base/memory_budget.h"
#include "base/thread_pool.h"
#include "dhs/error.h"
#include "dhs/option_table.h"
#include "testing/testing.h"

namespace dhs {
namespace {

TEST(ErrorTest, MessageNamesEveryKnownPartOfTheLocation) {
  const Status status = DataError({.path = "a.fits", .hdu = 1, .column = "FLUX_R", .row = 17, .byte_offset = 5760},
                                  "expected E, found J");
  EXPECT_EQ(status.message(), "a.fits: HDU 1, column FLUX_R, row 17, byte 5760: expected E, found J");
  EXPECT_EQ(ExitCodeOf(status), ExitCode::kData);
  ASSERT_NE(LocationOf(status), nullptr);
  EXPECT_EQ(LocationOf(status)->row, 17);
}

TEST(ErrorTest, ExitCodesOfForeignStatusesFollowTheirKind) {
  EXPECT_EQ(ExitCodeOf(Status::OK()), ExitCode::kOk);
  EXPECT_EQ(ExitCodeOf(Status::IOError("x")), ExitCode::kEnvironment);
  EXPECT_EQ(ExitCodeOf(Status::OutOfMemory("x")), ExitCode::kEnvironment);
  EXPECT_EQ(ExitCodeOf(Status::Invalid("x")), ExitCode::kData);
  EXPECT_EQ(ExitCodeOf(Status::Cancelled("x")), ExitCode::kInterrupted);
  EXPECT_EQ(ExitCodeOf(Status::KeyError("x")), ExitCode::kInternal);
}

TEST(ErrorTest, ContextKeepsExitCodeAndLocation) {
  const Status status = WithContext(DataError({.path = "b"}, "bad"), "while reading the bricks file");
  EXPECT_EQ(status.message(), "while reading the bricks file: b: bad");
  EXPECT_EQ(ExitCodeOf(status), ExitCode::kData);
  ASSERT_NE(LocationOf(status), nullptr);
}

TEST(ErrorTest, NearestNamesAreSortedByDistanceAndFarOnesLeftOut) {
  const std::vector<std::string> names = {"FLUX_G", "FLUX_R", "FLUX_IVAR_R", "RA"};
  EXPECT_EQ(NearestNames("flux_rr", names), (std::vector<std::string>{"FLUX_R", "FLUX_G"}));
  EXPECT_EQ(DidYouMean("zzzzzz", names), "");
  EXPECT_EQ(DidYouMean("FLUX_X", names), " Did you mean 'FLUX_G' or 'FLUX_R'?");
}

struct Fields {
  double limit = 0.12;
  int64_t seed = 13;
  bool force = false;
  std::string mode = "error";
  std::vector<double> quantiles = {0, 0.5, 1};
  std::vector<std::string> splits = {};
};

OptionTable Bind(Fields& f) {
  OptionTable table;
  table.Number("max-ebv", &f.limit, {.doc = "Limit.", .unit = "mag", .min = 0});
  table.Integer("split-seed", &f.seed, {.doc = "Seed.", .min = -5, .max = 100});
  table.Switch("force", &f.force, {.doc = "Remake.", .affects_output = false});
  table.Text("on-missing", &f.mode, {.doc = "What to do.", .choices = {"error", "skip"}, .aliases = {"missing"}});
  table.NumberList("strata-quantiles", &f.quantiles, {.doc = "Edges.", .min = 0, .max = 1});
  table.TextList("exclude-splits", &f.splits, {.doc = "Splits.", .required = true});
  return table;
}

TEST(OptionTableTest, SetsByNameAndAliasAndRemembersWhatWasGiven) {
  Fields f;
  OptionTable table = Bind(f);
  DHS_ASSERT_OK(table.Set("max-ebv", " 0.2 "));
  DHS_ASSERT_OK(table.Set("missing", "skip"));
  DHS_ASSERT_OK(table.Set("force", ""));
  DHS_ASSERT_OK(table.Set("strata-quantiles", "0, 0.9,1"));
  EXPECT_EQ(f.limit, 0.2);
  EXPECT_EQ(f.mode, "skip");
  EXPECT_TRUE(f.force);
  EXPECT_EQ(f.quantiles, (std::vector<double>{0, 0.9, 1}));
  EXPECT_TRUE(table.given("on-missing"));
  EXPECT_FALSE(table.given("split-seed"));
  EXPECT_EQ(table.Find("max-ebv")->default_text, "0.12");
}

TEST(OptionTableTest, RefusesWhatDoesNotParseOrIsOutsideItsLimits) {
  Fields f;
  OptionTable table = Bind(f);
  DHS_EXPECT_ERROR(table.Set("max-ebv", "0.1x"), ExitCode::kUsage, "--max-ebv: '0.1x' is not a finite number");
  DHS_EXPECT_ERROR(table.Set("max-ebv", "nan"), ExitCode::kUsage, "not a finite number");
  DHS_EXPECT_ERROR(table.Set("max-ebv", "-1"), ExitCode::kUsage, "-1 is below the least value 0");
  DHS_EXPECT_ERROR(table.Set("split-seed", "101"), ExitCode::kUsage, "101 is outside -5 to 100");
  DHS_EXPECT_ERROR(table.Set("split-seed", "1.5"), ExitCode::kUsage, "not a whole number");
  DHS_EXPECT_ERROR(table.Set("on-missing", "skp"), ExitCode::kUsage, "Did you mean 'skip'?");
  DHS_EXPECT_ERROR(table.Set("force", "2"), ExitCode::kUsage, "is not 0 or 1");
  DHS_EXPECT_ERROR(table.Set("max-ebw", "1"), ExitCode::kUsage, "Did you mean 'max-ebv'?");
  DHS_EXPECT_ERROR(table.CheckRequired(), ExitCode::kUsage, "--exclude-splits must be given");
  EXPECT_EQ(f.limit, 0.12);
}

TEST(OptionTableTest, FingerprintLeavesOutWhatOnlyChangesSpeed) {
  Fields f;
  OptionTable table = Bind(f);
  EXPECT_TRUE(table.ToJson().contains("force"));
  EXPECT_FALSE(table.FingerprintJson().contains("force"));
  EXPECT_EQ(table.FingerprintJson().at("max-ebv"), 0.12);
}

TEST(ParallelForTest, VisitsEveryIndexOnceForAnyNumberOfThreads) {
  for (const int threads : {1, 2, 5}) {
    std::vector<std::atomic<int>> visits(1000);
    DHS_ASSERT_OK(base::ParallelFor(threads, 1000, StopToken(), [&](int worker, int64_t index) {
      EXPECT_LT(worker, threads);
      ++visits[static_cast<size_t>(index)];
      return Status::OK();
    }));
    for (const auto& count : visits) EXPECT_EQ(count.load(), 1);
  }
}

TEST(ParallelForTest, ReturnsAnErrorAndStopsHandingOut) {
  std::atomic<int> calls{0};
  const Status status = base::ParallelFor(2, 1'000'000, StopToken(), [&](int, int64_t index) {
    ++calls;
    return index == 3 ? DataError({}, "third") : Status::OK();
  });
  EXPECT_EQ(status.message(), "third");
  EXPECT_LT(calls.load(), 1'000'000);
}

TEST(ParallelForTest, StopRequestBecomesInterrupted) {
  StopToken stop;
  const Status status = base::ParallelFor(1, 10, stop, [&](int, int64_t index) {
    if (index == 4) stop.RequestStop();
    EXPECT_LE(index, 4);
    return Status::OK();
  });
  EXPECT_EQ(ExitCodeOf(status), ExitCode::kInterrupted);
}

TEST(LateLibraryTest, FindsFunctionsAndNamesWhatIsMissing) {
  base::LateLibrary mathematics("libm.so.6", "compute");
  DHS_ASSERT_OK(mathematics.Load());
  const base::LateFunction<double(double)> square_root(&mathematics, "sqrt"), unknown(&mathematics, "no_such_function");
  EXPECT_EQ(square_root(9.0), 3.0);
  EXPECT_THROW(unknown(9.0), std::runtime_error);
  base::LateLibrary missing("libdhs-missing.so.1", "draw maps");
  DHS_EXPECT_ERROR(missing.Load(), ExitCode::kEnvironment, "it is needed to draw maps");
  DHS_EXPECT_ERROR(missing.Load(), ExitCode::kEnvironment, "libdhs-missing.so.1");
}

TEST(MemoryBudgetTest, RefusesMoreThanTheWholeAndGivesBackWhatIsReleased) {
  base::MemoryBudget budget(100);
  DHS_EXPECT_ERROR(budget.Acquire(101, "a sweep block"), ExitCode::kUsage, "raise --memory");
  std::atomic<bool> second_has_it{false};
  std::thread second;
  {
    DHS_ASSERT_OK_AND_ASSIGN(auto lease, budget.Acquire(60, "first"));
    second = std::thread([&] {
      auto other = budget.Acquire(60, "second");
      second_has_it = other.ok();
    });
    EXPECT_EQ(lease.bytes(), 60);
    EXPECT_FALSE(second_has_it);
  }
  second.join();
  EXPECT_TRUE(second_has_it);
}

}  // namespace
}  // namespace dhs
