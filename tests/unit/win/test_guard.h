// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <chrono>
#include <functional>
#include <string>

namespace plugbroker::test {

/// True when the tests run under Wine instead of Windows.
[[nodiscard]] bool runs_under_wine();

/// A pipe name that no other run has.
[[nodiscard]] std::wstring unique_pipe_name();

/// Handles that this process has open.
[[nodiscard]] std::size_t open_handle_count();

/// For waits that must end but can't say when: generous, so that only something that hangs meets it.
inline constexpr std::chrono::seconds hang_guard{40};
inline constexpr DWORD hang_guard_milliseconds = 40'000;

/// Handles that `action` leaves open when it is done `iterations` times more, after some times for a start.
[[nodiscard]] std::ptrdiff_t handle_growth(int iterations, const std::function<void()>& action);

/// What a run may leave behind that is no leak: threads and events that the system keeps for later.
inline constexpr std::ptrdiff_t tolerated_handle_growth = 12;

}  // namespace plugbroker::test
