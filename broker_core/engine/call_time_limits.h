// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "broker_core/base/status.h"
#include "broker_core/base/time.h"
#include "broker_core/engine/call.h"

namespace plugbroker::engine {

/// What the one timer of an undecided call stands for: the caller's deadline, or a limit of its pool that comes
/// earlier.
///
/// While it waits that is queue_timeout. A call that is put back goes on with the wait it had: what it spent at a
/// worker doesn't count. From its first byte at a worker to that worker's END it is execution_limit, which a repeated
/// call has anew.
[[nodiscard]] TimePoint next_time_limit(const Call& call) noexcept;

/// How a call ends whose timer is due.
struct PassedLimit {
  StatusCode status = StatusCode::deadline_exceeded;  ///< unavailable: it was queue_timeout.
  std::string message;
};

[[nodiscard]] PassedLimit passed_time_limit(const Call& call);

}  // namespace plugbroker::engine
