// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include "broker_core/base/result.h"
#include "installer/scm_service_entry.h"

namespace plugbroker::installer {

/// Looks at the service until it is in `state` (SERVICE_RUNNING or SERVICE_STOPPED), as long as StateWait allows.
/// Returns what was seen last; an error says what the service did instead.
[[nodiscard]] Result<ServiceObservation> wait_for_state(const ScmServiceEntry& service, DWORD state);

/// Asks it to stop and waits until it has; ok when it does not run.
[[nodiscard]] Status stop_and_wait(const ScmServiceEntry& service);

/// Waits until the SCM has forgotten the service, at most 30 s.
[[nodiscard]] Status wait_until_removed(const std::wstring& name);

/// Why a start came to nothing, as far as the service's exit code tells, and where to look next.
[[nodiscard]] std::string stopped_instead_text(std::uint32_t exit_code);

/// "running, process 123", "stopped, exit code 1", "stopped, not started yet"
[[nodiscard]] std::string state_text(const ServiceObservation& seen);

}  // namespace plugbroker::installer
