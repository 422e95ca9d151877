// SPDX-License-Identifier: Apache-2.0
#include "service/scm_service.h"

#include <cstdio>
#include <string>
#include <utility>

#include "broker_core/win/unique_handle.h"
#include "broker_core/win/windows_error.h"
#include "service/scm_reporter.h"

namespace plugbroker::service {
namespace {

// ServiceMain gets no context of ours, so what it needs is here while run_under_scm() runs.
struct Run {
  ServiceBody body;
  RunEvents events;
  SERVICE_STATUS_HANDLE handle = nullptr;
  ExitCode code = ExitCode::start_failed;
  ScmReporter reporter{events, [this](const SERVICE_STATUS& status) {
                         SERVICE_STATUS told = status;
                         SetServiceStatus(handle, &told);
                       }};
};
Run* current_run = nullptr;

DWORD WINAPI control_handler(DWORD control, DWORD, void*, void* context) {
  return static_cast<ScmReporter*>(context)->control(control);
}

// `arguments` begins with the name under which the service is installed.
void WINAPI service_main(DWORD, wchar_t** arguments) {
  Run& run = *current_run;
  run.handle = RegisterServiceCtrlHandlerExW(arguments[0], &control_handler, &run.reporter);
  // Nothing can be told then. The end of the process is what the SCM sees, and takes for a failure.
  if (run.handle == nullptr) exit_now(ExitCode::start_failed);
  run.reporter.registered();
  run.code = run.body(run.events, run.reporter);
  run.reporter.stopped(run.code);
}

// Can't fail in a way that has a name: a handle is all it takes.
HANDLE make_event(bool manual_reset) {
  return CreateEventW(nullptr, manual_reset ? TRUE : FALSE, FALSE, nullptr);
}

}  // namespace

ExitCode run_under_scm(ServiceBody body) {
  const RunEvents events{
      .stop_requested = make_event(true), .reload_requested = make_event(false), .system_shuts_down = make_event(true)};
  // Without them the service could be neither stopped nor told why; the SCM sees the process end before it connected.
  if (!events.stop_requested || !events.reload_requested || !events.system_shuts_down) return ExitCode::start_failed;
  // Never destroyed, like the events: the dispatcher may return as soon as the SCM was told of the stop, while the
  // service's thread is still on its way out of the reporter.
  Run& run = *new Run{.body = std::move(body), .events = events};
  current_run = &run;
  // One service in its own process: the SCM does not look at the name here, so it need not be known yet.
  std::wstring any_name;
  const SERVICE_TABLE_ENTRYW table[] = {{any_name.data(), &service_main}, {nullptr, nullptr}};
  const BOOL dispatched = StartServiceCtrlDispatcherW(table);
  const DWORD error = GetLastError();
  if (!dispatched) {
    const std::string reason =
        error == ERROR_FAILED_SERVICE_CONTROLLER_CONNECT
            ? "run is for the service control manager; in a terminal use console"
            : win::windows_error(error, "StartServiceCtrlDispatcherW", std::string_view{}).message;
    std::fprintf(stderr, "plugbroker-service: %s\n", reason.c_str());
    return ExitCode::usage;
  }
  if (run.code == ExitCode::broke_down) exit_now(run.code);
  return run.code;
}

}  // namespace plugbroker::service
