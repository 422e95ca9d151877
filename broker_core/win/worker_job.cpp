// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/worker_job.h"

// Needs windows.h before it.
#include <psapi.h>

#include <utility>

#include "broker_core/win/windows_error.h"

namespace plugbroker::win {

Result<WorkerJob> create_worker_job(const WorkerLimits& limits, UserInterface user_interface) {
  WorkerJob made;
  made.job = UniqueHandle(CreateJobObjectW(nullptr, nullptr));
  const DWORD error = GetLastError();
  if (!made.job) return windows_error(error, "CreateJobObjectW", "for a worker");
  if (Status status = apply(job_request(limits, user_interface), made.job.get(), made.cpu_rate_refused); !status.ok()) {
    return status;
  }
  return made;
}

std::uint64_t WorkerProcess::private_bytes() const noexcept {
  PROCESS_MEMORY_COUNTERS_EX counters{};
  counters.cb = sizeof counters;
  if (!GetProcessMemoryInfo(process.get(), reinterpret_cast<PROCESS_MEMORY_COUNTERS*>(&counters), sizeof counters)) {
    return 0;
  }
  // The same number; Wine leaves the first one 0, Windows before version 8 the second.
  return counters.PrivateUsage != 0 ? counters.PrivateUsage : counters.PagefileUsage;
}

}  // namespace plugbroker::win
