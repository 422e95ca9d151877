// SPDX-License-Identifier: Apache-2.0
#include "installer/installation.h"

#include <windows.h>

#include <filesystem>
#include <vector>

#include "broker_core/win/known_folders.h"
#include "broker_core/win/service_sid.h"
#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"
#include "installer/config_remarks.h"
#include "installer/data_folder_setup.h"
#include "installer/event_source.h"
#include "installer/service_command_line.h"
#include "installer/service_settings.h"
#include "installer/service_transition.h"
#include "installer/shutdown_time.h"
#include "service/service_identity.h"

namespace plugbroker::installer {
namespace {

Outcome outcome_of(const Status& status) {
  if (status.ok()) return {};
  if (status.code == StatusCode::not_found) return {ExitCode::not_installed, status.message};
  if (status.code == StatusCode::permission_denied) {
    return {ExitCode::access_denied, status.message + "; use an elevated prompt"};
  }
  return {ExitCode::failed, status.message};
}

// The service's program lies beside this one.
Result<std::filesystem::path> service_program() {
  std::vector<wchar_t> name(32'768);
  const DWORD size = GetModuleFileNameW(nullptr, name.data(), static_cast<DWORD>(name.size()));
  const DWORD error = GetLastError();
  if (size == 0) return win::windows_error(error, "GetModuleFileNameW", std::string_view{});
  std::filesystem::path program = std::filesystem::path{name.data()}.parent_path() / service::service_program;
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(program, ignored)) {
    return {StatusCode::failed_precondition, "there is no " + win::to_utf8(program.native()) + " beside this program"};
  }
  return program;
}

Status prepare_files(const InstallCommand& command, const std::filesystem::path& data_folder,
                     const std::filesystem::path& config, const Report& report) {
  const Result<std::string> sid = win::service_sid(command.service_name);
  if (!sid) return sid.status();
  const Result<Steps> folders = make_data_folders(data_folder, *sid);
  if (!folders) return folders.status();
  for (const std::string& step : *folders) report(step);
  std::error_code ignored;
  const bool was_there = std::filesystem::exists(config, ignored);
  const Result<Steps> file = make_config_file(config);
  if (!file) return file.status();
  for (const std::string& step : *file) report(step);
  if (!was_there) return {};
  for (const std::string& remark : config_remarks(config, data_folder)) report(remark);
  return {};
}

Status register_service(const ServiceRegistration& registration, Duration shutdown_time, const Report& report) {
  const Result<ScmServiceEntry> service = ScmServiceEntry::create_or_change(registration);
  if (!service) return service.status();
  report("registered the service " + win::to_utf8(registration.name) + " under " + win::to_utf8(registration.account) +
         ": " + win::to_utf8(registration.command_line));
  const Result<std::wstring> read_back = service->command_line();
  if (!read_back.ok()) {
    report("NOT verified, the command line can't be read back: " + read_back.status().message);
  } else if (*read_back != registration.command_line) {
    return {StatusCode::data_loss, "the command line reads back as " + win::to_utf8(*read_back)};
  }
  for (const SettingOutcome& setting : apply_service_settings(*service, shutdown_time)) {
    report(setting.status.ok() ? "set: " + setting.setting
                               : "NOT set: " + setting.setting + ": " + setting.status.message);
  }
  const Result<ServiceObservation> seen = service->observe();
  if (seen.ok() && seen->state == SERVICE_RUNNING) report("the service is running: restart it to use what was changed");
  return {};
}

// Without it the service runs as well.
void name_event_source(const std::wstring& name, const std::filesystem::path& program, const Report& report) {
  const Status status = register_event_source(name, event_message_file(program.parent_path()));
  report(status.ok() ? "set: the source of the service's events"
                     : "NOT set: the source of the service's events: " + status.message);
}

void forget_event_source(const std::wstring& name, const Report& report) {
  const Status status = remove_event_source(name);
  if (!status.ok()) report("NOT removed: the source of the service's events: " + status.message);
}

Status stop_and_wait(const ScmServiceEntry& service) {
  if (Status status = service.stop(); !status.ok()) return status;
  const Result<ServiceObservation> seen = wait_for_state(service, SERVICE_STOPPED);
  return seen.ok() ? Status{} : seen.status();
}

}  // namespace

Outcome install(const InstallCommand& command, const Report& report) {
  const Result<std::filesystem::path> program = service_program();
  if (!program) return outcome_of(program.status());
  const Result<std::filesystem::path> program_data = win::program_data_folder();
  if (!program_data) return outcome_of(program_data.status());
  const std::filesystem::path data_folder = *program_data / service::data_folder;
  const std::filesystem::path config = command.config_path.empty()
                                           ? data_folder / service::config_file
                                           : std::filesystem::absolute(win::to_utf16(command.config_path));
  const std::wstring name = win::to_utf16(command.service_name);
  const std::wstring command_line = service_command_line(*program, config, name);
  if (Status status = check_no_variable(command_line); !status.ok()) return outcome_of(status);
  if (Status status = prepare_files(command, data_folder, config, report); !status.ok()) return outcome_of(status);
  name_event_source(name, *program, report);

  const std::wstring account = command.account.empty() ? L"NT SERVICE\\" + name : win::to_utf16(command.account);
  const std::wstring display_name = command.display_name.empty() ? name : win::to_utf16(command.display_name);
  return outcome_of(
      register_service({.name = name, .display_name = display_name, .command_line = command_line, .account = account},
                       shutdown_time(win::to_utf8(config.native())), report));
}

Outcome uninstall(const InstallCommand& command, const Report& report) {
  const std::wstring name = win::to_utf16(command.service_name);
  {
    const Result<ScmServiceEntry> service = ScmServiceEntry::open(name, SERVICE_QUERY_STATUS | SERVICE_STOP | DELETE);
    if (!service.ok() && service.status().code == StatusCode::not_found) {
      report(service.status().message);
      forget_event_source(name, report);
      return {};
    }
    if (!service) return outcome_of(service.status());
    if (Status status = stop_and_wait(*service); !status.ok()) return outcome_of(status);
    if (Status status = service->remove(); !status.ok()) return outcome_of(status);
  }
  if (Status status = wait_until_removed(name); !status.ok()) return outcome_of(status);
  forget_event_source(name, report);
  report("removed the service " + command.service_name + "; folders and configuration stay");
  return {};
}

Outcome start(const InstallCommand& command, const Report& report) {
  const Result<ScmServiceEntry> service =
      ScmServiceEntry::open(win::to_utf16(command.service_name), SERVICE_QUERY_STATUS | SERVICE_START);
  if (!service) return outcome_of(service.status());
  if (Status status = service->start(); !status.ok()) return outcome_of(status);
  const Result<ServiceObservation> seen = wait_for_state(*service, SERVICE_RUNNING);
  if (!seen) return outcome_of(seen.status());
  report(command.service_name + ": " + state_text(*seen));
  return {};
}

Outcome stop(const InstallCommand& command, const Report& report) {
  const Result<ScmServiceEntry> service =
      ScmServiceEntry::open(win::to_utf16(command.service_name), SERVICE_QUERY_STATUS | SERVICE_STOP);
  if (!service) return outcome_of(service.status());
  if (Status status = stop_and_wait(*service); !status.ok()) return outcome_of(status);
  report(command.service_name + ": stopped");
  return {};
}

Outcome show_status(const InstallCommand& command, const Report& report) {
  const Result<ScmServiceEntry> service =
      ScmServiceEntry::open(win::to_utf16(command.service_name), SERVICE_QUERY_STATUS);
  if (!service) return outcome_of(service.status());
  const Result<ServiceObservation> seen = service->observe();
  if (!seen) return outcome_of(seen.status());
  report(command.service_name + ": " + state_text(*seen));
  return {seen->state == SERVICE_RUNNING ? ExitCode::ok : ExitCode::not_running, ""};
}

}  // namespace plugbroker::installer
