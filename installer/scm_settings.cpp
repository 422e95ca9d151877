// SPDX-License-Identifier: Apache-2.0
#include "installer/scm_settings.h"

#include <cwchar>
#include <vector>

#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::installer {
namespace {

// Wine 8 fails without an error.
Status config_error(DWORD error, const char* call) {
  if (error == ERROR_SUCCESS || error == ERROR_INVALID_LEVEL || error == ERROR_CALL_NOT_IMPLEMENTED) {
    return {StatusCode::unimplemented, std::string{call} + ": not supported by this system"};
  }
  return win::windows_error(error, call, std::string_view{});
}

Status change(const ScmServiceEntry& service, DWORD what, void* value) {
  SetLastError(ERROR_SUCCESS);
  const BOOL done = ChangeServiceConfig2W(service.get(), what, value);
  const DWORD error = GetLastError();
  return done ? Status{} : config_error(error, "ChangeServiceConfig2W");
}

Status write_failure_actions(const ScmServiceEntry& service, const FailureActions& wanted) {
  std::vector<SC_ACTION> actions;
  for (const std::uint32_t delay : wanted.restart_delays_ms) actions.push_back({SC_ACTION_RESTART, delay});
  SERVICE_FAILURE_ACTIONSW value{};
  value.dwResetPeriod = wanted.reset_seconds;
  value.cActions = static_cast<DWORD>(actions.size());
  value.lpsaActions = actions.data();
  return change(service, SERVICE_CONFIG_FAILURE_ACTIONS, &value);
}

Status write_privileges(const ScmServiceEntry& service, const std::vector<std::string>& wanted) {
  std::wstring names;  // Each with its zero, and one more at the end.
  for (const std::string& name : wanted) names += win::to_utf16(name) + L'\0';
  names += L'\0';
  SERVICE_REQUIRED_PRIVILEGES_INFOW value{names.data()};
  return change(service, SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO, &value);
}

// What QueryServiceConfig2W gives, in memory that is aligned for it.
class QueriedConfig {
 public:
  Status query(const ScmServiceEntry& service, DWORD what) {
    DWORD needed = 0;
    SetLastError(ERROR_SUCCESS);
    if (QueryServiceConfig2W(service.get(), what, nullptr, 0, &needed)) return {};
    DWORD error = GetLastError();
    if (error != ERROR_INSUFFICIENT_BUFFER || needed == 0) return config_error(error, "QueryServiceConfig2W");
    buffer_.assign(needed / sizeof(void*) + 1, nullptr);
    SetLastError(ERROR_SUCCESS);
    const BOOL done = QueryServiceConfig2W(service.get(), what, reinterpret_cast<BYTE*>(buffer_.data()),
                                           static_cast<DWORD>(buffer_.size() * sizeof(void*)), &needed);
    error = GetLastError();
    return done ? Status{} : config_error(error, "QueryServiceConfig2W");
  }

  template <typename Structure>
  [[nodiscard]] const Structure& as() const {
    return *reinterpret_cast<const Structure*>(buffer_.data());
  }

 private:
  std::vector<void*> buffer_ = std::vector<void*>(16);
};

void take_failure_actions(const SERVICE_FAILURE_ACTIONSW& value, FailureActions& present) {
  present.reset_seconds = value.dwResetPeriod;
  present.restart_delays_ms.clear();
  for (DWORD i = 0; i < value.cActions; ++i) {
    if (value.lpsaActions[i].Type == SC_ACTION_RESTART) present.restart_delays_ms.push_back(value.lpsaActions[i].Delay);
  }
}

void take_privileges(const wchar_t* names, std::vector<std::string>& present) {
  present.clear();
  for (const wchar_t* name = names; name != nullptr && *name != L'\0'; name += std::wcslen(name) + 1) {
    present.push_back(win::to_utf8(name));
  }
}

DWORD info_level(Setting setting) {
  switch (setting) {
    case Setting::delayed_start:
      return SERVICE_CONFIG_DELAYED_AUTO_START_INFO;
    case Setting::service_sid:
      return SERVICE_CONFIG_SERVICE_SID_INFO;
    case Setting::privileges:
      return SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO;
    case Setting::failure_actions:
      return SERVICE_CONFIG_FAILURE_ACTIONS;
    case Setting::failure_flag:
      return SERVICE_CONFIG_FAILURE_ACTIONS_FLAG;
    case Setting::shutdown_time:
      return SERVICE_CONFIG_PRESHUTDOWN_INFO;
    default:
      return SERVICE_CONFIG_DESCRIPTION;
  }
}

}  // namespace

