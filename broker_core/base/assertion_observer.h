// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace plugbroker {

/// Is told the sentence that assertion_failed() printed, on the thread that failed, which may hold any lock. May end
/// the process itself. For a process whose stderr nobody reads.
using AssertionObserver = void (*)(const char* sentence) noexcept;
void set_assertion_observer(AssertionObserver observer) noexcept;

}  // namespace plugbroker
