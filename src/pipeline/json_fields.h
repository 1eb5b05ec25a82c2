// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

namespace dhs::pipeline {

// Members of a JSON object that somebody may have edited: one that is absent or of another type gives the zero value.

inline std::string TextAt(const nlohmann::ordered_json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

inline int64_t IntegerAt(const nlohmann::ordered_json& object, const char* key) {
  if (!object.is_object()) return 0;
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<int64_t>() : 0;
}

inline bool BoolAt(const nlohmann::ordered_json& object, const char* key) {
  if (!object.is_object()) return false;
  const auto found = object.find(key);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

/// The member, or null.
inline nlohmann::ordered_json MemberAt(const nlohmann::ordered_json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto found = object.find(key);
  return found != object.end() ? *found : nlohmann::ordered_json();
}

}  // namespace dhs::pipeline
