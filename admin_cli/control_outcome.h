// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "broker_core/base/status.h"
#include "broker_core/base/time.h"

namespace plugbroker::admin_cli {

/// How plugbrokerctl ends. Documented in docs/OPERATIONS.md; the numbers never change meaning.
enum class ExitCode : int { ok = 0, call_failed = 1, usage = 2, not_reachable = 3 };

/// How a call ended that did not end well.
struct CallFailure {
  StatusCode code = StatusCode::unknown;
  Origin origin = Origin::client;
  RetryClass retry = RetryClass::never;
  bool worker_received = false;
  Duration retry_after{};  ///< The service's hint; zero for none.
  std::string message;
};

/// usage when the client library can't make anything of what the command line named (a pipe, an owner, a route);
/// not_reachable when it gave up before it had handed the call to a service.
[[nodiscard]] ExitCode exit_code_of(const CallFailure& failure);

/// "not_found from the broker (retry: never): no route of that name", printable as it is. With a hint when to try
/// again: "(retry: after_backoff, in 6s)".
[[nodiscard]] std::string failure_text(const CallFailure& failure);

/// The same of what was asked of the admin pipe, which `pipe` was taken for: it may be the one for plugins.
[[nodiscard]] std::string admin_failure_text(const CallFailure& failure, const std::string& pipe);

}  // namespace plugbroker::admin_cli
