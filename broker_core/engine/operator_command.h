// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "broker_core/base/strong_id.h"

namespace plugbroker::engine {

/// What an administrator can ask the engine of a running broker to do. Whatever it does to a worker is no failure.
enum class OperatorCommand : std::uint8_t {
  drain,          ///< A pool takes no new calls (unavailable, safe) and ends its workers as they finish.
  resume,         ///< Undoes `drain`.
  recycle,        ///< Replaces a pool's workers, or one, without losing a call.
  kill,           ///< Terminates a worker now; its calls end (unavailable).
  close_breaker,  ///< The next start of the pool is allowed at once, and its failures are forgotten.
};

/// As on plugbrokerctl's command line.
[[nodiscard]] constexpr std::string_view to_string(OperatorCommand command) noexcept {
  switch (command) {
    case OperatorCommand::drain:
      return "drain";
    case OperatorCommand::resume:
      return "resume";
    case OperatorCommand::recycle:
      return "recycle";
    case OperatorCommand::kill:
      return "kill";
    case OperatorCommand::close_breaker:
      return "close-breaker";
  }
  return "unrecognised";
}

struct OperatorRequest {
  OperatorCommand command = OperatorCommand::drain;
  std::string pool;   ///< By name; empty where `worker` says it.
  WorkerId worker{};  ///< `kill` needs one; `recycle` takes one or a pool. 0: none.
  std::string asked_by;  ///< For the log: who asked.
};

}  // namespace plugbroker::engine
