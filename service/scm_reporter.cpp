// SPDX-License-Identifier: Apache-2.0
#include "service/scm_reporter.h"

#include <utility>

#include "service/scm_controls.h"

namespace plugbroker::service {
namespace {

DWORD state_of(ServicePhase phase) {
  switch (phase) {
    case ServicePhase::start_pending:
      return SERVICE_START_PENDING;
    case ServicePhase::running:
    case ServicePhase::degraded:
      return SERVICE_RUNNING;
    case ServicePhase::stop_pending:
    case ServicePhase::failing:
      return SERVICE_STOP_PENDING;
    case ServicePhase::stopped:
      return SERVICE_STOPPED;
  }
  return SERVICE_STOPPED;
}

SERVICE_STATUS system_status(const StatusReport& report) {
  SERVICE_STATUS status{};
  status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
  status.dwCurrentState = state_of(report.phase);
  status.dwControlsAccepted = report.accepts_stop ? accepted_controls() : 0;
  status.dwWin32ExitCode = report.exit_code == 0 ? NO_ERROR : ERROR_SERVICE_SPECIFIC_ERROR;
  status.dwServiceSpecificExitCode = report.exit_code;
  status.dwCheckPoint = report.checkpoint;
  status.dwWaitHint =
      static_cast<DWORD>(std::chrono::duration_cast<std::chrono::milliseconds>(report.wait_hint).count());
  return status;
}

}  // namespace

ScmReporter::ScmReporter(const RunEvents& events, std::function<void(const SERVICE_STATUS&)> tell)
    : events_(events), tell_(std::move(tell)) {}

void ScmReporter::registered() {
  tell_again();
}

void ScmReporter::stopping() {
  apply(ServiceEvent::stop_requested);
  apply(ServiceEvent::progress);
}

DWORD ScmReporter::control(DWORD code) {
  switch (action_of(code)) {
    case ControlAction::shut_down:
      SetEvent(events_.system_shuts_down);
      [[fallthrough]];
    case ControlAction::stop:
      apply(ServiceEvent::stop_requested);
      SetEvent(events_.stop_requested);
      return NO_ERROR;
    case ControlAction::reload:
      // Requests that come before the last one was carried out are one.
      SetEvent(events_.reload_requested);
      return NO_ERROR;
    case ControlAction::report:
      tell_again();
      return NO_ERROR;
    case ControlAction::tolerate:
      return NO_ERROR;
    case ControlAction::refuse:
      return ERROR_CALL_NOT_IMPLEMENTED;
  }
  return ERROR_CALL_NOT_IMPLEMENTED;
}

void ScmReporter::apply(ServiceEvent event, std::uint32_t exit_code) {
  const std::lock_guard lock(mutex_);
  const StatusReport before = status_.report();
  if (status_.apply(event, exit_code) != before) tell_(system_status(status_.report()));
}

void ScmReporter::tell_again() {
  const std::lock_guard lock(mutex_);
  tell_(system_status(status_.report()));
}

}  // namespace plugbroker::service
