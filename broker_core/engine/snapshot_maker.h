// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/engine/engine_state.h"
#include "broker_core/engine/snapshot.h"

namespace plugbroker::engine {

[[nodiscard]] Snapshot make_snapshot(const EngineState& state, TimePoint now);

}  // namespace plugbroker::engine
