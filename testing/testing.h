// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "dhs/error.h"

namespace dhs::testing {

/// A fresh directory that is removed with everything in it when the object dies.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const std::string& path() const { return path_; }
  std::string File(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

/// Path of a file below testing/data.
#define DHS_TEST_DATA(name) (std::string(DHS_TEST_DATA_DIR) + "/" + (name))

/// Writes or reads a whole file; fails the test on an error.
void WriteBytes(const std::string& path, std::string_view bytes);
std::string ReadBytes(const std::string& path);
/// The text of a gzip file of one member; fails the test on an error.
std::string ReadGzip(const std::string& path);

}  // namespace dhs::testing

#define DHS_ASSERT_OK(expr)                                                   \
  do {                                                                        \
    const ::arrow::Status dhs_status_ = (expr);                               \
    ASSERT_TRUE(dhs_status_.ok()) << #expr << ": " << dhs_status_.ToString(); \
  } while (false)

#define DHS_CONCAT_INNER(a, b) a##b
#define DHS_CONCAT(a, b) DHS_CONCAT_INNER(a, b)
#define DHS_ASSERT_OK_AND_ASSIGN(lhs, expr) DHS_ASSERT_OK_AND_ASSIGN_IMPL(DHS_CONCAT(dhs_result_, __LINE__), lhs, expr)
#define DHS_ASSERT_OK_AND_ASSIGN_IMPL(result, lhs, expr)                   \
  auto result = (expr);                                                    \
  ASSERT_TRUE(result.ok()) << #expr << ": " << result.status().ToString(); \
  lhs = std::move(result).ValueOrDie()

/// The call fails with this exit code and a message that holds `text`.
#define DHS_EXPECT_ERROR(expr, code, text)                                                                         \
  do {                                                                                                             \
    const ::arrow::Status dhs_status_ = ::dhs::testing::StatusOf(expr);                                            \
    ASSERT_FALSE(dhs_status_.ok()) << #expr << " succeeded";                                                       \
    EXPECT_EQ(static_cast<int>(::dhs::ExitCodeOf(dhs_status_)), static_cast<int>(code)) << dhs_status_.ToString(); \
    EXPECT_NE(dhs_status_.message().find(text), std::string::npos) << dhs_status_.message();                       \
  } while (false)

namespace dhs::testing {
inline Status StatusOf(const Status& status) { return status; }
template <typename T>
Status StatusOf(const Result<T>& result) {
  return result.status();
}
}  // namespace dhs::testing
