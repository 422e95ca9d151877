// SPDX-License-Identifier: Apache-2.0
// start, stop, restart, status, uninstall.
#include <windows.h>

#include "broker_core/win/utf16.h"
#include "installer/commands.h"
#include "installer/event_source.h"
#include "installer/folder_removal.h"
#include "installer/plan/command_line_text.h"
#include "installer/plan/command_script.h"
#include "installer/plan/upgrade.h"
#include "installer/scm_service_entry.h"
#include "installer/service_paths.h"
#include "installer/service_transition.h"
#include "service/service_identity.h"

namespace plugbroker::installer {
namespace {

Outcome print_script(const std::vector<std::string>& lines, CommandReport& report) {
  for (const std::string& line : lines) report.script_line(line);
  return {};
}

Result<ScmServiceEntry> open_service(const InstallCommand& command, DWORD access) {
  return ScmServiceEntry::open(win::to_utf16(command.service_name), SERVICE_QUERY_STATUS | access);
}

void show(const InstallCommand& command, const ServiceObservation& seen, CommandReport& report) {
  report.service(command.service_name, {.state = state_text(seen), .process_id = seen.process_id});
}

// Not when another service of this product is installed: they share the folder.
Status purge(const InstallCommand& command, CommandReport& report) {
  const Result<std::filesystem::path> folder = data_folder();
  if (!folder) return folder.status();
  const auto others = other_services_of(std::wstring{service::service_program}, win::to_utf16(command.service_name));
  if (!others) return others.status();
  const std::string shown = win::to_utf8(folder->native());
  if (!others->empty()) {
    return {StatusCode::failed_precondition,
            shown + " is not deleted: the service " + others->front() + " uses it too"};
  }
  if (!remove_folder_tree(*folder, WhenInUse::leave)) {
    return {StatusCode::failed_precondition, "some of " + shown + " is in use and was not deleted"};
  }
  report.step(StepResult::done, "deleted " + shown);
  return {};
}

// What upgrades left in the programs' folder because it was in use then.
void sweep(const std::filesystem::path& program) {
  for (const std::filesystem::path& folder : {program.parent_path(), program.parent_path().parent_path()}) {
    remove_folder_tree(folder / win::to_utf16(upgrade_work_folder), WhenInUse::remove_at_start);
  }
}

// Also when the service is gone already: a source alone is of no use to anybody.
void forget_event_source(const InstallCommand& command, CommandReport& report) {
  const std::wstring name = win::to_utf16(command.service_name);
  const Result<std::wstring> registered = registered_message_file(name);
  if (!registered.ok() && registered.status().code == StatusCode::not_found) return;
  const Status status = remove_event_source(name);
  if (status.ok()) {
    report.remark("removed the source of the service's events");
  } else {
    report.remark("NOT removed: the source of the service's events: " + status.message);
  }
}

Status remove_service(const InstallCommand& command, CommandReport& report) {
  {
    const Result<ScmServiceEntry> service = open_service(command, SERVICE_STOP | DELETE | SERVICE_QUERY_CONFIG);
    if (!service.ok() && service.status().code == StatusCode::not_found) {
      report.step(StepResult::unchanged, service.status().message);
      return {};
    }
    if (!service) return service.status();
    ServiceSettings settings;
    const bool known = service->read_registration(settings).ok();
    if (Status status = stop_and_wait(*service); !status.ok()) return status;
    if (Status status = service->remove(); !status.ok()) return status;
    if (known) sweep(win::to_utf16(split_command_line(settings.command_line).program));
  }
  if (Status status = wait_until_removed(win::to_utf16(command.service_name)); !status.ok()) return status;
  report.remark("removed the service " + command.service_name +
                (command.purge ? "" : "; folders and configuration stay"));
  return {};
}

}  // namespace

Outcome start(const InstallCommand& command, CommandReport& report) {
  const Result<ScmServiceEntry> service = open_service(command, SERVICE_START);
  if (!service) return outcome_of(service.status());
  if (command.dry_run) return print_script(start_script(command.service_name), report);
  if (Status status = service->start(); !status.ok()) return outcome_of(status);
  const Result<ServiceObservation> seen = wait_for_state(*service, SERVICE_RUNNING);
  if (!seen) return outcome_of(seen.status());
  show(command, *seen, report);
  return {};
}

Outcome stop(const InstallCommand& command, CommandReport& report) {
  const Result<ScmServiceEntry> service = open_service(command, SERVICE_STOP);
  if (!service) return outcome_of(service.status());
  if (command.dry_run) return print_script(stop_script(command.service_name), report);
  if (Status status = stop_and_wait(*service); !status.ok()) return outcome_of(status);
  report.service(command.service_name, {.state = "stopped", .process_id = 0});
  return {};
}

Outcome restart(const InstallCommand& command, CommandReport& report) {
  Outcome outcome = stop(command, report);
  return outcome.code == ExitCode::ok ? start(command, report) : outcome;
}

Outcome show_status(const InstallCommand& command, CommandReport& report) {
  const Result<ScmServiceEntry> service = open_service(command, 0);
  if (!service) return outcome_of(service.status());
  if (command.dry_run) return print_script(status_script(command.service_name), report);
  const Result<ServiceObservation> seen = service->observe();
  if (!seen) return outcome_of(seen.status());
  show(command, *seen, report);
  return {seen->state == SERVICE_RUNNING ? ExitCode::ok : ExitCode::not_running, ""};
}

Outcome uninstall(const InstallCommand& command, CommandReport& report) {
  if (command.dry_run) {
    const Result<std::filesystem::path> folder = data_folder();
    if (!folder) return outcome_of(folder.status());
    const std::string purged = command.purge ? win::to_utf8(folder->native()) : "";
    return print_script(uninstall_script(command.service_name, purged), report);
  }
  const Status removed = remove_service(command, report);
  // Whatever became of the service: Windows Installer, which undoes an installation, may still hold it.
  forget_event_source(command, report);
  if (!removed.ok()) return outcome_of(removed);
  return command.purge ? outcome_of(purge(command, report)) : Outcome{};
}

}  // namespace plugbroker::installer
