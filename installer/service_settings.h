// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "broker_core/base/status.h"
#include "broker_core/base/time.h"
#include "installer/scm_service_entry.h"

namespace plugbroker::installer {

/// One setting beside the registration, and how setting it went.
struct SettingOutcome {
  std::string setting;  ///< "description", for people.
  Status status;
};

/// Sets description, restart after failures (also when the service stops with an error), the service's SID in its
/// token, and `shutdown_time`, how long the system waits for the service when it shuts down. Older systems and Wine
/// lack some; each is tried whatever became of the others.
[[nodiscard]] std::vector<SettingOutcome> apply_service_settings(const ScmServiceEntry& service,
                                                                 Duration shutdown_time);

}  // namespace plugbroker::installer
