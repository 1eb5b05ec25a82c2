// SPDX-License-Identifier: Apache-2.0
#include "base/late_library.h"

#include <stdexcept>

#include <dlfcn.h>
#include <fmt/format.h>

namespace dhs::base {

Status LateLibrary::Load() {
  std::call_once(once_, [this] {
    handle_ = ::dlopen(file_name_, RTLD_NOW | RTLD_LOCAL);
    if (handle_ != nullptr) return;
    const char* const reason = ::dlerror();
    error_ = reason == nullptr ? "unknown reason" : reason;
  });
  if (handle_ != nullptr) return Status::OK();
  return EnvironmentError(
      {}, fmt::format("cannot load {}: {}; it is needed to {}: install it", file_name_, error_, purpose_));
}

void* LateLibrary::Find(const char* name) {
  void* const function = Load().ok() ? ::dlsym(handle_, name) : nullptr;
  if (function != nullptr) return function;
  throw std::runtime_error(fmt::format("{} has no function {}", file_name_, name));
}

}  // namespace dhs::base
