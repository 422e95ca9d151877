// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "broker_core/base/time.h"

namespace plugbroker::service {

/// How long the SCM waits for the service of that name when the system shuts down (SERVICE_PRESHUTDOWN_INFO). None when
/// it does not say: no such service, or no right to ask.
[[nodiscard]] std::optional<Duration> system_shutdown_wait(std::string_view service_name);

}  // namespace plugbroker::service
