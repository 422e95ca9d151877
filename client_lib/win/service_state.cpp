// SPDX-License-Identifier: Apache-2.0
#include "client_lib/win/service_state.h"

#include <windows.h>

#include <winsvc.h>

namespace plugbroker::client {

namespace {

/// Owns a handle of the service control manager.
class ScHandle {
 public:
  explicit ScHandle(SC_HANDLE handle) noexcept : handle_(handle) {}
  ScHandle(const ScHandle&) = delete;
  ScHandle& operator=(const ScHandle&) = delete;
  ~ScHandle() {
    if (handle_ != nullptr) CloseServiceHandle(handle_);
  }
  [[nodiscard]] SC_HANDLE get() const noexcept { return handle_; }
  explicit operator bool() const noexcept { return handle_ != nullptr; }

 private:
  SC_HANDLE handle_;
};

}  // namespace

ServiceState service_state(const std::wstring& service_name) noexcept {
  const ScHandle control_manager(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
  if (!control_manager) return ServiceState::unknown;
  const ScHandle service(OpenServiceW(control_manager.get(), service_name.c_str(), SERVICE_QUERY_STATUS));
  if (!service) {
    return GetLastError() == ERROR_SERVICE_DOES_NOT_EXIST ? ServiceState::not_installed : ServiceState::unknown;
  }
  SERVICE_STATUS status{};
  if (QueryServiceStatus(service.get(), &status) == 0) return ServiceState::unknown;
  switch (status.dwCurrentState) {
    case SERVICE_START_PENDING:
      return ServiceState::starting;
    case SERVICE_RUNNING:
    case SERVICE_CONTINUE_PENDING:
      return ServiceState::running;
    case SERVICE_STOP_PENDING:
      return ServiceState::stopping;
    default:
      return ServiceState::stopped;
  }
}

}  // namespace plugbroker::client
