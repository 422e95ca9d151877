// SPDX-License-Identifier: Apache-2.0
#include "installer/scm_service_entry.h"

#include <cstddef>
#include <cwchar>
#include <utility>
#include <vector>

#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"
#include "installer/plan/account.h"

namespace plugbroker::installer {
namespace {

// "A privilege that the service requires to function properly does not exist in the service account configuration."
constexpr DWORD error_privilege_not_in_account = 1297;

Status scm_error(DWORD error, const char* call, const std::wstring& name) {
  if (error == ERROR_SERVICE_DOES_NOT_EXIST) {
    return {StatusCode::not_found, "the service " + win::to_utf8(name) + " is not installed"};
  }
  if (error == ERROR_SERVICE_MARKED_FOR_DELETE) {
    return {StatusCode::failed_precondition, "the service " + win::to_utf8(name) +
                                                 " is marked for deletion: close every window that shows it "
                                                 "(Services, Task Manager, Event Viewer), or restart Windows"};
  }
  Status status = win::windows_error(error, call, std::wstring_view{name});
  if (error == ERROR_DUPLICATE_SERVICE_NAME) {
    status.message += "; another service has that display name: choose another one by --display-name";
  }
  return status;
}

// What the SCM says of a start that it did not even try.
Status start_error(DWORD error, const std::wstring& name) {
  Status status = scm_error(error, "StartServiceW", name);
  switch (error) {
    case ERROR_SERVICE_REQUEST_TIMEOUT:
      status.message += "; the program did not come up: run it in console mode";
      break;
    case ERROR_SERVICE_LOGON_FAILED:
      status.message +=
          "; the account's password is wrong, or it lacks the right to log on as a service: "
          "plugbroker-install configure --account ACCOUNT --password-stdin";
      break;
    case ERROR_SERVICE_DISABLED:
      status.message += "; its start type is disabled: plugbroker-install configure --start auto";
      break;
    case error_privilege_not_in_account:
      status.message +=
          "; the account lacks a privilege that the service requires (SeChangeNotifyPrivilege, \"Bypass "
          "traverse checking\" in secpol.msc)";
      break;
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
      // Not "there is no such service".
      status = {StatusCode::failed_precondition,
                status.message + "; the program that is registered is not there: plugbroker-install doctor"};
      break;
    default:
      break;
  }
  return status;
}

DWORD scm_start_type(StartType start) {
  switch (start) {
    case StartType::demand:
      return SERVICE_DEMAND_START;
    case StartType::disabled:
      return SERVICE_DISABLED;
    default:
      return SERVICE_AUTO_START;  // The delay is a setting of its own.
  }
}

StartType start_type_of_scm(DWORD start) {
  if (start == SERVICE_DEMAND_START) return StartType::demand;
  return start == SERVICE_DISABLED ? StartType::disabled : StartType::automatic;
}

Result<ScmHandle> open_manager(DWORD access) {
  ScmHandle manager{OpenSCManagerW(nullptr, nullptr, access)};
  const DWORD error = GetLastError();
  if (!manager) return win::windows_error(error, "OpenSCManagerW", std::string_view{});
  return manager;
}

}  // namespace

Result<ScmServiceEntry> ScmServiceEntry::open(const std::wstring& name, DWORD access) {
  const Result<ScmHandle> manager = open_manager(SC_MANAGER_CONNECT);
  if (!manager) return manager.status();
  ScmHandle service{OpenServiceW(manager->get(), name.c_str(), access)};
  const DWORD error = GetLastError();
  if (!service) return scm_error(error, "OpenServiceW", name);
  return ScmServiceEntry{std::move(service), name};
}

Result<ScmServiceEntry> ScmServiceEntry::create_or_change(const std::wstring& name, const ServiceSettings& settings,
                                                          const std::optional<std::wstring>& password) {
  const Result<ScmHandle> manager = open_manager(SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE);
  if (!manager) return manager.status();
  const std::wstring display_name = win::to_utf16(settings.display_name);
  const std::wstring command_line = win::to_utf16(settings.command_line);
  const std::wstring account = win::to_utf16(settings.account);
  const wchar_t* secret = password ? password->c_str() : nullptr;
  ScmHandle created{CreateServiceW(manager->get(), name.c_str(), display_name.c_str(), SERVICE_ALL_ACCESS,
                                   SERVICE_WIN32_OWN_PROCESS, scm_start_type(settings.start), SERVICE_ERROR_NORMAL,
                                   command_line.c_str(), nullptr, nullptr, nullptr, account.c_str(), secret)};
  DWORD error = GetLastError();
  if (created) return ScmServiceEntry{std::move(created), name};
  if (error != ERROR_SERVICE_EXISTS) return scm_error(error, "CreateServiceW", name);

  Result<ScmServiceEntry> existing = open(name, SERVICE_ALL_ACCESS);
  if (!existing) return existing;
  ServiceSettings present;
  if (Status status = existing->read_registration(present); !status.ok()) return status;
  // An account that is named again without its password could lose it.
  const bool same = !password && same_account(present.account, settings.account);
  const BOOL changed = ChangeServiceConfigW(existing->get(), SERVICE_WIN32_OWN_PROCESS, scm_start_type(settings.start),
                                            SERVICE_ERROR_NORMAL, command_line.c_str(), nullptr, nullptr, nullptr,
                                            same ? nullptr : account.c_str(), secret, display_name.c_str());
  error = GetLastError();
  if (!changed) return scm_error(error, "ChangeServiceConfigW", name);
  return existing;
}

Status ScmServiceEntry::read_registration(ServiceSettings& settings) const {
  DWORD needed = 0;
  QueryServiceConfigW(handle_.get(), nullptr, 0, &needed);
  // Of pointers, so that it is aligned for the structure.
  std::vector<void*> buffer(needed / sizeof(void*) + 1);
  auto* config = reinterpret_cast<QUERY_SERVICE_CONFIGW*>(buffer.data());
  const BOOL done =
      QueryServiceConfigW(handle_.get(), config, static_cast<DWORD>(buffer.size() * sizeof(void*)), &needed);
  const DWORD error = GetLastError();
  if (!done) return scm_error(error, "QueryServiceConfigW", name_);
  settings.command_line = win::to_utf8(config->lpBinaryPathName);
  settings.display_name = win::to_utf8(config->lpDisplayName);
  settings.account = win::to_utf8(config->lpServiceStartName);
  settings.start = start_type_of_scm(config->dwStartType);
  return {};
}

Result<ServiceObservation> ScmServiceEntry::observe() const {
  SERVICE_STATUS_PROCESS status{};
  DWORD needed = 0;
  const BOOL done = QueryServiceStatusEx(handle_.get(), SC_STATUS_PROCESS_INFO, reinterpret_cast<BYTE*>(&status),
                                         sizeof(status), &needed);
  const DWORD error = GetLastError();
  if (!done) return scm_error(error, "QueryServiceStatusEx", name_);
  const bool own_code = status.dwWin32ExitCode == ERROR_SERVICE_SPECIFIC_ERROR;
  return ServiceObservation{.state = status.dwCurrentState,
                            .checkpoint = status.dwCheckPoint,
                            .wait_hint = std::chrono::milliseconds{status.dwWaitHint},
                            .process_id = status.dwProcessId,
                            .exit_code = own_code ? status.dwServiceSpecificExitCode : status.dwWin32ExitCode};
}

Status ScmServiceEntry::start() const {
  const BOOL done = StartServiceW(handle_.get(), 0, nullptr);
  const DWORD error = GetLastError();
  return done || error == ERROR_SERVICE_ALREADY_RUNNING ? Status{} : start_error(error, name_);
}

Status ScmServiceEntry::stop() const {
  SERVICE_STATUS status{};
  const BOOL done = ControlService(handle_.get(), SERVICE_CONTROL_STOP, &status);
  const DWORD error = GetLastError();
  if (done || error == ERROR_SERVICE_NOT_ACTIVE) return {};
  if (error == ERROR_SERVICE_CANNOT_ACCEPT_CTRL) {
    const Result<ServiceObservation> seen = observe();
    if (seen.ok() && (seen->state == SERVICE_STOP_PENDING || seen->state == SERVICE_STOPPED)) return {};
  }
  return scm_error(error, "ControlService", name_);
}

Status ScmServiceEntry::remove() const {
  const BOOL done = DeleteService(handle_.get());
  const DWORD error = GetLastError();
  return done ? Status{} : scm_error(error, "DeleteService", name_);
}

Result<std::vector<std::string>> other_services_of(const std::wstring& program, const std::wstring& service_name) {
  constexpr std::size_t most_named = 16;
  const Result<ScmHandle> manager = open_manager(SC_MANAGER_CONNECT | SC_MANAGER_ENUMERATE_SERVICE);
  if (!manager) return manager.status();
  DWORD needed = 0;
  DWORD count = 0;
  DWORD resume = 0;
  EnumServicesStatusExW(manager->get(), SC_ENUM_PROCESS_INFO, SERVICE_WIN32, SERVICE_STATE_ALL, nullptr, 0, &needed,
                        &count, &resume, nullptr);
  std::vector<void*> buffer(needed / sizeof(void*) + 1024);
  resume = 0;
  const BOOL done = EnumServicesStatusExW(
      manager->get(), SC_ENUM_PROCESS_INFO, SERVICE_WIN32, SERVICE_STATE_ALL, reinterpret_cast<BYTE*>(buffer.data()),
      static_cast<DWORD>(buffer.size() * sizeof(void*)), &needed, &count, &resume, nullptr);
  const DWORD error = GetLastError();
  if (!done) return win::windows_error(error, "EnumServicesStatusExW", std::string_view{});
  std::vector<std::string> found;
  const auto* entries = reinterpret_cast<const ENUM_SERVICE_STATUS_PROCESSW*>(buffer.data());
  for (DWORD i = 0; i < count && found.size() < most_named; ++i) {
    const std::wstring name = entries[i].lpServiceName;
    if (_wcsicmp(name.c_str(), service_name.c_str()) == 0) continue;
    const Result<ScmServiceEntry> entry = ScmServiceEntry::open(name, SERVICE_QUERY_CONFIG);
    ServiceSettings settings;
    if (!entry.ok() || !entry->read_registration(settings).ok()) continue;
    if (settings.command_line.find(win::to_utf8(program)) != std::string::npos) found.push_back(win::to_utf8(name));
  }
  return found;
}

}  // namespace plugbroker::installer
