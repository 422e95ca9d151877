// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/worker_job.h"

#include "broker_core/win/windows_error.h"

namespace plugbroker::win {

Result<UniqueHandle> create_worker_job() {
  UniqueHandle job(CreateJobObjectW(nullptr, nullptr));
  const DWORD create_error = GetLastError();
  if (!job) return windows_error(create_error, "CreateJobObjectW", "for a worker");
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION job_limits{};
  job_limits.BasicLimitInformation.LimitFlags =
      JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION;
  const BOOL done =
      SetInformationJobObject(job.get(), JobObjectExtendedLimitInformation, &job_limits, sizeof(job_limits));
  const DWORD set_error = GetLastError();
  if (!done) return windows_error(set_error, "SetInformationJobObject", "for a worker");
  return job;
}

}  // namespace plugbroker::win
