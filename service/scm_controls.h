// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <cstdint>

namespace plugbroker::service {

/// What a control of the SCM means to this service.
enum class ControlAction : std::uint8_t {
  stop,
  shut_down,  ///< The same, because the system goes down: with the grace for that.
  reload,
  report,    ///< Tell the SCM the state once more.
  tolerate,  ///< Nothing to do, and no error either.
  refuse     ///< Not known.
};

/// Pause and continue are refused: a pool is paused by `plugbrokerctl drain`.
///
/// Session and power events are tolerated but not asked for (accepted_controls()). Nothing depends on them: time stands
/// still for the broker while the machine sleeps, and no worker belongs to a session. An error here could make the
/// system believe that the service forbids a change.
[[nodiscard]] ControlAction action_of(DWORD control) noexcept;

/// What SERVICE_STATUS says of a service that can be stopped.
[[nodiscard]] DWORD accepted_controls() noexcept;

}  // namespace plugbroker::service
