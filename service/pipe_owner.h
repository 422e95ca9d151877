// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "broker_core/base/result.h"

namespace plugbroker::service {

/// The SID that shall own the pipes: that of the service when this process's token has it (then clients trust it
/// without being told), else that of the user this runs as. No service name: console mode, always the user.
[[nodiscard]] Result<std::string> pipe_owner_sid(std::optional<std::string_view> service_name);

}  // namespace plugbroker::service
