// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "broker_core/engine/engine_state.h"

namespace plugbroker::engine {

/// Whether something of a user still has room; else a sentence that names the quota, for whoever calls.
///
/// What a user may hold in memory is bounded twice: by quotas.max_queued_bytes, and by what is still free of
/// limits.max_queued_bytes. So however many fill what they may, the next one finds as much as each of them has, and
/// nobody's call has to give way to another's.

/// Of one HELLO more, whose token it takes. Not ok: resource_exhausted.
[[nodiscard]] Status admit_session(const EngineState& state, Caller& caller);

/// Of one call more; empty when there is room.
[[nodiscard]] std::string call_refusal(const EngineState& state, const Caller& caller);

/// Of so many bytes more in queues (ChunkQueue::bytes_to_take()); empty when there is room.
[[nodiscard]] std::string memory_refusal(const EngineState& state, const Caller& caller, std::size_t bytes);

}  // namespace plugbroker::engine
