// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace plugbroker::client {

inline constexpr std::string_view default_pipe_name = R"(\\.\pipe\PlugBroker)";
inline constexpr std::string_view default_service_name = "PlugBroker";

/// True for `\\.\pipe\` and a name of 1 to 247 characters without backslashes: a pipe of this machine and nothing else.
/// A pipe of another machine (`\\host\pipe\`) would carry the user's credentials there.
[[nodiscard]] bool is_local_pipe_name(std::string_view name) noexcept;

}  // namespace plugbroker::client
