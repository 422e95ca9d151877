// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "client_lib/core/connect_failure.h"

/// What it means, by what is known of the service, that its pipe can't be opened.
namespace plugbroker::client {

/// What the service control manager says. `unknown`: it doesn't answer this user.
enum class ServiceState : std::uint8_t { not_installed, stopped, stopping, starting, running, unknown };

[[nodiscard]] ConnectFailure no_such_pipe(const std::string& pipe, const std::string& service, ServiceState state);

/// There is the pipe, and nobody who takes this client: the service has no instance left at the moment, which a call
/// waits for, or makes none any more because it stops, which ends the call. A service in a console can't be asked.
[[nodiscard]] ConnectFailure pipe_is_busy(const std::string& pipe, const std::string& service, ServiceState state);

[[nodiscard]] ConnectFailure owner_is_not_trusted(const std::string& pipe, const std::string& owner);

}  // namespace plugbroker::client
