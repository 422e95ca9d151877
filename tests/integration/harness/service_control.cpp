// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/harness/service_control.h"

#include <utility>
#include <vector>

#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/text_encoding.h"
#include "tests/integration/harness/windows_handle.h"

namespace plugbroker::harness {
namespace {

class ServiceHandle {
 public:
  ServiceHandle(SC_HANDLE manager, const std::string& name, DWORD access)
      : handle_(OpenServiceW(manager, widen(name).c_str(), access)) {}
  ServiceHandle(const ServiceHandle&) = delete;
  ServiceHandle& operator=(const ServiceHandle&) = delete;
  ~ServiceHandle() {
    if (handle_ != nullptr) CloseServiceHandle(handle_);
  }
  explicit operator bool() const { return handle_ != nullptr; }
  [[nodiscard]] SC_HANDLE get() const { return handle_; }

 private:
  SC_HANDLE handle_;
};

}  // namespace

ServiceControl::ServiceControl(std::string name)
    : name_(std::move(name)), manager_(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT)) {
  if (manager_ == nullptr) throw_last_error("OpenSCManager");
}

ServiceControl::~ServiceControl() {
  CloseServiceHandle(manager_);
}

bool ServiceControl::installed() const {
  return static_cast<bool>(ServiceHandle(manager_, name_, SERVICE_QUERY_STATUS));
}

SERVICE_STATUS_PROCESS ServiceControl::query() const {
  const ServiceHandle service(manager_, name_, SERVICE_QUERY_STATUS);
  if (!service) throw_last_error("OpenService " + name_);
  SERVICE_STATUS_PROCESS status{};
  DWORD needed = 0;
  if (!QueryServiceStatusEx(service.get(), SC_STATUS_PROCESS_INFO, reinterpret_cast<BYTE*>(&status), sizeof(status),
                            &needed)) {
    throw_last_error("QueryServiceStatusEx " + name_);
  }
  return status;
}

std::uint32_t ServiceControl::state() const {
  return query().dwCurrentState;
}

std::uint32_t ServiceControl::process_id() const {
  return query().dwProcessId;
}

std::uint32_t ServiceControl::exit_code() const {
  const SERVICE_STATUS_PROCESS status = query();
  return status.dwWin32ExitCode == ERROR_SERVICE_SPECIFIC_ERROR ? status.dwServiceSpecificExitCode
                                                                : status.dwWin32ExitCode;
}

std::uint32_t ServiceControl::checkpoint() const {
  return query().dwCheckPoint;
}

std::uint32_t ServiceControl::send(std::uint32_t control) {
  const ServiceHandle service(manager_, name_, SERVICE_ALL_ACCESS);
  if (!service) throw_last_error("OpenService " + name_);
  SERVICE_STATUS status{};
  return ControlService(service.get(), control, &status) ? NO_ERROR : GetLastError();
}

void ServiceControl::add_to_command_line(const std::string& text) {
  const ServiceHandle service(manager_, name_, SERVICE_QUERY_CONFIG | SERVICE_CHANGE_CONFIG);
  if (!service) throw_last_error("OpenService " + name_);
  std::vector<void*> buffer(1024);  // Of pointers, so that it is aligned for the structure.
  auto* config = reinterpret_cast<QUERY_SERVICE_CONFIGW*>(buffer.data());
  DWORD needed = 0;
  if (!QueryServiceConfigW(service.get(), config, static_cast<DWORD>(buffer.size() * sizeof(void*)), &needed)) {
    throw_last_error("QueryServiceConfig " + name_);
  }
  const std::wstring changed = config->lpBinaryPathName + widen(text);
  if (!ChangeServiceConfigW(service.get(), SERVICE_NO_CHANGE, SERVICE_NO_CHANGE, SERVICE_NO_CHANGE, changed.c_str(),
                            nullptr, nullptr, nullptr, nullptr, nullptr, nullptr)) {
    throw_last_error("ChangeServiceConfig " + name_);
  }
}

void ServiceControl::start() {
  const ServiceHandle service(manager_, name_, SERVICE_START);
  if (!service) throw_last_error("OpenService " + name_);
  if (!StartServiceW(service.get(), 0, nullptr)) throw_last_error("StartService " + name_);
}

void ServiceControl::wait_for_running() const {
  const bool decided = eventually([&] { return state() == SERVICE_RUNNING || state() == SERVICE_STOPPED; });
  if (!decided || state() != SERVICE_RUNNING) {
    throw HarnessError(name_ + " does not get RUNNING: state " + std::to_string(state()) + ", exit code " +
                       std::to_string(exit_code()));
  }
}

void ServiceControl::wait_for_stopped() const {
  if (!eventually([&] { return state() == SERVICE_STOPPED; })) {
    throw HarnessError(name_ + " hangs in state " + std::to_string(state()) + " and does not stop");
  }
}

void ServiceControl::start_and_expect_stop() {
  const ServiceHandle service(manager_, name_, SERVICE_START);
  if (!service) throw_last_error("OpenService " + name_);
  // One that has stopped already when the control manager looks is "did not respond in time" to it.
  if (!StartServiceW(service.get(), 0, nullptr) && GetLastError() != ERROR_SERVICE_REQUEST_TIMEOUT) {
    throw_last_error("StartService " + name_);
  }
  wait_for_stopped();
}

void ServiceControl::stop() {
  const ServiceHandle service(manager_, name_, SERVICE_STOP);
  if (!service) throw_last_error("OpenService " + name_);
  SERVICE_STATUS status{};
  if (!ControlService(service.get(), SERVICE_CONTROL_STOP, &status)) {
    const DWORD error = GetLastError();
    if (error != ERROR_SERVICE_NOT_ACTIVE) throw HarnessError("ControlService " + name_ + ": " + std::to_string(error));
  }
  wait_for_stopped();
}

void ServiceControl::parameters_changed() {
  const ServiceHandle service(manager_, name_, SERVICE_PAUSE_CONTINUE);
  if (!service) throw_last_error("OpenService " + name_);
  SERVICE_STATUS status{};
  if (!ControlService(service.get(), SERVICE_CONTROL_PARAMCHANGE, &status)) throw_last_error("ControlService " + name_);
}

void ServiceControl::remove() {
  const ServiceHandle service(manager_, name_, DELETE);
  if (!service) throw_last_error("OpenService " + name_);
  if (!DeleteService(service.get())) throw_last_error("DeleteService " + name_);
}

}  // namespace plugbroker::harness
