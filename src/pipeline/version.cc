// SPDX-License-Identifier: Apache-2.0
// The only file that is compiled again when the commit changes: CMake passes the three values to it alone.
#include "dhs/version.h"

namespace dhs {

std::string_view Version() { return DHS_VERSION; }
std::string_view Commit() { return DHS_COMMIT; }
std::string_view BuildType() { return DHS_BUILD_TYPE; }

}  // namespace dhs
