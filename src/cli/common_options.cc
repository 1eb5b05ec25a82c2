// SPDX-License-Identifier: Apache-2.0
#include "cli/common_options.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "cli/byte_size.h"

namespace dhs::cli {

namespace {

constexpr int64_t kMaxThreads = 1024;

// --threads of the configuration file is checked by the same rule as that of the command line.
Result<int64_t> ParseThreads(const std::string& text) {
  int64_t threads = 0;
  OptionTable table;
  table.Integer("threads", &threads, {.doc = "", .min = 0, .max = static_cast<double>(kMaxThreads)});
  ARROW_RETURN_NOT_OK(table.Set("threads", text));
  return threads;
}

}  // namespace

Verbosity CommonOptions::verbosity() const {
  if (quiet) return Verbosity::kQuiet;
  return verbose ? Verbosity::kVerbose : Verbosity::kNormal;
}

void BindCommon(CommonOptions& common, CommonGroup group, OptionTable& options) {
  if (group >= CommonGroup::kPlan) {
    options.Switch("skip-if-exists", &common.skip_if_exists,
                   {.doc = "Leave a complete output alone if it was made with the same parameters and inputs; 0 makes "
                           "it again",
                    .affects_output = false});
    options.Switch("force", &common.force,
                   {.doc = "Replace an output that is there, whatever made it", .affects_output = false});
  }
  if (group >= CommonGroup::kRun) {
    options.Switch("dry-run", &common.dry_run,
                   {.doc = "Say what would be read, made and skipped, and write nothing", .affects_output = false});
  }
  if (group >= CommonGroup::kWork) {
    options.Integer("threads", &common.threads,
                    {.doc = "Work on so many threads; 0 = all cores; results do not depend on it",
                     .min = 0,
                     .max = static_cast<double>(kMaxThreads),
                     .affects_output = false});
    options.Text("memory", &common.memory,
                 {.doc = "Keep buffers below this many bytes, e.g. 4GiB; left out = half of this machine's memory",
                  .placeholder = "BYTES",
                  .affects_output = false});
  }
  if (group >= CommonGroup::kStage) {
    options.Text("config", &common.config,
                 {.doc = "Take options from this TOML file; those on the command line win. Relative paths in the file "
                         "start at its folder",
                  .placeholder = "FILE",
                  .affects_output = false});
  }
  options.Switch("quiet", &common.quiet, {.doc = "Print warnings and errors only", .affects_output = false});
  options.Switch("verbose", &common.verbose, {.doc = "Print notes as well", .affects_output = false});
  options.Text("log-format", &common.log_format,
               {.doc = "Print messages as text, or as one JSON object a line",
                .choices = {"text", "json"},
                .affects_output = false});
}

Workshop::Workshop(std::shared_ptr<Storage> storage, const StopToken& stop, int num_threads, int64_t memory_bytes)
    : memory_(memory_bytes), context_{std::move(storage), stop, &progress_, &memory_, num_threads} {}

Result<std::unique_ptr<Workshop>> Workshop::Open(const CommonOptions& common, const pipeline::RunKeys& keys,
                                                 std::shared_ptr<Storage> storage, const StopToken& stop) {
  int64_t threads = common.threads;
  if (threads == 0 && !keys.threads.empty()) {
    ARROW_ASSIGN_OR_RAISE(threads, ParseThreads(keys.threads));
  }
  if (threads == 0) threads = std::max<int64_t>(1, std::thread::hardware_concurrency());
  const std::string memory = common.memory.empty() ? keys.memory : common.memory;
  int64_t memory_bytes = DefaultMemoryBytes();
  if (!memory.empty()) {
    ARROW_ASSIGN_OR_RAISE(memory_bytes, ParseByteSize(memory));
  }
  return std::unique_ptr<Workshop>(new Workshop(std::move(storage), stop, static_cast<int>(threads), memory_bytes));
}

}  // namespace dhs::cli
