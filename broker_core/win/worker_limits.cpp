// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/worker_limits.h"

#include "broker_core/win/windows_error.h"

namespace plugbroker::win {
namespace {

constexpr DWORD cpu_rate_units_per_percent = 100;

constexpr DWORD every_user_interface_limit =
    JOB_OBJECT_UILIMIT_DESKTOP | JOB_OBJECT_UILIMIT_DISPLAYSETTINGS | JOB_OBJECT_UILIMIT_EXITWINDOWS |
    JOB_OBJECT_UILIMIT_GLOBALATOMS | JOB_OBJECT_UILIMIT_HANDLES | JOB_OBJECT_UILIMIT_READCLIPBOARD |
    JOB_OBJECT_UILIMIT_SYSTEMPARAMETERS | JOB_OBJECT_UILIMIT_WRITECLIPBOARD;

}  // namespace

DWORD priority_class(Priority priority) noexcept {
  switch (priority) {
    case Priority::idle:
      return IDLE_PRIORITY_CLASS;
    case Priority::below_normal:
      return BELOW_NORMAL_PRIORITY_CLASS;
    case Priority::normal:
      return NORMAL_PRIORITY_CLASS;
    case Priority::above_normal:
      return ABOVE_NORMAL_PRIORITY_CLASS;
    case Priority::high:
      return HIGH_PRIORITY_CLASS;
  }
  return NORMAL_PRIORITY_CLASS;
}

JobRequest job_request(const WorkerLimits& limits, UserInterface user_interface) {
  JobRequest request;
  if (user_interface == UserInterface::own_only) request.user_interface = every_user_interface_limit;
  JOBOBJECT_BASIC_LIMIT_INFORMATION& basic = request.limits.BasicLimitInformation;
  basic.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION;
  if (limits.priority != Priority::normal && limits.priority != Priority::high) {
    basic.LimitFlags |= JOB_OBJECT_LIMIT_PRIORITY_CLASS;
    basic.PriorityClass = priority_class(limits.priority);
  }
  if (limits.affinity_mask != 0) {
    basic.LimitFlags |= JOB_OBJECT_LIMIT_AFFINITY;
    basic.Affinity = static_cast<ULONG_PTR>(limits.affinity_mask);
  }
  if (limits.max_processes != 0) {
    basic.LimitFlags |= JOB_OBJECT_LIMIT_ACTIVE_PROCESS;
    basic.ActiveProcessLimit = limits.max_processes;
  }
  if (limits.max_memory_bytes != 0) {
    basic.LimitFlags |= JOB_OBJECT_LIMIT_JOB_MEMORY;
    request.limits.JobMemoryLimit = static_cast<SIZE_T>(limits.max_memory_bytes);
  }
  if (limits.max_cpu_percent != 0) {
    JOBOBJECT_CPU_RATE_CONTROL_INFORMATION& rate = request.cpu_rate.emplace();
    rate = {};
    rate.ControlFlags = JOB_OBJECT_CPU_RATE_CONTROL_ENABLE | JOB_OBJECT_CPU_RATE_CONTROL_HARD_CAP;
    rate.CpuRate = limits.max_cpu_percent * cpu_rate_units_per_percent;
  }
  return request;
}

Status apply(const JobRequest& request, HANDLE job, Status& cpu_rate_refused) {
  JobRequest asked = request;
  if (!SetInformationJobObject(job, JobObjectExtendedLimitInformation, &asked.limits, sizeof asked.limits)) {
    return windows_error(GetLastError(), "SetInformationJobObject", "limits of a worker");
  }
  JOBOBJECT_BASIC_UI_RESTRICTIONS user_interface{.UIRestrictionsClass = asked.user_interface};
  if (asked.user_interface != 0 &&
      !SetInformationJobObject(job, JobObjectBasicUIRestrictions, &user_interface, sizeof user_interface)) {
    return windows_error(GetLastError(), "SetInformationJobObject", "user interface of a worker");
  }
  if (!asked.cpu_rate) return {};
  if (!SetInformationJobObject(job, JobObjectCpuRateControlInformation, &*asked.cpu_rate, sizeof *asked.cpu_rate)) {
    cpu_rate_refused = windows_error(GetLastError(), "SetInformationJobObject", "CPU rate of a worker");
  }
  return {};
}

}  // namespace plugbroker::win
