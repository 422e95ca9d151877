// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "service/service_run.h"

namespace plugbroker::service {

/// Runs under the service control manager, until it says stop. ExitCode::usage when this process was not started by it.
[[nodiscard]] ExitCode run_under_scm(const RunOptions& options);

}  // namespace plugbroker::service
