// SPDX-License-Identifier: Apache-2.0
#include "service/shutdown_wait.h"

#include <windows.h>

#include <memory>

#include "broker_core/win/utf16.h"

namespace plugbroker::service {
namespace {

struct CloseHandleOfScm {
  void operator()(SC_HANDLE handle) const noexcept { CloseServiceHandle(handle); }
};
using ScmHandle = std::unique_ptr<std::remove_pointer_t<SC_HANDLE>, CloseHandleOfScm>;

}  // namespace

std::optional<Duration> system_shutdown_wait(std::string_view service_name) {
  const ScmHandle manager{OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT)};
  if (!manager) return std::nullopt;
  const ScmHandle service{OpenServiceW(manager.get(), win::to_utf16(service_name).c_str(), SERVICE_QUERY_CONFIG)};
  if (!service) return std::nullopt;
  SERVICE_PRESHUTDOWN_INFO info{};
  DWORD needed = 0;
  if (!QueryServiceConfig2W(service.get(), SERVICE_CONFIG_PRESHUTDOWN_INFO, reinterpret_cast<BYTE*>(&info),
                            sizeof(info), &needed)) {
    return std::nullopt;
  }
  return std::chrono::milliseconds{info.dwPreshutdownTimeout};
}

}  // namespace plugbroker::service
