// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/memory_budget.h"
#include "dhs/option_table.h"
#include "dhs/progress.h"
#include "dhs/stop_token.h"
#include "dhs/storage.h"

namespace dhs {

/// What a run lends to a stage. Pointers are never null and outlive the run.
struct RunContext {
  std::shared_ptr<Storage> storage;
  StopToken stop;
  Progress* progress;
  base::MemoryBudget* memory;
  int num_threads = 1;
};

/// One thing a stage reads.
struct StageInput {
  std::string role;  ///< "sweep", "bricks", "counts", "candidates", ...
  std::string path;  ///< a file, or the directory of an earlier stage
  int64_t size_bytes = 0;
  int64_t mtime_ns = 0;  ///< of a file
  std::string sha256 =
      {};  ///< of small files and of an earlier stage's `_manifest.json`; empty = (size, mtime, etag) identify it
  std::string etag = {};  ///< of a web server's file, where it tells one
};

/// What a stage would do, known without doing it.
struct StagePlan {
  std::string output_dir = {};          ///< the final name that is published whole
  std::vector<StageInput> inputs = {};  ///< everything whose change must cause a new run
  int64_t num_rows = -1;                ///< to be read; -1 = not known
  int64_t num_bytes = -1;
  std::vector<std::string> makes = {};  ///< paths relative to output_dir, one a line of `dhs explain`
  std::vector<std::string> notes = {};  ///< anything the user should know before it runs
};

/// One line of the books: "rows read", 5. Shown in the account and the final screen of `dhs run`.
struct Figure {
  std::string name;
  std::string value;
};

/// What a stage did.
struct StageReport {
  nlohmann::ordered_json manifest = {};     ///< written as `_manifest.json`: only values that equal runs agree on
  nlohmann::ordered_json measured = {};     ///< seconds and rates: goes into `_stage_config.json`
  nlohmann::ordered_json definitions = {};  ///< parsed configuration (ranking, variants): `_stage_config.json`
  std::vector<Figure> figures = {};         ///< the few numbers of the one-screen account
  std::string account = {};                 ///< the stage's full text, printed by the CLI
  std::vector<std::string> warnings = {};
  int64_t rows_read = 0;
  int64_t bytes_read = 0;
  bool something_skipped = false;  ///< at the user's wish: exit code 3
  bool check_failed = false;       ///< exit code 1; the output is published all the same
};

/// What a stage says when it is asked something instead of being run.
struct StageAnswer {
  std::string text;
  nlohmann::ordered_json json;
};

/// A stage is a function from files to files. The pipeline module runs it: decides whether it has to run, opens the
/// staging directory, calls Run, writes `_stage_config.json` and `_manifest.json`, publishes.
/// Life: BindOptions -> (options set) -> Plan -> Run. Not thread-safe; Run uses context.num_threads itself.
class Stage {
 public:
  virtual ~Stage() = default;
  virtual std::string_view name() const = 0;     ///< the subcommand: "scan"
  virtual std::string_view summary() const = 0;  ///< one line for help
  virtual std::string_view example() const = 0;  ///< one command line that works
  virtual void BindOptions(OptionTable& table) = 0;
  /// Checks options and inputs without reading tables whole. Errors as Run.
  virtual Result<StagePlan> Plan(RunContext& context) = 0;
  /// Makes every output below `staging_dir` (exists; may hold finished parts of a killed attempt with the same
  /// fingerprint: use or replace them). Same inputs and options give the same bytes for any number of threads.
  virtual Result<StageReport> Run(RunContext& context, const std::string& staging_dir) = 0;
  /// Whether the options ask for an answer: then the command calls Answer alone, and nothing is written. Plan refuses
  /// such options, for they have no place in a run of several stages.
  virtual bool IsQuestion() const { return false; }
  /// REQUIRES: IsQuestion(). Errors as Plan and Run.
  virtual Result<StageAnswer> Answer(RunContext&) { return InternalError("this stage answers no questions"); }
};

/// Input entry of a single file: size, mtime, and SHA-256 when it is at most 256 MiB. DataError if it is missing.
Result<StageInput> FileInput(Storage& storage, std::string role, const std::string& path);
/// Input entry of an earlier stage's output: SHA-256 of its `_manifest.json` and of the fingerprint that made it.
/// DataError that names the command to run when it is missing or has no `_SUCCESS`.
Result<StageInput> StageOutputInput(Storage& storage, std::string role, const std::string& dir,
                                    std::string_view made_by);

/// "1,234,567" and "1.8 GB" (decimal units) for accounts.
std::string FormatCount(int64_t count);
std::string FormatBytes(int64_t bytes);

}  // namespace dhs
