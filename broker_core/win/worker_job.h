// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <cstdint>
#include <memory>
#include <string>

#include "broker_core/base/limits.h"
#include "broker_core/base/result.h"
#include "broker_core/runtime/output_tail.h"
#include "broker_core/win/unique_handle.h"
#include "broker_core/win/worker_limits.h"

namespace plugbroker::win {

/// The exit code of a process that this service terminated (ERROR_PROCESS_ABORTED).
inline constexpr DWORD terminated_exit_code = 1067;

struct WorkerJob {
  UniqueHandle job;
  Status cpu_rate_refused;  ///< Not ok: the limit of the processors' time does not hold, everything else does.
};

/// A job whose processes, descendants included, end with its last handle, keep to `limits`, and never show an error
/// dialog.
[[nodiscard]] Result<WorkerJob> create_worker_job(const WorkerLimits& limits, UserInterface user_interface);

/// What is known of a worker even after its process is gone.
struct WorkerRecord {
  std::string command_line;                                   ///< UTF-8, as the process was given it.
  runtime::OutputTail error_tail{limits::kept_stderr_bytes};  ///< Of its stderr.
};

/// A worker's process and its job; shared by those who watch it and those who may end it.
struct WorkerProcess {
  UniqueHandle process;
  UniqueHandle job;
  DWORD process_id = 0;
  std::shared_ptr<WorkerRecord> record = std::make_shared<WorkerRecord>();

  /// Ends the whole tree. Harmless when it has ended.
  void terminate() const noexcept { TerminateJobObject(job.get(), terminated_exit_code); }

  /// What the worker's own process, without those it started, holds for itself alone. 0: it can't be told.
  [[nodiscard]] std::uint64_t private_bytes() const noexcept;
};

}  // namespace plugbroker::win
