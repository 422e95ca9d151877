// SPDX-License-Identifier: Apache-2.0
#include "service/scm_controls.h"

namespace plugbroker::service {

ControlAction action_of(DWORD control) noexcept {
  switch (control) {
    case SERVICE_CONTROL_STOP:
      return ControlAction::stop;
    case SERVICE_CONTROL_SHUTDOWN:
    case SERVICE_CONTROL_PRESHUTDOWN:
      return ControlAction::shut_down;
    case SERVICE_CONTROL_PARAMCHANGE:
      return ControlAction::reload;
    case SERVICE_CONTROL_INTERROGATE:
      return ControlAction::report;
    case SERVICE_CONTROL_POWEREVENT:
    case SERVICE_CONTROL_SESSIONCHANGE:
    case SERVICE_CONTROL_DEVICEEVENT:
    case SERVICE_CONTROL_HARDWAREPROFILECHANGE:
    case SERVICE_CONTROL_TIMECHANGE:
    case SERVICE_CONTROL_TRIGGEREVENT:
      return ControlAction::tolerate;
    default:
      return ControlAction::refuse;
  }
}

DWORD accepted_controls() noexcept {
  return SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN | SERVICE_ACCEPT_PRESHUTDOWN | SERVICE_ACCEPT_PARAMCHANGE;
}

}  // namespace plugbroker::service
