// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "client_lib/core/open_failure.h"

namespace plugbroker::client {

/// Asks the service control manager. `unknown` when it doesn't answer this user. May take a moment: never under a lock.
[[nodiscard]] ServiceState service_state(const std::wstring& service_name) noexcept;

}  // namespace plugbroker::client
