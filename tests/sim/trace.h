// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::sim {

/// Prints the event and the lines that the log has beyond the first `logged`; returns how many it has now.
[[nodiscard]] std::size_t print_trace(const engine::testing::EngineWorld& world, const engine::Event& event,
                                      std::size_t logged);

}  // namespace plugbroker::sim
