// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "broker_core/base/result.h"
#include "broker_core/base/strong_id.h"
#include "broker_core/win/launch_spec.h"
#include "broker_core/win/unique_handle.h"
#include "broker_core/win/worker_job.h"

namespace plugbroker::win {

/// A worker that runs, and this process's ends of its pipes.
struct LaunchedWorker {
  std::shared_ptr<const WorkerProcess> process;
  UniqueHandle channel;
  UniqueHandle standard_output;
  UniqueHandle standard_error;
  Status cpu_rate_refused;  ///< Not ok: it runs without the limit of the processors' time.
};

/// The one function that creates a worker's process. It may block for long (antivirus, network paths): never call it on
/// the loop.
///
/// The worker is created suspended inside its job, under its limits, inherits its channel, NUL as stdin, stdout and
/// stderr and nothing else, and has its own environment: the account's, the pool's, and PLUGBROKER_CHANNEL,
/// PLUGBROKER_POOL, PLUGBROKER_WORKER. An error names the failing call, its error and the program.
[[nodiscard]] Result<LaunchedWorker> launch_worker(const LaunchSpec& spec, WorkerId worker);

}  // namespace plugbroker::win
