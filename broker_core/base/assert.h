// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace plugbroker {

/// Prints `condition`, `file` and `line` to stderr and stops the process. For what cannot happen; never for input.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace plugbroker

/// Checked in every build. The client library, a guest in another process, must not use it: it poisons its handle.
#define PLUGBROKER_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::plugbroker::assertion_failed(#condition, __FILE__, __LINE__))
