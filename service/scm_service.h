// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "service/service_run.h"

namespace plugbroker::service {

/// What is done between the SCM's start and its stop.
using ServiceBody = std::function<ExitCode(const RunEvents& events, RunObserver& observer)>;

/// Runs `body` under the service control manager, which is told the code that it returns. ExitCode::usage when this
/// process was not started by the SCM; `body` is not called then.
///
/// Also for what can't even begin, such as a wrong command line: a process that just ends leaves the SCM waiting for 30
/// seconds, and then it tells the administrator nothing but that.
[[nodiscard]] ExitCode run_under_scm(ServiceBody body);

}  // namespace plugbroker::service
