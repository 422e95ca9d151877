// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "broker_core/base/result.h"
#include "broker_core/base/strong_id.h"
#include "broker_core/win/launch_spec.h"
#include "broker_core/win/unique_handle.h"
#include "broker_core/win/worker_job.h"
#include "broker_core/win/worker_token.h"

namespace plugbroker::win {

/// A worker that runs, and this process's ends of its pipes.
struct LaunchedWorker {
  std::shared_ptr<const WorkerProcess> process;
  UniqueHandle channel;
  UniqueHandle standard_output;
  UniqueHandle standard_error;
  Status cpu_rate_refused;  ///< Not ok: it runs without the limit of the processors' time.
  bool user_interface_shared = false;   ///< It was to be kept off it, but the service is in a job itself.
  std::vector<std::string> shortfalls;  ///< What is missing of its confinement, with TokenCheck::report.
};

/// The one function that creates a worker's process. It may block for long (antivirus, network paths): never call it on
/// the loop.
///
/// The worker is created suspended inside its job, under its limits, with its own token, inherits its channel, NUL as
/// stdin, stdout and stderr and nothing else, and has its own environment: the account's, the pool's, and
/// PLUGBROKER_CHANNEL, PLUGBROKER_POOL, PLUGBROKER_WORKER. A sandboxed one has TEMP, TMP and PLUGBROKER_DATA besides.
/// Its token is read back before it runs its first instruction; by `rules` one that is not as it shall be ends it there.
/// An error names the failing call, its error and the program.
[[nodiscard]] Result<LaunchedWorker> launch_worker(const LaunchSpec& spec, WorkerId worker,
                                                   const ConfinementRules& rules);

}  // namespace plugbroker::win
