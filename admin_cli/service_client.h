// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <variant>

#include "admin_cli/control_command.h"
#include "admin_cli/control_outcome.h"

namespace plugbroker::admin_cli {

/// The reply's bytes, or how the call failed.
using CallOutcome = std::variant<std::string, CallFailure>;

/// One call through the public client library, over the pipe that `command` names.
[[nodiscard]] CallOutcome call_service(const ControlCommand& command, const std::string& route,
                                       const std::string& request);

/// Of the client library.
[[nodiscard]] std::string client_version();

}  // namespace plugbroker::admin_cli