Status write_setting(const ScmServiceEntry& service, Setting setting, const ServiceSettings& wanted) {
  switch (setting) {
    case Setting::delayed_start: {
      SERVICE_DELAYED_AUTO_START_INFO value{wanted.start == StartType::delayed};
      return change(service, SERVICE_CONFIG_DELAYED_AUTO_START_INFO, &value);
    }
    case Setting::description: {
      std::wstring text = win::to_utf16(wanted.description);
      SERVICE_DESCRIPTIONW value{text.data()};
      return change(service, SERVICE_CONFIG_DESCRIPTION, &value);
    }
    case Setting::service_sid: {
      SERVICE_SID_INFO value{wanted.sid_in_token ? DWORD{SERVICE_SID_TYPE_UNRESTRICTED} : DWORD{SERVICE_SID_TYPE_NONE}};
      return change(service, SERVICE_CONFIG_SERVICE_SID_INFO, &value);
    }
    case Setting::privileges:
      return write_privileges(service, wanted.privileges);
    case Setting::failure_actions:
      return write_failure_actions(service, wanted.failure_actions);
    case Setting::failure_flag: {
      SERVICE_FAILURE_ACTIONS_FLAG value{wanted.failure_actions_on_error_exit};
      return change(service, SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, &value);
    }
    case Setting::shutdown_time: {
      SERVICE_PRESHUTDOWN_INFO value{
          static_cast<DWORD>(std::chrono::duration_cast<std::chrono::milliseconds>(wanted.shutdown_time).count())};
      return change(service, SERVICE_CONFIG_PRESHUTDOWN_INFO, &value);
    }
    case Setting::registration:
      break;
  }
  return {StatusCode::invalid_argument, "the registration is not a setting of ChangeServiceConfig2W"};
}

Status read_setting(const ScmServiceEntry& service, Setting setting, ServiceSettings& present) {
  if (setting == Setting::registration) return service.read_registration(present);
  QueriedConfig queried;
  if (Status status = queried.query(service, info_level(setting)); !status.ok()) return status;
  switch (setting) {
    case Setting::delayed_start:
      if (queried.as<SERVICE_DELAYED_AUTO_START_INFO>().fDelayedAutostart) present.start = StartType::delayed;
      break;
    case Setting::description: {
      const wchar_t* text = queried.as<SERVICE_DESCRIPTIONW>().lpDescription;
      present.description = text == nullptr ? "" : win::to_utf8(text);
      break;
    }
    case Setting::service_sid:
      present.sid_in_token = queried.as<SERVICE_SID_INFO>().dwServiceSidType == SERVICE_SID_TYPE_UNRESTRICTED;
      break;
    case Setting::privileges:
      take_privileges(queried.as<SERVICE_REQUIRED_PRIVILEGES_INFOW>().pmszRequiredPrivileges, present.privileges);
      break;
    case Setting::failure_actions:
      take_failure_actions(queried.as<SERVICE_FAILURE_ACTIONSW>(), present.failure_actions);
      break;
    case Setting::failure_flag:
      present.failure_actions_on_error_exit =
          queried.as<SERVICE_FAILURE_ACTIONS_FLAG>().fFailureActionsOnNonCrashFailures != FALSE;
      break;
    case Setting::shutdown_time:
      present.shutdown_time = std::chrono::milliseconds{queried.as<SERVICE_PRESHUTDOWN_INFO>().dwPreshutdownTimeout};
      break;
    case Setting::registration:
      break;
  }
  return {};
}

}  // namespace plugbroker::installer
