// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <string>

#include "dhs/error.h"

namespace dhs::base {

/// A shared library that is loaded when it is first needed, not when the process starts: what few commands use costs
/// the others nothing (libcurl and what it brings along 6 ms, Cairo 3 ms, of the 20 ms that a start took).
/// Thread-safe; lives as long as the process.
class LateLibrary {
 public:
  /// `file_name` as the linker would record it, "libcurl.so.4"; `purpose` ends "it is needed to ...".
  constexpr LateLibrary(const char* file_name, const char* purpose) : file_name_(file_name), purpose_(purpose) {}

  /// EnvironmentError if the library cannot be loaded. To be asked before the first of its functions is called.
  Status Load();
  /// The function `name`. Throws if there is none: that is another library of the same name.
  void* Find(const char* name);

 private:
  const char* file_name_;
  const char* purpose_;
  std::once_flag once_;
  void* handle_ = nullptr;
  std::string error_;
};

/// A function of a LateLibrary, called as if it were linked. Declared once by DHS_LATE_FUNCTION in a namespace of ours,
/// it hides the library's own declaration there.
template <typename Signature>
class LateFunction {
 public:
  constexpr LateFunction(LateLibrary* library, const char* name) : library_(library), name_(name) {}
  template <typename... Arguments>
  auto operator()(Arguments... arguments) const {
    return Pointer()(arguments...);
  }
  /// For those who hand it on.
  Signature* Pointer() const { return reinterpret_cast<Signature*>(library_->Find(name_)); }

 private:
  LateLibrary* library_;
  const char* name_;
};

}  // namespace dhs::base

/// "libcurl.so.4" or, on macOS, "libcurl.4.dylib".
#ifdef __APPLE__
#define DHS_LIBRARY_FILE(name, version) name "." version ".dylib"
#else
#define DHS_LIBRARY_FILE(name, version) name ".so." version
#endif

// NOLINTBEGIN(bugprone-macro-parentheses): `name` is declared here.
#define DHS_LATE_FUNCTION(library, name) \
  inline constexpr ::dhs::base::LateFunction<decltype(::name)> name { &(library), #name }
// NOLINTEND(bugprone-macro-parentheses)
