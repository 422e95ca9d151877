// SPDX-License-Identifier: Apache-2.0
#include "installer/service_settings.h"

#include <array>

#include "broker_core/base/duration_text.h"
#include "broker_core/win/windows_error.h"
#include "service/service_identity.h"

namespace plugbroker::installer {
namespace {

constexpr DWORD day_seconds = 24 * 60 * 60;

Status change(const ScmServiceEntry& service, DWORD what, void* value) {
  SetLastError(ERROR_SUCCESS);
  const BOOL done = ChangeServiceConfig2W(service.get(), what, value);
  const DWORD error = GetLastError();
  if (done) return {};
  // Wine 8 fails without an error.
  if (error == ERROR_SUCCESS) return {StatusCode::unimplemented, "ChangeServiceConfig2W: not supported by this system"};
  return win::windows_error(error, "ChangeServiceConfig2W", std::string_view{});
}

Status set_description(const ScmServiceEntry& service) {
  std::wstring text{service::description};
  SERVICE_DESCRIPTIONW value{text.data()};
  return change(service, SERVICE_CONFIG_DESCRIPTION, &value);
}

Status set_restarts(const ScmServiceEntry& service) {
  std::array<SC_ACTION, 3> actions{
      {{SC_ACTION_RESTART, 5'000}, {SC_ACTION_RESTART, 30'000}, {SC_ACTION_RESTART, 60'000}}};
  SERVICE_FAILURE_ACTIONSW value{};
  value.dwResetPeriod = day_seconds;
  value.cActions = static_cast<DWORD>(actions.size());
  value.lpsaActions = actions.data();
  return change(service, SERVICE_CONFIG_FAILURE_ACTIONS, &value);
}

Status set_failure_flag(const ScmServiceEntry& service) {
  SERVICE_FAILURE_ACTIONS_FLAG value{TRUE};
  return change(service, SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, &value);
}

Status set_service_sid(const ScmServiceEntry& service) {
  SERVICE_SID_INFO value{SERVICE_SID_TYPE_UNRESTRICTED};
  return change(service, SERVICE_CONFIG_SERVICE_SID_INFO, &value);
}

Status set_preshutdown(const ScmServiceEntry& service, Duration time) {
  SERVICE_PRESHUTDOWN_INFO value{
      static_cast<DWORD>(std::chrono::duration_cast<std::chrono::milliseconds>(time).count())};
  return change(service, SERVICE_CONFIG_PRESHUTDOWN_INFO, &value);
}

}  // namespace

std::vector<SettingOutcome> apply_service_settings(const ScmServiceEntry& service, Duration shutdown_time) {
  return {{"description", set_description(service)},
          {"restart after a failure (5 s, 30 s, 60 s)", set_restarts(service)},
          {"restart also when the service stops with an error", set_failure_flag(service)},
          {"the service's SID in its token", set_service_sid(service)},
          {duration_text(shutdown_time) + " for a shutdown of the system", set_preshutdown(service, shutdown_time)}};
}

}  // namespace plugbroker::installer
