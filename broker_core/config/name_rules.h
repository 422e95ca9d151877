// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// What names in the configuration may look like. Each function returns what is wrong, or an empty text.
namespace plugbroker::config {

/// `\\.\pipe\` and 1 to 128 bytes of `A-Z a-z 0-9 . _ -`, the last no dot: a lock file and a folder are named after it.
[[nodiscard]] std::string pipe_name_problem(std::string_view name);
/// 1 to 64 bytes of `A-Z a-z 0-9 . _ -`.
[[nodiscard]] std::string pool_name_problem(std::string_view name);
/// As docs/PROTOCOL.md has it: 1 to 255 bytes of `A-Z a-z 0-9 . _ - /`.
[[nodiscard]] std::string route_problem(std::string_view route);
/// An absolute Windows path, `C:\…` or `\\server\share\…`.
[[nodiscard]] std::string absolute_path_problem(std::string_view path);
/// Not empty, without `=`, and not one of the names that the service itself sets.
[[nodiscard]] std::string environment_name_problem(std::string_view name);
/// "HH:MM", from "00:00" to "23:59".
[[nodiscard]] std::string time_of_day_problem(std::string_view time);
/// Whatever a Windows program can be handed: no NUL in it.
[[nodiscard]] std::string argument_problem(std::string_view argument);

/// `C:\…`, `C:/…` or `\\server\…`.
[[nodiscard]] bool is_absolute_windows_path(std::string_view path);

inline constexpr std::string_view pipe_prefix = R"(\\.\pipe\)";

}  // namespace plugbroker::config
