// SPDX-License-Identifier: Apache-2.0
#include "pipeline/fingerprint.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "dhs/version.h"
#include "io/files.h"
#include "pipeline/json_fields.h"
#include "pipeline/path_option.h"

namespace dhs::pipeline {

namespace {

using Json = nlohmann::ordered_json;

Json IdentityOf(const StageInput& input) {
  if (!input.sha256.empty()) return {{"role", input.role}, {"sha256", input.sha256}};
  Json identity = {
      {"role", input.role}, {"path", input.path}, {"size_bytes", input.size_bytes}, {"mtime_ns", input.mtime_ns}};
  if (!input.etag.empty()) identity["etag"] = input.etag;
  return identity;
}

Json CountingOptions(const OptionTable& options) {
  Json json = options.FingerprintJson();
  for (const Option& option : options.options()) {
    if (IsPathOption(option)) json.erase(option.name);
  }
  return json;
}

std::vector<StageInput> InputsFromJson(const Json& stored) {
  std::vector<StageInput> inputs;
  for (const Json& entry : MemberAt(stored, "inputs")) {
    inputs.push_back({TextAt(entry, "role"), TextAt(entry, "path"), IntegerAt(entry, "size_bytes"),
                      IntegerAt(entry, "mtime_ns"), TextAt(entry, "sha256"), TextAt(entry, "etag")});
  }
  return inputs;
}

void CompareOptions(const Json& stored, const OptionTable& options, std::vector<std::string>* lines) {
  const Json now = CountingOptions(options);
  Json was = MemberAt(stored, "parameters");
  if (!was.is_object()) was = Json::object();
  for (const auto& [name, value] : now.items()) {
    const auto old = was.find(name);
    if (old == was.end() || !old->is_object() || !old->contains("value")) {
      lines->push_back(fmt::format("option {}: was not there, now {}", name,
                                   value.dump(-1, ' ', false, Json::error_handler_t::replace)));
    } else if ((*old)["value"] != value) {
      lines->push_back(fmt::format("option {}: was {}, now {}", name,
                                   (*old)["value"].dump(-1, ' ', false, Json::error_handler_t::replace),
                                   value.dump(-1, ' ', false, Json::error_handler_t::replace)));
    }
  }
  for (const auto& [name, old] : was.items()) {
    if (options.Find(name) == nullptr) lines->push_back(fmt::format("option {}: is no more", name));
  }
}

std::string ChangeOf(const StageInput& was, const StageInput& now) {
  if (!was.sha256.empty() && !now.sha256.empty()) {
    return fmt::format("contents changed (sha256 {:.10}... to {:.10}...)", was.sha256, now.sha256);
  }
  if (was.size_bytes != now.size_bytes) {
    return fmt::format("size was {} bytes, now {}", was.size_bytes, now.size_bytes);
  }
  if (was.etag != now.etag) return fmt::format("ETag was {}, now {}", was.etag, now.etag);
  return "modification time changed";
}

// Inputs that were identified by contents before and now are the same wherever they lie.
void CompareInputs(const Json& stored, const std::vector<StageInput>& now, std::vector<std::string>* lines) {
  const std::vector<StageInput> was = InputsFromJson(stored);
  std::vector<StageInput> gone, come;
  std::map<std::string, int64_t> counts;
  for (const StageInput& input : now) ++counts[IdentityOf(input).dump(-1, ' ', false, Json::error_handler_t::replace)];
  for (const StageInput& input : was) {
    if (--counts[IdentityOf(input).dump(-1, ' ', false, Json::error_handler_t::replace)] < 0) gone.push_back(input);
  }
  counts.clear();
  for (const StageInput& input : was) ++counts[IdentityOf(input).dump(-1, ' ', false, Json::error_handler_t::replace)];
  for (const StageInput& input : now) {
    if (--counts[IdentityOf(input).dump(-1, ' ', false, Json::error_handler_t::replace)] < 0) come.push_back(input);
  }
  if (gone.empty() && come.empty() && !std::equal(was.begin(), was.end(), now.begin(), now.end(), [](auto& a, auto& b) {
        return IdentityOf(a) == IdentityOf(b);
      })) {
    lines->push_back("inputs: the same in another order");
  }
  for (const StageInput& old : gone) {
    const auto pair = std::find_if(come.begin(), come.end(), [&old](const StageInput& input) {
      return input.role == old.role && input.path == old.path;
    });
    if (pair == come.end()) {
      lines->push_back(fmt::format("input {} {}: was used, now is not", old.role, old.path));
      continue;
    }
    lines->push_back(fmt::format("input {} {}: {}", old.role, old.path, ChangeOf(old, *pair)));
    come.erase(pair);
  }
  for (const StageInput& input : come) lines->push_back(fmt::format("input {} {}: is new", input.role, input.path));
}

}  // namespace

Json InputsToJson(const std::vector<StageInput>& inputs) {
  Json list = Json::array();
  for (const StageInput& input : inputs) {
    Json entry = {{"role", input.role}, {"path", input.path}};
    if (input.size_bytes > 0) entry["size_bytes"] = input.size_bytes;
    if (input.mtime_ns > 0) entry["mtime_ns"] = input.mtime_ns;
    if (!input.sha256.empty()) entry["sha256"] = input.sha256;
    if (!input.etag.empty()) entry["etag"] = input.etag;
    list.push_back(std::move(entry));
  }
  return list;
}

std::string Fingerprint(std::string_view stage, const OptionTable& options, const std::vector<StageInput>& inputs) {
  Json identities = Json::array();
  for (const StageInput& input : inputs) identities.push_back(IdentityOf(input));
  const Json whole = {{"stage", stage},
                      {"format", kOutputFormatVersion},
                      {"options", CountingOptions(options)},
                      {"inputs", std::move(identities)}};
  return io::Sha256Hex(whole.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::vector<std::string> Differences(const Json& stored, const OptionTable& options,
                                     const std::vector<StageInput>& inputs, size_t max_lines) {
  std::vector<std::string> lines;
  if (const int64_t format = IntegerAt(stored, "output_format"); format != kOutputFormatVersion) {
    lines.push_back(fmt::format("output format: was version {}, now {}", format, kOutputFormatVersion));
  }
  CompareOptions(stored, options, &lines);
  CompareInputs(stored, inputs, &lines);
  if (lines.empty()) lines.push_back("its recorded fingerprint does not belong to its recorded parameters and inputs");
  if (lines.size() > max_lines) {
    const size_t more = lines.size() - (max_lines - 1);
    lines.resize(max_lines - 1);
    lines.push_back(fmt::format("and {} more", more));
  }
  return lines;
}

}  // namespace dhs::pipeline
