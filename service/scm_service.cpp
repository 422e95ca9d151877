// SPDX-License-Identifier: Apache-2.0
#include "service/scm_service.h"

#include <cstdio>
#include <mutex>
#include <string>

#include "broker_core/win/unique_handle.h"
#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"
#include "service/service_status.h"

namespace plugbroker::service {
namespace {

DWORD state_of(ServicePhase phase) {
  switch (phase) {
    case ServicePhase::start_pending:
      return SERVICE_START_PENDING;
    case ServicePhase::running:
      return SERVICE_RUNNING;
    case ServicePhase::stop_pending:
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
  status.dwControlsAccepted = report.accepts_stop ? SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN |
                                                        SERVICE_ACCEPT_PRESHUTDOWN | SERVICE_ACCEPT_PARAMCHANGE
                                                  : 0;
  status.dwWin32ExitCode = report.exit_code == 0 ? NO_ERROR : ERROR_SERVICE_SPECIFIC_ERROR;
  status.dwServiceSpecificExitCode = report.exit_code;
  status.dwCheckPoint = report.checkpoint;
  status.dwWaitHint =
      static_cast<DWORD>(std::chrono::duration_cast<std::chrono::milliseconds>(report.wait_hint).count());
  return status;
}

/// Tells the SCM; called by the service's thread and by the handler's.
class ScmReporter : public RunObserver {
 public:
  explicit ScmReporter(const RunEvents& events) : events_(events) {}

  void registered(SERVICE_STATUS_HANDLE handle) {
    const std::lock_guard lock(mutex_);
    handle_ = handle;
    tell();
  }

  void starting() override { apply(ServiceEvent::progress); }
  void ready() override { apply(ServiceEvent::ready); }
  void stopping() override {
    apply(ServiceEvent::stop_requested);
    apply(ServiceEvent::progress);
  }
  void stopped(ExitCode code) { apply(ServiceEvent::stopped, static_cast<std::uint32_t>(code)); }

  void stop_asked() {
    apply(ServiceEvent::stop_requested);
    SetEvent(events_.stop_requested);
  }

  // Not carried out here: it blocks. Requests that come before the last one is are one.
  void reload_asked() { SetEvent(events_.reload_requested); }

  void interrogated() {
    const std::lock_guard lock(mutex_);
    tell();
  }

 private:
  void apply(ServiceEvent event, std::uint32_t exit_code = 0) {
    const std::lock_guard lock(mutex_);
    const StatusReport before = status_.report();
    if (status_.apply(event, exit_code) != before) tell();
  }

  void tell() {
    SERVICE_STATUS status = system_status(status_.report());
    SetServiceStatus(handle_, &status);
  }

  const RunEvents events_;
  std::mutex mutex_;
  SERVICE_STATUS_HANDLE handle_ = nullptr;
  ServiceStatus status_;
};

DWORD WINAPI control_handler(DWORD control, DWORD, void*, void* context) {
  ScmReporter& reporter = *static_cast<ScmReporter*>(context);
  switch (control) {
    case SERVICE_CONTROL_STOP:
    case SERVICE_CONTROL_SHUTDOWN:
    case SERVICE_CONTROL_PRESHUTDOWN:
      reporter.stop_asked();
      return NO_ERROR;
    case SERVICE_CONTROL_PARAMCHANGE:
      reporter.reload_asked();
      return NO_ERROR;
    case SERVICE_CONTROL_INTERROGATE:
      reporter.interrogated();
      return NO_ERROR;
    default:
      return ERROR_CALL_NOT_IMPLEMENTED;
  }
}

// ServiceMain gets no context of ours, so what it needs is here while run_under_scm() runs.
struct Run {
  const RunOptions& options;
  RunEvents events;
  ScmReporter reporter;
  ExitCode code = ExitCode::start_failed;
};
Run* current_run = nullptr;

void WINAPI service_main(DWORD, wchar_t**) {
  Run& run = *current_run;
  const std::wstring name = win::to_utf16(run.options.service_name);
  const SERVICE_STATUS_HANDLE handle = RegisterServiceCtrlHandlerExW(name.c_str(), &control_handler, &run.reporter);
  if (handle == nullptr) return;
  run.reporter.registered(handle);
  run.code = run_service(run.options, run.events, run.reporter);
  run.reporter.stopped(run.code);
}

}  // namespace

ExitCode run_under_scm(const RunOptions& options) {
  const win::UniqueHandle stop{CreateEventW(nullptr, TRUE, FALSE, nullptr)};
  const win::UniqueHandle reload{CreateEventW(nullptr, FALSE, FALSE, nullptr)};
  if (!stop || !reload) return ExitCode::start_failed;
  const RunEvents events{.stop_requested = stop.get(), .reload_requested = reload.get()};
  // Never destroyed: the dispatcher may return as soon as the SCM was told of the stop, while the service's thread is
  // still on its way out of the reporter.
  Run& run = *new Run{options, events, ScmReporter{events}};
  current_run = &run;
  std::wstring name = win::to_utf16(options.service_name);
  const SERVICE_TABLE_ENTRYW table[] = {{name.data(), &service_main}, {nullptr, nullptr}};
  const BOOL dispatched = StartServiceCtrlDispatcherW(table);
  const DWORD error = GetLastError();
  if (!dispatched) {
    const std::string reason =
        error == ERROR_FAILED_SERVICE_CONTROLLER_CONNECT
            ? "run is for the service control manager; in a terminal use console"
            : win::windows_error(error, "StartServiceCtrlDispatcherW", options.service_name).message;
    std::fprintf(stderr, "plugbroker-service: %s\n", reason.c_str());
    return ExitCode::usage;
  }
  if (run.code == ExitCode::broke_down) exit_now(run.code);
  return run.code;
}

}  // namespace plugbroker::service
