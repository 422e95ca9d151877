// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace plugbroker::client {

/// CMake checks that this is the project's version.
inline constexpr const char* library_version = "0.1.0";

}  // namespace plugbroker::client
