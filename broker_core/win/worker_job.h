// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include "broker_core/base/result.h"
#include "broker_core/win/unique_handle.h"

namespace plugbroker::win {

/// The exit code of a process that this service terminated (ERROR_PROCESS_ABORTED).
inline constexpr DWORD terminated_exit_code = 1067;

/// A job whose processes, descendants included, end with its last handle, and which never show an error dialog.
[[nodiscard]] Result<UniqueHandle> create_worker_job();

/// A worker's process and its job; shared by those who watch it and those who may end it.
struct WorkerProcess {
  UniqueHandle process;
  UniqueHandle job;
  DWORD process_id = 0;

  /// Ends the whole tree. Harmless when it has ended.
  void terminate() const noexcept { TerminateJobObject(job.get(), terminated_exit_code); }
};

}  // namespace plugbroker::win
