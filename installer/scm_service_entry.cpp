// SPDX-License-Identifier: Apache-2.0
#include "installer/scm_service_entry.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::installer {
namespace {

Status scm_error(DWORD error, const char* call, const std::wstring& name) {
  if (error == ERROR_SERVICE_DOES_NOT_EXIST) {
    return {StatusCode::not_found, "the service " + win::to_utf8(name) + " is not installed"};
  }
  if (error == ERROR_SERVICE_MARKED_FOR_DELETE) {
    return {StatusCode::failed_precondition, "the service " + win::to_utf8(name) +
                                                 " is marked for deletion: close every window that shows it "
                                                 "(Services, Task Manager, Event Viewer), or restart Windows"};
  }
  return win::windows_error(error, call, std::wstring_view{name});
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

Result<ScmServiceEntry> ScmServiceEntry::create_or_change(const ServiceRegistration& wanted) {
  const Result<ScmHandle> manager = open_manager(SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE);
  if (!manager) return manager.status();
  ScmHandle created{CreateServiceW(manager->get(), wanted.name.c_str(), wanted.display_name.c_str(), SERVICE_ALL_ACCESS,
                                   SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START, SERVICE_ERROR_NORMAL,
                                   wanted.command_line.c_str(), nullptr, nullptr, nullptr, wanted.account.c_str(),
                                   nullptr)};
  DWORD error = GetLastError();
  if (created) return ScmServiceEntry{std::move(created), wanted.name};
  if (error != ERROR_SERVICE_EXISTS) return scm_error(error, "CreateServiceW", wanted.name);

  Result<ScmServiceEntry> existing = open(wanted.name, SERVICE_ALL_ACCESS);
  if (!existing) return existing;
  const BOOL changed = ChangeServiceConfigW(existing->get(), SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START,
                                            SERVICE_ERROR_NORMAL, wanted.command_line.c_str(), nullptr, nullptr,
                                            nullptr, wanted.account.c_str(), nullptr, wanted.display_name.c_str());
  error = GetLastError();
  if (!changed) return scm_error(error, "ChangeServiceConfigW", wanted.name);
  return existing;
}

Result<std::wstring> ScmServiceEntry::command_line() const {
  DWORD needed = 0;
  QueryServiceConfigW(handle_.get(), nullptr, 0, &needed);
  // Of pointers, so that it is aligned for the structure.
  std::vector<void*> buffer(needed / sizeof(void*) + 1);
  auto* config = reinterpret_cast<QUERY_SERVICE_CONFIGW*>(buffer.data());
  const BOOL done =
      QueryServiceConfigW(handle_.get(), config, static_cast<DWORD>(buffer.size() * sizeof(void*)), &needed);
  const DWORD error = GetLastError();
  if (!done) return scm_error(error, "QueryServiceConfigW", name_);
  return std::wstring{config->lpBinaryPathName};
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
  return done || error == ERROR_SERVICE_ALREADY_RUNNING ? Status{} : scm_error(error, "StartServiceW", name_);
}

Status ScmServiceEntry::stop() const {
  SERVICE_STATUS status{};
  const BOOL done = ControlService(handle_.get(), SERVICE_CONTROL_STOP, &status);
  const DWORD error = GetLastError();
  const bool on_its_way = error == ERROR_SERVICE_CANNOT_ACCEPT_CTRL && status.dwCurrentState == SERVICE_STOP_PENDING;
  return done || error == ERROR_SERVICE_NOT_ACTIVE || on_its_way ? Status{} : scm_error(error, "ControlService", name_);
}

Status ScmServiceEntry::remove() const {
  const BOOL done = DeleteService(handle_.get());
  const DWORD error = GetLastError();
  return done ? Status{} : scm_error(error, "DeleteService", name_);
}

}  // namespace plugbroker::installer
