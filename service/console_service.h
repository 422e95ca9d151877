// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "service/service_run.h"

namespace plugbroker::service {

/// Runs in this console until Ctrl-C, which drains; a second Ctrl-C ends the process with ExitCode::interrupted.
[[nodiscard]] ExitCode run_in_console(const RunOptions& options);

}  // namespace plugbroker::service
