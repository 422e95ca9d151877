// SPDX-License-Identifier: Apache-2.0
#include "installer/service_transition.h"

#include <string>

#include "broker_core/win/awake_clock.h"

namespace plugbroker::installer {
namespace {

constexpr DWORD removal_look_ms = 100;
constexpr int most_removal_looks = 300;

void pause(Duration duration) {
  Sleep(static_cast<DWORD>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()));
}

}  // namespace

Result<ServiceObservation> wait_for_state(const ScmServiceEntry& service, DWORD state) {
  const win::AwakeClock clock;
  StateWait wait{state, clock.now()};
  while (true) {
    Result<ServiceObservation> seen = service.observe();
    if (!seen) return seen;
    switch (wait.observe(*seen, clock.now())) {
      case WaitVerdict::reached:
        return seen;
      case WaitVerdict::keep_waiting:
        pause(StateWait::pause_after(*seen));
        break;
      case WaitVerdict::gave_up:
        return {StatusCode::aborted, stopped_instead_text(seen->exit_code)};
      case WaitVerdict::stuck:
        return {StatusCode::deadline_exceeded, "the service makes no progress; it is " + state_text(*seen)};
    }
  }
}

Status stop_and_wait(const ScmServiceEntry& service) {
  if (Status status = service.stop(); !status.ok()) return status;
  const Result<ServiceObservation> seen = wait_for_state(service, SERVICE_STOPPED);
  return seen.ok() ? Status{} : seen.status();
}

Status wait_until_removed(const std::wstring& name) {
  for (int look = 0; look < most_removal_looks; ++look) {
    const Result<ScmServiceEntry> entry = ScmServiceEntry::open(name, SERVICE_QUERY_STATUS);
    if (!entry.ok()) return entry.status().code == StatusCode::not_found ? Status{} : entry.status();
    Sleep(removal_look_ms);
  }
  return {StatusCode::deadline_exceeded,
          "the service is marked for deletion, but something still has it open (Services, Task Manager, Event Viewer)"};
}

std::string stopped_instead_text(std::uint32_t exit_code) {
  // The exit codes of plugbroker-service.
  constexpr std::uint32_t bad_config = 1;
  constexpr std::uint32_t start_failed = 4;
  std::string text =
      "the service stopped instead, with exit code " + std::to_string(exit_code) + " (see docs/OPERATIONS.md); ";
  if (exit_code == bad_config) return text + "plugbroker-service check-config says what is wrong, and so does the log";
  // Without a log there is nowhere to look.
  if (exit_code == start_failed)
    return text + "the log says more, unless it can't be written; then plugbroker-service console does";
  return text + "the log says more";
}

std::string state_text(const ServiceObservation& seen) {
  switch (seen.state) {
    case SERVICE_RUNNING:
      return "running, process " + std::to_string(seen.process_id);
    case SERVICE_STOPPED:
      if (seen.exit_code == ERROR_SERVICE_NEVER_STARTED) return "stopped, not started yet";
      return "stopped, exit code " + std::to_string(seen.exit_code);
    case SERVICE_START_PENDING:
      return "starting, process " + std::to_string(seen.process_id);
    case SERVICE_STOP_PENDING:
      return "stopping, process " + std::to_string(seen.process_id);
    default:
      return "in state " + std::to_string(seen.state);
  }
}

}  // namespace plugbroker::installer
