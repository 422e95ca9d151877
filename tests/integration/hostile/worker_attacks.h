// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tests/integration/hostile/hostile_worker.h"

namespace plugbroker::hostile {

/// What a mode of the hostile worker does with a call of hostile.do; some begin their work with this. Throws
/// HarnessError when there is no such mode.
[[nodiscard]] HostileWorker::Handler attack_named(const std::string& mode);

/// Waits until it is ended; at most for a time in which that should have happened. Starts a child first, if told so.
int sit(bool with_a_child);

}  // namespace plugbroker::hostile
