// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <cstdint>
#include <optional>

#include "broker_core/base/status.h"

namespace plugbroker::win {

enum class Priority : std::uint8_t { idle, below_normal, normal, above_normal, high };

/// What Windows holds a worker and everything it starts to. Zero: no limit.
struct WorkerLimits {
  Priority priority = Priority::normal;
  std::uint64_t affinity_mask = 0;     ///< Processors, the lowest bit is the first.
  std::uint64_t max_memory_bytes = 0;  ///< Committed, of all processes of the job together; an allocation beyond fails.
  std::uint32_t max_cpu_percent = 0;   ///< Of all processors together, at most 100.
  std::uint32_t max_processes = 0;     ///< In the job at once; the start of one more fails.

  bool operator==(const WorkerLimits&) const = default;
};

/// For CreateProcess, so that the first instruction already runs under it.
[[nodiscard]] DWORD priority_class(Priority priority) noexcept;

/// What the system is asked for a worker's job.
struct JobRequest {
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
  std::optional<JOBOBJECT_CPU_RATE_CONTROL_INFORMATION> cpu_rate;  ///< None: no limit.
  DWORD user_interface = 0;                                        ///< JOB_OBJECT_UILIMIT_…; 0: no limit.
};

/// Whether a job keeps its processes off the user interface of others: windows, clipboard, desktop, system settings.
enum class UserInterface : std::uint8_t { shared, own_only };

/// Always: ended with the job's last handle, and never an error dialog. The class `high` is asked of the process alone:
/// for a job Windows wants a privilege that the service does not keep.
[[nodiscard]] JobRequest job_request(const WorkerLimits& limits, UserInterface user_interface);

/// Asks for it. `cpu_rate_refused` is set when the system has all but the limit of the processors' time, which is then
/// no failure: Windows has none for a service inside a container, Wine has none at all.
[[nodiscard]] Status apply(const JobRequest& request, HANDLE job, Status& cpu_rate_refused);

}  // namespace plugbroker::win
